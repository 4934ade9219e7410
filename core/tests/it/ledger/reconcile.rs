//! Rows that get their outcome later: from reconcile, from resolve, or from a notification.

use std::time::{Duration, Instant};

use alikassa::{
    BatchOptions, CallOptions, Client, ErrorKind, LedgerRow, LedgerState, MatchedBy, PayoutRequest,
    Reconciled,
};
use alikassa_sandbox::{Fault, FaultKind, Settle, Status};
use rusqlite::Connection;

use super::{STALL, Setup, open};
use crate::fixture::{
    payment, payout, payout_count, request_count, response, sha1_builder, wait_until,
};

#[test]
fn reconcile_accepts_an_order_that_the_provider_has() {
    let setup = Setup::new();
    let client = setup.client();
    setup.lose_next_response();
    client.payouts().create(payout("B-1")).unwrap_err();
    setup
        .sandbox
        .settle(&Settle::order_id("B-1", Status::Paid))
        .unwrap();
    let rows = client.reconcile().unwrap();
    assert_eq!(rows[0].state, LedgerState::Accepted);
    assert_eq!(rows[0].payment_status.as_deref(), Some("paid"));
    assert_eq!(
        setup.row(),
        ("accepted".into(), Some(100_000_537), Some("paid".into()))
    );
    assert_eq!(open(&setup.ledger()), [], "its status is final");
    assert_eq!(request_count(&setup.sandbox, "/v1/payout"), 1);
}

#[test]
fn reconcile_leaves_a_missing_order_and_one_with_another_amount_unknown() {
    let setup = Setup::new();
    let client = setup.client();
    setup
        .sandbox
        .set_fault(Fault::new(FaultKind::CloseAfterRead));
    client.payouts().create(payout("B-1")).unwrap_err();
    let rows = client.reconcile().unwrap();
    assert_eq!(rows[0].state, LedgerState::Unknown, "no such order");

    // A payout of another program, with the same order_id and another amount.
    let other = sha1_builder(&setup.sandbox).build().unwrap();
    let request = PayoutRequest::new("6.00", "4111", "B-1", "payment_card_rub");
    other.payouts().create(request).unwrap();
    let rows = client.reconcile().unwrap();
    assert_eq!(rows[0].state, LedgerState::Unknown, "another amount");
    assert_eq!(open(&setup.ledger()).len(), 1);
}

#[test]
fn reconcile_updates_an_accepted_order_until_its_status_is_final() {
    let setup = Setup::new();
    let client = setup.client();
    client.payouts().create(payout("B-1")).unwrap();
    assert_eq!(
        client.reconcile().unwrap()[0].payment_status.as_deref(),
        Some("wait")
    );
    setup
        .sandbox
        .settle(&Settle::order_id("B-1", Status::Fail))
        .unwrap();
    assert_eq!(
        client.reconcile().unwrap()[0].payment_status.as_deref(),
        Some("fail")
    );
    assert_eq!(client.reconcile().unwrap(), []);
}

#[test]
fn a_late_response_does_not_replace_a_reconciled_status() {
    let setup = Setup::new();
    let client = setup.client();
    setup.sandbox.set_fault(Fault::new(FaultKind::Stall(STALL)));
    std::thread::scope(|scope| {
        let create = scope.spawn(|| client.payouts().create(payout("B-1")));
        wait_until(|| !setup.sandbox.log().is_empty());
        let paid = Settle::order_id("B-1", Status::Paid);
        setup.sandbox.settle(&paid).unwrap();
        assert_eq!(client.reconcile().unwrap()[0].state, LedgerState::Accepted);
        let created = create.join().unwrap().unwrap();
        assert_eq!(created.payment_status.unwrap(), "wait");
    });
    assert_eq!(setup.row().2.as_deref(), Some("paid"));
}

/// The ledger has a payment and a payout, both with an unknown outcome.
fn setup_with_two_unknown_creates() -> Setup {
    let setup = Setup::new();
    let client = setup.client();
    let fault = Fault::new(FaultKind::CloseAfterAct);
    setup.sandbox.set_fault(fault.path("v1/payment"));
    client.payments().create(payment("P-1")).unwrap_err();
    setup.lose_next_response();
    client.payouts().create(payout("B-1")).unwrap_err();
    setup
}

fn states(rows: &[LedgerRow]) -> Vec<(&str, LedgerState)> {
    let rows = rows.iter();
    rows.map(|row| (row.order_id.as_str(), row.state)).collect()
}

const PAYOUT_ACCEPTED: [(&str, LedgerState); 2] = [
    ("P-1", LedgerState::Unknown),
    ("B-1", LedgerState::Accepted),
];

#[test]
fn reconcile_continues_after_a_server_error_for_one_row() {
    let setup = setup_with_two_unknown_creates();
    let fault = Fault::new(FaultKind::Http500).path("v1/payment/status");
    setup.sandbox.set_fault(fault.always());
    let client = setup.builder().max_retries(0).build().unwrap();
    let error = client.reconcile().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Server);
    assert_eq!(states(&open(&setup.ledger())), PAYOUT_ACCEPTED);
}

#[test]
fn reconcile_leaves_a_row_without_a_certificate_unchanged() {
    let setup = setup_with_two_unknown_creates();
    let account = setup.sandbox.account().to_owned();
    let rows = setup.payout_client(&account).reconcile().unwrap();
    assert_eq!(states(&rows), PAYOUT_ACCEPTED);
}

#[test]
fn reconcile_stops_at_a_transport_error() {
    let setup = setup_with_two_unknown_creates();
    setup.sandbox.reset();
    let fault = Fault::new(FaultKind::CloseBefore).always();
    setup.sandbox.set_fault(fault);
    let client = setup.builder().max_retries(0).build().unwrap();
    let error = client.reconcile().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    let before = setup.sandbox.log().len();
    let one_by_one = BatchOptions::default().concurrency(1);
    let results = client.iter_reconcile(one_by_one).unwrap();
    let errors: Vec<_> = results.map(Result::unwrap_err).collect();
    assert_eq!(errors.len(), 1);
    assert_eq!(
        setup.sandbox.log().len(),
        before + 1,
        "the other row was not asked about"
    );
}

/// Open rows of payments. The sandbox delays every status.
fn setup_with_open_payments(count: usize, delay: Duration) -> Setup {
    let setup = Setup::new();
    let client = setup.client();
    for number in 0..count {
        let payment = payment(&format!("P-{number:03}"));
        client.payments().create(payment).unwrap();
    }
    let slow = Fault::new(FaultKind::Stall(delay)).path("v1/payment/status");
    setup.sandbox.set_fault(slow.always());
    setup
}

fn order_ids(reconciled: impl Iterator<Item = alikassa::Result<Reconciled>>) -> Vec<String> {
    let mut order_ids: Vec<_> = reconciled.map(|one| one.unwrap().row.order_id).collect();
    order_ids.sort();
    order_ids
}

#[test]
fn several_clients_share_the_open_rows_and_ask_about_each_once() {
    const ROWS: usize = 24;
    let setup = setup_with_open_payments(ROWS, Duration::from_secs(1));
    let clients: Vec<Client> = (0..4).map(|_| setup.client()).collect();
    let options = BatchOptions::default().concurrency(4);
    let rows: Vec<Vec<String>> = std::thread::scope(|scope| {
        let threads: Vec<_> = clients
            .iter()
            .map(|client| scope.spawn(|| order_ids(client.iter_reconcile(options).unwrap())))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    let mut all: Vec<String> = rows.concat();
    all.sort();
    let expected: Vec<String> = (0..ROWS).map(|number| format!("P-{number:03}")).collect();
    assert_eq!(all, expected);
    assert_eq!(request_count(&setup.sandbox, "/v1/payment/status"), ROWS);
    let again = order_ids(setup.client().iter_reconcile(options).unwrap());
    assert_eq!(again, expected, "the next reconcile asks about all again");
}

#[test]
fn rows_come_as_they_settle_with_requests_side_by_side() {
    let setup = setup_with_open_payments(32, STALL);
    let mut reconciled = setup
        .client()
        .iter_reconcile(BatchOptions::default())
        .unwrap();
    reconciled.next().unwrap().unwrap();
    let sent = request_count(&setup.sandbox, "/v1/payment/status");
    assert!(
        (8..32).contains(&sent),
        "{sent} requests before the first row"
    );
    assert_eq!(reconciled.count(), 31);
}

#[test]
fn a_dropped_reconcile_gives_its_rows_back() {
    let setup = setup_with_open_payments(20, Duration::from_millis(20));
    let client = setup.client();
    let mut reconciled = client.iter_reconcile(BatchOptions::default()).unwrap();
    reconciled.next().unwrap().unwrap();
    drop(reconciled);
    // Its last work is on the pool.
    wait_until(|| {
        let file = rusqlite::Connection::open(setup.path()).unwrap();
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let now = since.unwrap().as_millis();
        let sql = format!("SELECT count(*) FROM creates WHERE leased_until_ms > {now}");
        file.query_row(&sql, [], |row| row.get::<_, i64>(0))
            .unwrap()
            == 0
    });
    assert_eq!(client.reconcile().unwrap().len(), 20);
}

#[test]
fn the_rows_of_a_process_that_ended_are_leased_again_after_their_time() {
    let setup = setup_with_open_payments(2, Duration::from_millis(0));
    let file = rusqlite::Connection::open(setup.path()).unwrap();
    let lease = "UPDATE creates SET leased_until_ms = created_ms + :time WHERE order_id = 'P-000'";
    file.execute(lease, [60_000]).unwrap();
    let client = setup.client();
    assert_eq!(
        client.reconcile().unwrap().len(),
        1,
        "another process has the row"
    );
    file.execute(lease, [0]).unwrap();
    assert_eq!(client.reconcile().unwrap().len(), 2);
}

#[test]
fn a_row_whose_request_fails_has_its_own_error() {
    let setup = setup_with_two_unknown_creates();
    let fault = Fault::new(FaultKind::Http500).path("v1/payment/status");
    setup.sandbox.set_fault(fault.always());
    let client = setup.builder().max_retries(0).build().unwrap();
    let reconciled = client.iter_reconcile(BatchOptions::default()).unwrap();
    let mut errors: Vec<_> = reconciled
        .map(Result::unwrap)
        .map(|one| (one.row.order_id, one.error.map(|error| error.kind())))
        .collect();
    errors.sort_by(|one, other| one.0.cmp(&other.0));
    let expected = [
        ("B-1".to_owned(), None),
        ("P-1".to_owned(), Some(ErrorKind::Server)),
    ];
    assert_eq!(errors, expected);
}

#[test]
fn a_reconcile_tells_the_id_that_is_not_that_of_the_row() {
    let setup = Setup::new();
    setup.client().payouts().create(payout("B-1")).unwrap();
    let file = rusqlite::Connection::open(setup.path()).unwrap();
    file.execute("UPDATE creates SET id = 777", []).unwrap();
    let client = setup.client();
    let mut reconciled = client.iter_reconcile(BatchOptions::default()).unwrap();
    let one = reconciled.next().unwrap().unwrap();
    assert_eq!((one.row.id, one.other_id), (Some(777), Some(100_000_537)));
}

#[test]
fn the_options_of_a_reconcile_are_checked() {
    let setup = Setup::new();
    let client = setup.client();
    for (options, field) in [
        (BatchOptions::default().concurrency(0), "concurrency"),
        (BatchOptions::default().rate(0.0), "rate"),
    ] {
        let error = client.iter_reconcile(options).unwrap_err();
        assert_eq!(error.field(), Some(field));
    }
}

#[test]
fn reconcile_needs_a_ledger_and_reads_only_its_own_account() {
    let setup = Setup::new();
    let without = sha1_builder(&setup.sandbox).build().unwrap();
    assert_eq!(
        without.reconcile().unwrap_err().kind(),
        ErrorKind::Configuration
    );

    setup.client().payouts().create(payout("B-1")).unwrap();
    let other = setup.payout_client("another-account");
    assert_eq!(other.reconcile().unwrap(), []);
}

#[test]
fn resolve_takes_the_amount_from_the_ledger_and_records_the_status() {
    let setup = Setup::new();
    let client = setup.client();
    setup.lose_next_response();
    client.payouts().create(payout("B-1")).unwrap_err();
    let error = client.payouts().resolve("B-1", Some("6")).unwrap_err();
    assert_eq!(error.reason(), Some("differs"));
    let found = client.payouts().resolve("B-1", None).unwrap();
    assert_eq!(found.matched_by, Some(MatchedBy::Amount));
    assert_eq!(
        setup.row(),
        ("accepted".into(), Some(100_000_537), Some("wait".into()))
    );
}

#[test]
fn resolve_returns_the_status_when_it_cannot_be_recorded_in_time() {
    let setup = Setup::new();
    let client = setup.client();
    setup.lose_next_response();
    client.payouts().create(payout("B-1")).unwrap_err();
    let fault = Fault::new(FaultKind::Stall(STALL));
    setup.sandbox.set_fault(fault.path("v1/payout/status"));
    let options = CallOptions::default().deadline(STALL * 2);
    std::thread::scope(|scope| {
        let started = Instant::now();
        let resolve = scope.spawn(|| client.with_options(options).payouts().resolve("B-1", None));
        wait_until(|| request_count(&setup.sandbox, "/v1/payout/status") == 1);
        let other = Connection::open(setup.path()).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        assert!(resolve.join().unwrap().unwrap().found);
        assert!(
            started.elapsed() < STALL * 5,
            "the deadline was {:?}",
            STALL * 2
        );
    });
    let notices = client.take_notices().concat();
    assert!(notices.contains("row is unchanged"), "{notices}");
}

#[test]
fn resolve_prevents_a_retry_of_a_rejected_or_released_order_that_exists() {
    for (fault, recorded) in [
        (rejection(), LedgerState::Rejected),
        (Fault::new(FaultKind::CloseAfterAct), LedgerState::Released),
    ] {
        let setup = Setup::new();
        let client = setup.client();
        client.payouts().create(payout("B-0")).unwrap();
        setup.sandbox.set_fault(fault.path("v1/payout").act(true));
        client.payouts().create(payout("B-1")).unwrap_err();
        if recorded == LedgerState::Released {
            let reason = "support: no such payout";
            let ledger = setup.ledger();
            ledger.release("payouts.create", "B-1", reason).unwrap();
        }
        let paid = Settle::order_id("B-1", Status::Paid);
        setup.sandbox.settle(&paid).unwrap();

        assert!(client.payouts().resolve("B-1", None).unwrap().found);
        let error = client.payouts().create(payout("B-1")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DuplicateOrder, "{recorded:?}");
        assert_eq!(payout_count(&setup.sandbox, "B-1"), 1);
    }
}

/// A response that rejects a payout.
fn rejection() -> Fault {
    response(400, r#"{"message":"no","errors":{"number":["no"]}}"#)
}

/// Notes a signed notification of a payout `B-1`.
fn note(setup: &Setup, id: i64, status: &str, amount: &str) {
    let account = setup.sandbox.account();
    let text = format!(
        r#"{{"type":"payout","id":{id},"order_id":"B-1","payment_status":"{status}","amount":"{amount}","account":"{account}"}}"#
    );
    setup.ledger().note_signed(text.as_bytes()).unwrap();
}

#[test]
fn a_notification_accepts_the_open_create_with_its_amount() {
    let setup = Setup::new();
    setup.lose_next_response();
    setup.client().payouts().create(payout("B-1")).unwrap_err();
    note(&setup, 7, "wait", "5.01");
    assert_eq!(setup.state(), "unknown");
    note(&setup, 7, "paid", "5.00");
    let paid = ("accepted".to_owned(), Some(7), Some("paid".to_owned()));
    assert_eq!(setup.row(), paid);
}

#[test]
fn a_notification_accepts_a_rejected_create_and_keeps_a_final_status() {
    let setup = Setup::new();
    setup.sandbox.set_fault(rejection().path("v1/payout"));
    setup.client().payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(setup.state(), "rejected");
    for (id, status) in [(7, "paid"), (8, "fail")] {
        note(&setup, id, status, "5.00");
        let paid = ("accepted".to_owned(), Some(7), Some("paid".to_owned()));
        assert_eq!(setup.row(), paid);
    }
}
