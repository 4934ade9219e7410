//! A ledger moves from a file while processes still use the file.

use std::path::PathBuf;
use std::time::Duration;

use alikassa::{ErrorKind, EventFilter, Ledger, LedgerState, NoteResult, Outcome};
use alikassa_sandbox::{Fault, FaultKind};
use rusqlite::Connection;

use super::process::{CREATED, spawn_with};
use super::{Setup, Store, test_on_each_store};
use crate::fixture::{payout, payout_count, request_count, sha1_builder, wait_until};

const PAYOUT: &str = "payouts.create";

test_on_each_store!(
    a_ledger_moves_from_a_file_while_an_old_process_runs,
    notifications_that_were_seen_in_the_file_stay_seen,
    an_order_that_both_ledgers_have_is_not_sent_again,
    an_end_without_an_id_since_the_import_is_taken_over,
);

/// The file of the ledger that moves.
fn old_path(setup: &Setup) -> PathBuf {
    setup.folder.path().join("old.sqlite")
}

/// The state and id of an order.
fn state(ledger: &Ledger, order_id: &str) -> Option<(&'static str, Option<i64>)> {
    let row = ledger.get(PAYOUT, order_id).unwrap();
    row.map(|row| (row.state.as_str(), row.id))
}

fn a_ledger_moves_from_a_file_while_an_old_process_runs(store: Store) {
    let setup = Setup::on(store);
    let path = old_path(&setup);
    let file = Ledger::new(&path).unwrap();
    let old = sha1_builder(&setup.sandbox).ledger(file).build().unwrap();
    old.payouts().create(payout("B-0")).unwrap();
    let stall = Fault::new(FaultKind::Stall(Duration::from_secs(3)));
    setup.sandbox.set_fault(stall.path("v1/payout"));
    let mut process = spawn_with(&setup, &path);
    wait_until(|| payout_count(&setup.sandbox, "B-1") == 1);

    let ledger = setup.ledger();
    assert_eq!(ledger.import_from(&path).unwrap(), 2);
    let error = old.payouts().create(payout("B-2")).unwrap_err();
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    let expected = format!("the ledger moved to {}", ledger.location());
    assert!(error.message().contains(&expected), "{error}");
    assert_eq!(state(&ledger, "B-0"), Some(("accepted", Some(100_000_537))));
    assert_eq!(state(&ledger, "B-1"), Some(("sending", None)));
    let new = setup.client();
    let error = new.payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DuplicateOrder);

    assert_eq!(process.wait().unwrap().code(), Some(CREATED));
    assert_eq!(ledger.import_from(&path).unwrap(), 1, "what ended since");
    assert_eq!(state(&ledger, "B-1"), Some(("accepted", Some(100_000_538))));
    assert_eq!(ledger.import_from(&path).unwrap(), 0);
    let third = Ledger::new(setup.folder.path().join("third.sqlite")).unwrap();
    let error = third.import_from(&path).unwrap_err();
    assert!(error.message().contains(&expected), "{error}");
    new.payouts().create(payout("B-2")).unwrap();
    let events = ledger
        .events(EventFilter::new().order_id("B-0"))
        .map(Result::unwrap);
    let states: Vec<_> = events.map(|event| event.to_state.as_str()).collect();
    assert_eq!(states, ["sending", "accepted"]);
    let warnings = Ledger::new(&path).unwrap().check().unwrap();
    assert!(warnings[0].contains("the ledger moved to"), "{warnings:?}");
}

fn notifications_that_were_seen_in_the_file_stay_seen(store: Store) {
    let setup = Setup::on(store);
    let file = Ledger::new(old_path(&setup)).unwrap();
    let account = setup.sandbox.account();
    let note = |ledger: &Ledger, status: &str| {
        let text = format!(
            r#"{{"type":"payout","id":7,"order_id":"B-1","payment_status":"{status}","amount":"5.00","account":"{account}"}}"#
        );
        ledger.note_signed(text.as_bytes()).unwrap()
    };
    assert_eq!(note(&file, "wait"), NoteResult::New);
    assert_eq!(note(&file, "paid"), NoteResult::New);
    let ledger = setup.ledger();
    for _ in 0..2 {
        ledger.import_from(old_path(&setup)).unwrap();
        assert_eq!(note(&ledger, "wait"), NoteResult::Seen);
        assert_eq!(note(&ledger, "paid"), NoteResult::Seen);
        assert_eq!(note(&ledger, "fail"), NoteResult::Stale);
    }
    assert_eq!(
        setup.count("true"),
        0,
        "a notification makes no row of a create"
    );
}

fn an_order_that_both_ledgers_have_is_not_sent_again(store: Store) {
    let setup = Setup::on(store);
    let file = Ledger::new(old_path(&setup)).unwrap();
    let old = sha1_builder(&setup.sandbox).ledger(file).build().unwrap();
    old.payouts().create(payout("B-1")).unwrap();
    old.payouts().create(payout("B-2")).unwrap();
    // Somebody began to use the new ledger too early.
    let unreachable = setup.unreachable_client();
    unreachable.payouts().create(payout("B-1")).unwrap_err();
    let ledger = setup.ledger();
    assert_eq!(ledger.import_from(old_path(&setup)).unwrap(), 2);
    let row = ledger.get(PAYOUT, "B-1").unwrap().unwrap();
    assert_eq!(row.state, LedgerState::Accepted);
    let error = setup.client().payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DuplicateOrder);
    assert_eq!(request_count(&setup.sandbox, "/v1/payout"), 2);
    assert_eq!(ledger.import_from(old_path(&setup)).unwrap(), 0);
}

fn an_end_without_an_id_since_the_import_is_taken_over(store: Store) {
    let setup = Setup::on(store);
    let path = old_path(&setup);
    let file = Ledger::new(&path).unwrap();
    let old = sha1_builder(&setup.sandbox).ledger(file).build().unwrap();
    setup.lose_next_response();
    old.payouts().create(payout("B-1")).unwrap_err();
    let ledger = setup.ledger();
    for (name, count) in [("sending", 1), ("rejected", 1), ("rejected", 0)] {
        let sql = format!("UPDATE creates SET state = '{name}'");
        Connection::open(&path).unwrap().execute(&sql, []).unwrap();
        assert_eq!(ledger.import_from(&path).unwrap(), count, "{name}");
        assert_eq!(state(&ledger, "B-1"), Some((name, None)));
    }
}
