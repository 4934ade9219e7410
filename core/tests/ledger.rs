//! The ledger: what is on record before a byte is sent, and what no second process, crash or broken file can change.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at a broken set-up"
)]

mod stage;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use alikassa::{
    CallOptions, Cert, Client, ClientBuilder, ErrorKind, Ledger, LedgerRow, LedgerState, Outcome,
    RawRequest, Value,
};
use alikassa_sandbox::{Fault, FaultKind, Sandbox, Settle, Status};
use rusqlite::Connection;
use stage::{payment, payout, payouts_made, sandbox, sent, settled, wait_until};
use tempfile::TempDir;

const STALL: Duration = Duration::from_millis(400);

struct Books {
    sandbox: Sandbox,
    folder: TempDir,
}

impl Books {
    fn new() -> Self {
        Self {
            sandbox: sandbox(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("payouts.sqlite")
    }

    fn ledger(&self) -> Ledger {
        Ledger::new(self.path()).unwrap()
    }

    fn builder(&self) -> ClientBuilder {
        settled(&self.sandbox).ledger(self.ledger())
    }

    fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    /// A client with the same ledger that can only pay out.
    fn paying_out_for(&self, account: &str) -> Client {
        Client::builder(account)
            .base_url(self.sandbox.url())
            .payout_cert(self.sandbox.payout_cert())
            .unwrap()
            .digest(alikassa::Digest::Sha1)
            .ledger(self.ledger())
            .build()
            .unwrap()
    }

    fn lose_the_next_answer(&self) {
        let lost = Fault::new(FaultKind::CloseAfterAct);
        self.sandbox.set_fault(lost.path("v1/payout"));
    }

    /// The one row there is, open or not.
    fn row(&self) -> (String, Option<i64>, Option<String>) {
        let file = Connection::open(self.path()).unwrap();
        file.query_row("SELECT state, id, payment_status FROM creates", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .unwrap()
    }

    fn state(&self) -> String {
        self.row().0
    }
}

#[test]
fn an_accepted_create_is_on_record_with_its_id() {
    let books = Books::new();
    books.client().payouts().create(payout("B-1")).unwrap();
    let rows = books.ledger().open().unwrap();
    assert_eq!(rows.len(), 1);
    let LedgerRow {
        operation,
        order_id,
        state,
        amount,
        service,
        id,
        payment_status,
        ..
    } = rows[0].clone();
    assert_eq!(
        (operation.as_str(), order_id.as_str()),
        ("payouts.create", "B-1")
    );
    assert_eq!(state, LedgerState::Accepted);
    assert_eq!(amount.unwrap().as_str(), "5.00");
    assert_eq!(service.as_deref(), Some("payment_card_rub"));
    assert_eq!(id, Some(100_000_537));
    assert_eq!(payment_status.as_deref(), Some("wait"));
    assert!(rows[0].created_ms <= rows[0].updated_ms);
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let age = since.saturating_sub(Duration::from_millis(rows[0].created_ms.unsigned_abs()));
    assert!(age < Duration::from_secs(60), "{age:?}");
    let fields = rows[0].fields();
    assert_eq!(fields.len(), LedgerRow::TYPE.fields.len());
    assert_eq!(fields[2], ("order_id", Value::from("B-1")));
    let shown = format!("Ledger {{ path: {:?} }}", books.path());
    assert_eq!(format!("{:?}", books.ledger()), shown);
}

#[test]
fn an_order_on_record_is_not_sent_again() {
    let books = Books::new();
    let client = books.client();
    client.payouts().create(payout("B-1")).unwrap();
    let again = client.payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(again.kind(), ErrorKind::DuplicateOrder);
    assert_eq!(again.outcome(), Some(Outcome::NotSent));
    assert_eq!(again.previous().unwrap().state, LedgerState::Accepted);
    assert_eq!(again.same_body(), Some(true));
    assert!(again.hint().unwrap().starts_with("it was created"));

    let changed = client
        .payouts()
        .create(payout("B-1").customer_code("x"))
        .unwrap_err();
    assert_eq!(changed.same_body(), Some(false));
    assert_eq!(sent(&books.sandbox, "/v1/payout"), 1);

    client.payments().create(payment("B-1")).unwrap();
    assert_eq!(sent(&books.sandbox, "/v1/payment"), 1, "another operation");
}

#[test]
fn each_end_of_a_create_is_a_state() {
    let books = Books::new();
    let client = books.client();
    books.lose_the_next_answer();
    client.payouts().create(payout("unknown")).unwrap_err();
    assert_eq!(books.state(), "unknown");
    let again = client.payouts().create(payout("unknown")).unwrap_err();
    assert_eq!(again.previous().unwrap().state, LedgerState::Unknown);
    assert!(again.hint().unwrap().starts_with("never send it again"));
    assert_eq!(sent(&books.sandbox, "/v1/payout"), 1);

    let books = Books::new();
    let client = books.client();
    books.sandbox.set_balance("1".parse().unwrap());
    client.payouts().create(payout("rejected")).unwrap_err();
    assert_eq!(books.state(), "rejected");
    books.sandbox.set_balance("100".parse().unwrap());
    client.payouts().create(payout("rejected")).unwrap();
    assert_eq!(books.state(), "accepted");

    let books = Books::new();
    let nowhere = books
        .builder()
        .base_url("http://127.0.0.1:1")
        .max_retries(0);
    let nowhere = nowhere.build().unwrap();
    nowhere.payouts().create(payout("not_sent")).unwrap_err();
    assert_eq!(books.state(), "not_sent");
    assert_eq!(books.ledger().open().unwrap(), []);
    books.client().payouts().create(payout("not_sent")).unwrap();
    assert_eq!(books.state(), "accepted");
}

#[test]
fn a_bad_argument_leaves_the_ledger_untouched() {
    let books = Books::new();
    let client = books.client();
    client.payouts().create(payout("")).unwrap_err();
    assert!(!books.path().exists());
}

#[test]
fn the_row_is_there_while_the_create_is_on_its_way() {
    let books = Books::new();
    let client = books.client();
    books.sandbox.set_fault(Fault::new(FaultKind::Stall(STALL)));
    std::thread::scope(|scope| {
        let creating = scope.spawn(|| client.payouts().create(payout("B-1")));
        wait_until(|| !books.sandbox.log().is_empty());
        let rows = books.ledger().open().unwrap();
        assert_eq!(rows[0].state, LedgerState::Sending);
        assert_eq!(rows[0].state.to_string(), "sending");
        let again = client.payouts().create(payout("B-1")).unwrap_err();
        assert_eq!(again.previous().unwrap().state, LedgerState::Sending);
        creating.join().unwrap().unwrap();
    });
    assert_eq!(payouts_made(&books.sandbox, "B-1"), 1);
}

#[test]
fn reconcile_settles_what_the_provider_knows() {
    let books = Books::new();
    let client = books.client();
    books.lose_the_next_answer();
    client.payouts().create(payout("B-1")).unwrap_err();
    books
        .sandbox
        .settle(&Settle::order_id("B-1", Status::Paid))
        .unwrap();
    let rows = client.reconcile().unwrap();
    assert_eq!(rows[0].state, LedgerState::Accepted);
    assert_eq!(rows[0].payment_status.as_deref(), Some("paid"));
    assert_eq!(
        books.row(),
        ("accepted".into(), Some(100_000_537), Some("paid".into()))
    );
    assert_eq!(books.ledger().open().unwrap(), [], "its status is final");
    assert_eq!(sent(&books.sandbox, "/v1/payout"), 1);
}

#[test]
fn an_answer_does_not_take_back_what_reconcile_found_meanwhile() {
    let books = Books::new();
    let client = books.client();
    books.sandbox.set_fault(Fault::new(FaultKind::Stall(STALL)));
    std::thread::scope(|scope| {
        let creating = scope.spawn(|| client.payouts().create(payout("B-1")));
        wait_until(|| !books.sandbox.log().is_empty());
        let paid = Settle::order_id("B-1", Status::Paid);
        books.sandbox.settle(&paid).unwrap();
        assert_eq!(client.reconcile().unwrap()[0].state, LedgerState::Accepted);
        let created = creating.join().unwrap().unwrap();
        assert_eq!(created.payment_status.unwrap(), "wait");
    });
    assert_eq!(books.row().2.as_deref(), Some("paid"));
}

#[test]
fn reconcile_leaves_what_the_provider_does_not_know_or_knows_otherwise() {
    let books = Books::new();
    let client = books.client();
    books
        .sandbox
        .set_fault(Fault::new(FaultKind::CloseAfterRead));
    client.payouts().create(payout("B-1")).unwrap_err();
    let rows = client.reconcile().unwrap();
    assert_eq!(
        rows[0].state,
        LedgerState::Unknown,
        "there is no such order"
    );

    // Somebody else's payout with this order_id, and another amount.
    let other = settled(&books.sandbox).build().unwrap();
    let request = alikassa::PayoutRequest::new("6.00", "4111", "B-1", "payment_card_rub");
    other.payouts().create(request).unwrap();
    let rows = client.reconcile().unwrap();
    assert_eq!(rows[0].state, LedgerState::Unknown, "another amount");
    assert_eq!(books.ledger().open().unwrap().len(), 1);
}

#[test]
fn reconcile_follows_an_accepted_create_to_its_end() {
    let books = Books::new();
    let client = books.client();
    client.payouts().create(payout("B-1")).unwrap();
    assert_eq!(
        client.reconcile().unwrap()[0].payment_status.as_deref(),
        Some("wait")
    );
    books
        .sandbox
        .settle(&Settle::order_id("B-1", Status::Fail))
        .unwrap();
    assert_eq!(
        client.reconcile().unwrap()[0].payment_status.as_deref(),
        Some("fail")
    );
    assert_eq!(client.reconcile().unwrap(), []);
}

/// A payment and then a payout of which nothing is known.
fn with_two_unknown_creates() -> Books {
    let books = Books::new();
    let client = books.client();
    let lost = Fault::new(FaultKind::CloseAfterAct);
    books.sandbox.set_fault(lost.path("v1/payment"));
    client.payments().create(payment("P-1")).unwrap_err();
    books.lose_the_next_answer();
    client.payouts().create(payout("B-1")).unwrap_err();
    books
}

fn states(rows: &[LedgerRow]) -> Vec<(&str, LedgerState)> {
    let rows = rows.iter();
    rows.map(|row| (row.order_id.as_str(), row.state)).collect()
}

const ONLY_THE_PAYOUT: [(&str, LedgerState); 2] = [
    ("P-1", LedgerState::Unknown),
    ("B-1", LedgerState::Accepted),
];

#[test]
fn a_bad_answer_about_one_row_does_not_keep_the_others_open() {
    let books = with_two_unknown_creates();
    let poisoned = Fault::new(FaultKind::Http500).path("v1/payment/status");
    books.sandbox.set_fault(poisoned.always());
    let client = books.builder().max_retries(0).build().unwrap();
    let error = client.reconcile().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Server);
    assert_eq!(states(&books.ledger().open().unwrap()), ONLY_THE_PAYOUT);
}

#[test]
fn a_row_whose_certificate_is_missing_stays_as_it_is() {
    let books = with_two_unknown_creates();
    let account = books.sandbox.account().to_owned();
    let rows = books.paying_out_for(&account).reconcile().unwrap();
    assert_eq!(states(&rows), ONLY_THE_PAYOUT);
}

#[test]
fn reconcile_ends_where_the_next_row_would_fare_no_better() {
    let books = with_two_unknown_creates();
    books.sandbox.reset();
    let gone = Fault::new(FaultKind::CloseBefore).always();
    books.sandbox.set_fault(gone);
    let client = books.builder().max_retries(0).build().unwrap();
    let error = client.reconcile().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert_eq!(books.sandbox.log().len(), 1);
}

#[test]
fn reconcile_needs_a_ledger_and_looks_at_its_own_account_only() {
    let books = Books::new();
    let without = settled(&books.sandbox).build().unwrap();
    assert_eq!(
        without.reconcile().unwrap_err().kind(),
        ErrorKind::Configuration
    );

    books.client().payouts().create(payout("B-1")).unwrap();
    let stranger = books.paying_out_for("another-account");
    assert_eq!(stranger.reconcile().unwrap(), []);
}

#[test]
fn resolve_takes_the_amount_from_the_ledger_and_records_what_it_finds() {
    let books = Books::new();
    let client = books.client();
    books.lose_the_next_answer();
    client.payouts().create(payout("B-1")).unwrap_err();
    let contradiction = client.payouts().resolve("B-1", Some("6")).unwrap_err();
    assert_eq!(contradiction.reason(), Some("differs"));
    let found = client.payouts().resolve("B-1", None).unwrap();
    assert_eq!(found.matched_by, Some(alikassa::MatchedBy::Amount));
    assert_eq!(
        books.row(),
        ("accepted".into(), Some(100_000_537), Some("wait".into()))
    );
}

#[test]
fn an_order_that_the_provider_has_is_not_sent_again_whatever_was_thought_of_it() {
    for (answered, thought) in [
        (refusal(), LedgerState::Rejected),
        (Fault::new(FaultKind::CloseAfterAct), LedgerState::Released),
    ] {
        let books = Books::new();
        let client = books.client();
        client.payouts().create(payout("B-0")).unwrap();
        books
            .sandbox
            .set_fault(answered.path("v1/payout").act(true));
        client.payouts().create(payout("B-1")).unwrap_err();
        if thought == LedgerState::Released {
            let reason = "support: no such payout";
            let ledger = books.ledger();
            ledger.release("payouts.create", "B-1", reason).unwrap();
        }
        let paid = Settle::order_id("B-1", Status::Paid);
        books.sandbox.settle(&paid).unwrap();

        assert!(client.payouts().resolve("B-1", None).unwrap().found);
        let error = client.payouts().create(payout("B-1")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DuplicateOrder, "{thought:?}");
        assert_eq!(payouts_made(&books.sandbox, "B-1"), 1);
    }
}

/// What proves that nothing was made, were the provider always right.
fn refusal() -> Fault {
    let body = br#"{"message":"no","errors":{"number":["no"]}}"#.to_vec();
    Fault::new(FaultKind::Http {
        status: 400,
        headers: Vec::new(),
        body,
    })
}

#[test]
fn what_is_found_stands_though_it_cannot_be_recorded_in_time() {
    let books = Books::new();
    let client = books.client();
    books.lose_the_next_answer();
    client.payouts().create(payout("B-1")).unwrap_err();
    let stalled = Fault::new(FaultKind::Stall(STALL));
    books.sandbox.set_fault(stalled.path("v1/payout/status"));
    let options = CallOptions::default().deadline(STALL * 2);
    std::thread::scope(|scope| {
        let started = Instant::now();
        let asking = scope.spawn(|| client.payouts().resolve_with("B-1", None, &options));
        wait_until(|| sent(&books.sandbox, "/v1/payout/status") == 1);
        let locker = Connection::open(books.path()).unwrap();
        locker.execute_batch("BEGIN IMMEDIATE").unwrap();
        assert!(asking.join().unwrap().unwrap().found);
        assert!(
            started.elapsed() < STALL * 5,
            "the deadline was {:?}",
            STALL * 2
        );
    });
    let notices = client.take_notices().concat();
    assert!(notices.contains("stays as it was"), "{notices}");
}

#[test]
fn only_the_merchant_frees_an_order() {
    let books = Books::new();
    let client = books.client();
    books
        .sandbox
        .set_fault(Fault::new(FaultKind::CloseAfterRead));
    client.payouts().create(payout("B-1")).unwrap_err();
    let ledger = books.ledger();
    let release = |operation, order_id, reason| ledger.release(operation, order_id, reason);
    let refused = release("payouts.create", "B-2", "said so").unwrap_err();
    assert_eq!(refused.field(), Some("order_id"));
    let refused = release("payouts.create", "B-1", " ").unwrap_err();
    assert_eq!(refused.field(), Some("reason"));
    release("payouts.create", "B-1", "support: no such payout").unwrap();
    assert_eq!(books.state(), "released");
    client.payouts().create(payout("B-1")).unwrap();
    assert_eq!(books.state(), "accepted");
    assert_eq!(payouts_made(&books.sandbox, "B-1"), 1);
}

#[test]
fn the_row_of_another_account_is_released_by_its_name() {
    let books = Books::new();
    for account in ["first-account", "second-account"] {
        let client = Client::builder(account)
            .base_url(books.sandbox.url())
            .payout_cert(books.sandbox.payout_cert())
            .unwrap()
            .digest(alikassa::Digest::Sha1)
            .ledger(books.ledger())
            .build()
            .unwrap();
        // The sandbox knows neither account, and says so with a 401.
        let error = client.payouts().create(payout("B-1")).unwrap_err();
        assert_eq!(error.outcome(), Some(Outcome::Unknown));
    }
    let ledger = books.ledger();
    let refused = ledger.release("payouts.create", "B-1", "x").unwrap_err();
    assert_eq!(refused.field(), Some("account"));
    ledger
        .release_in(Some("first-account"), "payouts.create", "B-1", "x")
        .unwrap();
    let open = ledger.open().unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].account, "second-account");
}

#[test]
fn a_late_answer_does_not_end_a_later_sending() {
    let books = Books::new();
    let client = books.client();
    books.sandbox.set_fault(Fault::new(FaultKind::Stall(STALL)));
    std::thread::scope(|scope| {
        let first = scope.spawn(|| {
            let options = CallOptions::default().deadline(STALL / 2);
            client.payouts().create_with(payout("B-1"), &options)
        });
        wait_until(|| !books.sandbox.log().is_empty());
        books
            .ledger()
            .release("payouts.create", "B-1", "too early")
            .unwrap();
        first.join().unwrap().unwrap_err();
    });
    assert_eq!(
        books.state(),
        "released",
        "the cut create says unknown, too late"
    );
}

#[test]
fn a_raw_create_is_on_record_under_the_name_of_its_path() {
    let books = Books::new();
    let client = books.client();
    let body = |order_id: Value| {
        Value::from([
            ("amount", Value::from("5.00")),
            ("number", Value::from("4111")),
            ("order_id", order_id),
            ("service", Value::from("payment_card_rub")),
        ])
    };
    let request = RawRequest::create("v1/payout", body(Value::from(7)), Cert::Payout);
    let refused = client.request(request).unwrap_err();
    assert_eq!(
        (refused.field(), refused.outcome()),
        (Some("order_id"), Some(Outcome::NotSent))
    );
    assert!(books.sandbox.log().is_empty());

    let request = RawRequest::create("v1/payout", body(Value::from("B-1")), Cert::Payout);
    client.request(request).unwrap();
    let typed = client.payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(typed.previous().unwrap().operation, "payouts.create");
    assert_eq!(
        books.row(),
        ("accepted".into(), Some(100_000_537), Some("wait".into()))
    );
}

fn refused_without_sending(books: &Books, why: &str) {
    let error = books.client().payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Ledger, "{error:?}");
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    assert!(error.message().contains(why), "{error}");
    assert!(books.sandbox.log().is_empty());
}

#[test]
fn nothing_is_sent_without_a_record() {
    let books = Books::new();
    std::fs::write(books.path(), [0xA5; 8192]).unwrap();
    refused_without_sending(&books, "not a database");

    let books = Books::new();
    Connection::open(books.path())
        .unwrap()
        .execute_batch("CREATE TABLE mine (x)")
        .unwrap();
    refused_without_sending(&books, "no ledger");

    let books = Books::new();
    books.ledger().open().unwrap();
    Connection::open(books.path())
        .unwrap()
        .execute_batch("PRAGMA user_version = 2")
        .unwrap();
    refused_without_sending(&books, "newer version");

    let books = Books::new();
    std::fs::create_dir(books.path()).unwrap();
    refused_without_sending(&books, "payouts.sqlite");

    let books = Books::new();
    let nowhere = Ledger::new(books.folder.path().join("missing/payouts.sqlite")).unwrap();
    let client = settled(&books.sandbox).ledger(nowhere).build().unwrap();
    let error = client.payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Ledger);
    assert!(
        error.message().contains("No such file or directory"),
        "{error}"
    );
    assert!(books.sandbox.log().is_empty());
}

#[test]
fn another_programs_file_stays_as_it_is() {
    let books = Books::new();
    let other = Connection::open(books.path()).unwrap();
    other.execute_batch("CREATE TABLE mine (x)").unwrap();
    drop(other);
    let before = std::fs::read(books.path()).unwrap();
    books.ledger().open().unwrap_err();
    assert_eq!(std::fs::read(books.path()).unwrap(), before);
}

#[test]
fn whoever_makes_the_file_first_is_waited_for_within_the_deadline() {
    let books = Books::new();
    let first = Connection::open(books.path()).unwrap();
    first.execute_batch("BEGIN IMMEDIATE").unwrap();
    let options = CallOptions::default().deadline(Duration::from_millis(300));
    let started = Instant::now();
    let refused = books
        .client()
        .payouts()
        .create_with(payout("B-1"), &options);
    assert_eq!(refused.unwrap_err().outcome(), Some(Outcome::NotSent));
    assert!(started.elapsed() < Duration::from_secs(2));

    let ledger = books.ledger();
    let second = std::thread::spawn(move || ledger.open());
    std::thread::sleep(Duration::from_millis(100));
    first.execute_batch("ROLLBACK").unwrap();
    assert_eq!(second.join().unwrap().unwrap(), []);
}

#[test]
fn a_notification_settles_the_open_create_of_its_amount() {
    let books = Books::new();
    books.lose_the_next_answer();
    books.client().payouts().create(payout("B-1")).unwrap_err();
    let account = books.ledger().open().unwrap()[0].account.clone();
    let note = |amount: &str, status: &str| {
        let text = format!(
            r#"{{"type":"payout","id":7,"order_id":"B-1","payment_status":"{status}","amount":"{amount}","account":"{account}"}}"#
        );
        books.ledger().note_signed(text.as_bytes()).unwrap();
    };
    note("5.01", "wait");
    assert_eq!(books.state(), "unknown");
    note("5.00", "paid");
    let settled = ("accepted".to_owned(), Some(7), Some("paid".to_owned()));
    assert_eq!(books.row(), settled);
}

#[test]
fn a_notification_settles_a_create_that_was_thought_refused_and_no_final_status() {
    let books = Books::new();
    let client = books.client();
    books.sandbox.set_fault(refusal().path("v1/payout"));
    client.payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(books.state(), "rejected");
    let account = books.sandbox.account();
    for (id, status) in [(7, "paid"), (8, "fail")] {
        let text = format!(
            r#"{{"type":"payout","id":{id},"order_id":"B-1","payment_status":"{status}","amount":"5.00","account":"{account}"}}"#
        );
        books.ledger().note_signed(text.as_bytes()).unwrap();
        let settled = ("accepted".to_owned(), Some(7), Some("paid".to_owned()));
        assert_eq!(books.row(), settled);
    }
}

#[test]
fn the_log_stays_short_however_many_creates_there_were() {
    const LONGEST: u64 = 1024 * 1024;
    let books = Books::new();
    let nowhere = books
        .builder()
        .base_url("http://127.0.0.1:1")
        .max_retries(0);
    let nowhere = nowhere.build().unwrap();
    for number in 0..200 {
        let order_id = format!("B-{number}");
        nowhere.payouts().create(payout(&order_id)).unwrap_err();
    }
    let log = books.folder.path().join("payouts.sqlite-wal");
    let length = std::fs::metadata(log).map_or(0, |log| log.len());
    assert!(length < LONGEST, "{length} bytes");
}

#[test]
fn a_corrupt_table_refuses_the_create() {
    let books = Books::new();
    books.client().payouts().create(payout("B-0")).unwrap();
    books.sandbox.clear_log();
    let file = Connection::open(books.path()).unwrap();
    file.execute_batch("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE")
        .unwrap();
    drop(file);
    let mut bytes = std::fs::read(books.path()).unwrap();
    bytes[4096..].fill(0xA5);
    std::fs::write(books.path(), bytes).unwrap();
    refused_without_sending(&books, "malformed");
}

#[test]
fn a_locked_ledger_refuses_the_create_within_its_deadline() {
    let books = Books::new();
    books.ledger().open().unwrap();
    let locker = Connection::open(books.path()).unwrap();
    locker.execute_batch("BEGIN IMMEDIATE").unwrap();
    let options = CallOptions::default().deadline(Duration::from_millis(300));
    let started = Instant::now();
    let error = books
        .client()
        .payouts()
        .create_with(payout("B-1"), &options)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Ledger);
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    assert!(started.elapsed() < Duration::from_secs(2));
    assert!(books.sandbox.log().is_empty());
    locker.execute_batch("ROLLBACK").unwrap();
    books.client().payouts().create(payout("B-1")).unwrap();
}

#[test]
fn an_answer_stands_whose_record_cannot_be_written() {
    let books = Books::new();
    let client = books.client();
    books.sandbox.set_fault(Fault::new(FaultKind::Stall(STALL)));
    std::thread::scope(|scope| {
        let creating = scope.spawn(|| client.payouts().create(payout("B-1")));
        wait_until(|| !books.sandbox.log().is_empty());
        let spoiler = Connection::open(books.path()).unwrap();
        spoiler
            .execute_batch("ALTER TABLE creates RENAME TO lost")
            .unwrap();
        assert_eq!(creating.join().unwrap().unwrap().id, 100_000_537);
        spoiler
            .execute_batch("ALTER TABLE lost RENAME TO creates")
            .unwrap();
    });
    assert_eq!(books.state(), "sending");
    let notices = client.take_notices();
    assert!(
        notices.iter().any(|notice| notice.contains("stays open")),
        "{notices:?}"
    );
    assert!(!notices.concat().contains("4111"));
}

#[test]
fn the_file_gives_no_card_away() {
    let books = Books::new();
    books.client().payouts().create(payout("B-1")).unwrap();
    for file in std::fs::read_dir(books.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("4111111111111111"));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(books.path())
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn many_threads_send_one_order_once() {
    let books = Books::new();
    let client = books.client();
    let made = std::thread::scope(|scope| {
        let creating: Vec<_> = (0..32)
            .map(|_| scope.spawn(|| client.payouts().create(payout("B-1"))))
            .collect();
        let made = creating.into_iter().map(|thread| thread.join().unwrap());
        made.flatten().count()
    });
    assert_eq!((made, sent(&books.sandbox, "/v1/payout")), (1, 1));
}

/// What the tests below run as another process: this same program, which does one create and prints its outcome.
#[test]
fn in_another_process() {
    let Ok(folder) = std::env::var("LEDGER_TEST_FOLDER") else {
        return;
    };
    let variable = |name| std::env::var(name).unwrap();
    let client = Client::builder(variable("LEDGER_TEST_ACCOUNT"))
        .base_url(variable("LEDGER_TEST_URL"))
        .payout_cert(variable("LEDGER_TEST_CERT").as_str())
        .unwrap()
        .digest(alikassa::Digest::Sha1)
        .ledger(Ledger::new(Path::new(&folder).join("payouts.sqlite")).unwrap())
        .build()
        .unwrap();
    let code = match client.payouts().create(payout("B-1")) {
        Ok(_) => 10,
        Err(error) if error.kind() == ErrorKind::DuplicateOrder => 11,
        Err(_) => 12,
    };
    std::process::exit(code);
}

fn spawn(books: &Books) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "in_another_process", "--nocapture"])
        .env("LEDGER_TEST_FOLDER", books.folder.path())
        .env("LEDGER_TEST_ACCOUNT", books.sandbox.account())
        .env("LEDGER_TEST_URL", books.sandbox.url())
        .env("LEDGER_TEST_CERT", books.sandbox.payout_cert())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn of_many_processes_one_sends() {
    for _ in 0..5 {
        let books = Books::new();
        let processes: Vec<_> = (0..4).map(|_| spawn(&books)).collect();
        let mut codes: Vec<_> = processes
            .into_iter()
            .map(|mut process| process.wait().unwrap().code().unwrap())
            .collect();
        codes.sort_unstable();
        assert_eq!(codes, [10, 11, 11, 11]);
        assert_eq!(sent(&books.sandbox, "/v1/payout"), 1);
    }
}

fn killed_on_its_way(acts: bool) -> Books {
    let books = Books::new();
    let never = Duration::from_secs(60);
    books
        .sandbox
        .set_fault(Fault::new(FaultKind::Stall(never)).act(acts));
    let mut process = spawn(&books);
    wait_until(|| !books.sandbox.log().is_empty());
    process.kill().unwrap();
    process.wait().unwrap();
    books
}

#[test]
fn a_killed_process_leaves_an_open_row_that_reconcile_settles() {
    let books = killed_on_its_way(true);
    assert_eq!(
        books.ledger().open().unwrap()[0].state,
        LedgerState::Sending
    );
    let client = books.client();
    let again = client.payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(again.kind(), ErrorKind::DuplicateOrder);
    assert_eq!(client.reconcile().unwrap()[0].state, LedgerState::Accepted);
    assert_eq!(sent(&books.sandbox, "/v1/payout"), 1);
    assert_eq!(payouts_made(&books.sandbox, "B-1"), 1);
}

#[test]
fn a_killed_process_whose_payout_does_not_exist_leaves_a_row_that_stays_open() {
    let books = killed_on_its_way(false);
    let client = books.client();
    for _ in 0..2 {
        assert_eq!(client.reconcile().unwrap()[0].state, LedgerState::Sending);
    }
    let options = CallOptions::default().deadline(Duration::from_millis(100));
    let resolution = client
        .payouts()
        .resolve_with("B-1", None, &options)
        .unwrap();
    assert!(!resolution.found);
    assert_eq!(
        client.payouts().create(payout("B-1")).unwrap_err().kind(),
        ErrorKind::DuplicateOrder
    );
    books
        .ledger()
        .release("payouts.create", "B-1", "support: no such payout")
        .unwrap();
    client.payouts().create(payout("B-1")).unwrap();
    assert_eq!(payouts_made(&books.sandbox, "B-1"), 1);
}
