//! The ledger in PostgreSQL: the same promises as the ledger in a file, for many machines.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use alikassa::{
    Client, ErrorKind, EventFilter, Ledger, LedgerState, NoteResult, Outcome, RowFilter,
};
use alikassa_sandbox::{Fault, FaultKind};
use alikassa_servers::{Options, Postgres, Tls};

use crate::fixture::{payment, payout, payout_count, sha1_builder, wait_until};
use crate::ledger::setup::SERVER;
use crate::ledger::{Setup, Store, changed, open};

#[test]
fn an_order_is_sent_once_by_many_clients() {
    let setup = Setup::on(Store::Postgresql);
    let clients: Vec<Client> = (0..4).map(|_| setup.client()).collect();
    let sent: Vec<bool> = std::thread::scope(|scope| {
        let threads: Vec<_> = clients
            .iter()
            .map(|client| scope.spawn(|| client.payouts().create(payout("B-1"))))
            .collect();
        let results = threads.into_iter().map(|thread| thread.join().unwrap());
        results
            .map(|result| match result {
                Ok(_) => true,
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::DuplicateOrder, "{error}");
                    false
                }
            })
            .collect()
    });
    assert_eq!(sent.iter().filter(|sent| **sent).count(), 1);
    assert_eq!(payout_count(&setup.sandbox, "B-1"), 1);
    let row = setup
        .ledger()
        .get("payouts.create", "B-1")
        .unwrap()
        .unwrap();
    assert_eq!(row.state, LedgerState::Accepted);
    assert_eq!(row.id, Some(100_000_537));
    let error = setup.client().payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(error.outcome(), Some(Outcome::Created));
    assert_eq!(error.same_body(), Some(true));
}

#[test]
fn events_tell_every_change() {
    let setup = Setup::on(Store::Postgresql);
    let client = setup.client();
    setup
        .sandbox
        .set_fault(Fault::new(FaultKind::CloseAfterRead).path("v1/payout"));
    client.payouts().create(payout("B-1")).unwrap_err();
    let ledger = setup.ledger();
    ledger.release("payouts.create", "B-1", "ticket 7").unwrap();
    client.payouts().create(payout("B-1")).unwrap();
    client.reconcile().unwrap();
    let events = ledger
        .events(EventFilter::new().order_id("B-1"))
        .map(Result::unwrap);
    let events: Vec<_> = events
        .map(|event| {
            let from = event.from_state.map(LedgerState::as_str);
            (
                event.attempt,
                from,
                event.to_state.as_str(),
                event.source,
                event.reason,
            )
        })
        .collect();
    let text = str::to_owned;
    let call = || text("call");
    assert_eq!(
        events,
        [
            (1, None, "sending", call(), None),
            (
                1,
                Some("sending"),
                "unknown",
                call(),
                Some(text("outcome_unknown"))
            ),
            (
                1,
                Some("unknown"),
                "released",
                text("release"),
                Some(text("ticket 7"))
            ),
            (2, Some("released"), "sending", call(), None),
            (2, Some("sending"), "accepted", call(), None),
        ]
    );
}

#[test]
fn rows_are_found_and_reconciled() {
    let setup = Setup::on(Store::Postgresql);
    let client = setup.client();
    for number in 0..300 {
        client
            .payments()
            .create(payment(&format!("P-{number:03}")))
            .unwrap();
    }
    let ledger = setup.ledger();
    assert_eq!(open(&ledger).len(), 300);
    assert_eq!(changed(&ledger, 0).len(), 300);
    let none = RowFilter::new().state(LedgerState::Unknown);
    assert_eq!(ledger.rows(none).count(), 0);

    setup.execute("UPDATE creates SET state = 'rejected' WHERE order_id >= 'P-040'");
    let stall = Fault::new(FaultKind::Stall(Duration::from_secs(1)));
    setup
        .sandbox
        .set_fault(stall.path("v1/payment/status").always());
    let rows = std::thread::scope(|scope| {
        let other = scope.spawn(|| setup.client().reconcile().unwrap());
        let mut rows = setup.client().reconcile().unwrap();
        rows.extend(other.join().unwrap());
        rows
    });
    assert_eq!(rows.len(), 40, "each row was asked about once");
    assert_eq!(setup.client().reconcile().unwrap().len(), 40);
}

#[test]
fn notifications_are_noted_once() {
    let setup = Setup::on(Store::Postgresql);
    setup.client().payouts().create(payout("B-1")).unwrap();
    let account = setup.sandbox.account();
    let text = |status: &str| {
        format!(
            r#"{{"type":"payout","id":100000537,"order_id":"B-1","payment_status":"{status}","amount":"5.00","account":"{account}"}}"#
        )
    };
    let ledger = setup.ledger();
    let note = |status: &str| ledger.note_signed(text(status).as_bytes()).unwrap();
    let results: Vec<NoteResult> = std::thread::scope(|scope| {
        let held = setup.lock();
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| note("paid"))).collect();
        // None has seen a notification of the others.
        let waiting = format!(
            "SELECT count(*) FROM pg_stat_activity
             WHERE wait_event_type = 'Lock' AND query LIKE '%{}.creates%'",
            setup.database().schema
        );
        wait_until(|| SERVER.execute(&waiting).unwrap() == "4");
        drop(held);
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    let new = results.iter().filter(|result| **result == NoteResult::New);
    assert_eq!(new.count(), 1, "{results:?}");
    assert_eq!(note("wait"), NoteResult::Stale);
    let row = ledger.get("payouts.create", "B-1").unwrap().unwrap();
    assert_eq!(row.payment_status.as_deref(), Some("paid"));
}

#[test]
fn a_ledger_that_cannot_be_used_says_why_and_nothing_is_sent() {
    let setup = Setup::on(Store::Postgresql);
    let refused = |url: &str, expected: &str| {
        let ledger = Ledger::connect(url).unwrap();
        let client = sha1_builder(&setup.sandbox).ledger(ledger).build().unwrap();
        let error = client.payouts().create(payout("B-1")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Ledger, "{error}");
        assert_eq!(error.outcome(), Some(Outcome::NotSent));
        assert!(error.message().contains(expected), "{error}");
        assert!(!error.to_string().contains("p@ss"), "{error}");
    };
    let url = &setup.database().url;
    let missing = url.replace("schema=", "schema=no_");
    refused(&missing, "run the SQL of schema_sql there");
    setup.execute("UPDATE facts SET value = '9' WHERE name IN ('version', 'readable_from')");
    refused(url, "newer version");
    setup.execute("UPDATE facts SET value = '2' WHERE name IN ('version', 'readable_from')");
    setup.execute("REVOKE UPDATE ON creates FROM pay");
    refused(url, "SELECT, INSERT and UPDATE");
    setup.execute("GRANT UPDATE ON creates TO pay");
    setup.client().payouts().create(payout("B-1")).unwrap();
    setup.execute("UPDATE facts SET value = 'FFFFFFFF' WHERE name = 'timeline'");
    let error = setup.client().payouts().create(payout("B-2")).unwrap_err();
    assert!(
        error.message().contains("a standby was promoted"),
        "{error}"
    );
    assert_eq!(payout_count(&setup.sandbox, "B-2"), 0);
    setup.ledger().resume("checked").unwrap();
    setup.client().payouts().create(payout("B-2")).unwrap();
}

#[test]
fn a_stopped_server_ends_a_create_in_time() {
    let server = Arc::new(Mutex::new(Postgres::start(&Options::default()).unwrap()));
    let setup = Setup::in_server(&server.lock().unwrap());
    let client = setup.client();
    client.payouts().create(payout("B-1")).unwrap();
    server.lock().unwrap().pause().unwrap();
    let started = Instant::now();
    let error = client.payouts().create(payout("B-2")).unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::Ledger, Some(Outcome::NotSent))
    );
    assert!(
        started.elapsed() < Duration::from_millis(5500),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(payout_count(&setup.sandbox, "B-2"), 0);
    server.lock().unwrap().resume().unwrap();
    let row = client
        .ledger()
        .unwrap()
        .get("payouts.create", "B-2")
        .unwrap();
    let state = row.map(|row| row.state);
    assert_eq!(
        state,
        Some(LedgerState::NotSent),
        "the begin was taken back"
    );
    client.payouts().create(payout("B-2")).unwrap();
    assert_eq!(payout_count(&setup.sandbox, "B-2"), 1);
}

#[test]
fn a_check_says_what_the_database_lacks() {
    let setup = Setup::on(Store::Postgresql);
    assert_eq!(setup.ledger().check().unwrap(), [""; 0]);
    setup.execute("REVOKE INSERT ON events FROM pay");
    let error = setup.ledger().check().unwrap_err();
    assert!(
        error
            .message()
            .ends_with("the user lacks rights: events INSERT"),
        "{error}"
    );
    setup.execute("GRANT INSERT ON events TO pay");
    setup.execute("UPDATE facts SET value = '1' WHERE name = 'system'");
    let error = setup.ledger().check().unwrap_err();
    assert!(
        error.message().contains("another PostgreSQL cluster"),
        "{error}"
    );
}

#[test]
fn the_database_is_verified_with_the_roots_of_the_client() {
    let options = Options {
        tls: Some(Tls::Loopback),
        ..Options::default()
    };
    let server = Postgres::start(&options).unwrap();
    let setup = Setup::in_server(&server);
    let schema = &setup.database().schema;
    let url = server.url();
    let (place, _) = url.split_once('?').unwrap();
    let builder = || {
        let ledger = Ledger::connect(&format!("{place}?schema={schema}")).unwrap();
        sha1_builder(&setup.sandbox).ledger(ledger)
    };
    let client = builder().build().unwrap();
    let error = client.payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::Ledger, Some(Outcome::NotSent))
    );
    assert!(error.message().contains("sslrootcert"), "{error}");
    let client = builder().ca_file(server.authority()).build().unwrap();
    client.payouts().create(payout("B-1")).unwrap();
}
