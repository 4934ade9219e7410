//! Which payment or payout a row is about: no row takes the status of another one.

use std::time::Duration;

use alikassa::{CallOptions, LedgerRow, LedgerState, MatchedBy, NoteResult, OrderRef};
use alikassa_sandbox::{Duplicates, Fault, FaultKind, Options, Sandbox, Settle, Status};

use super::{Setup, Store, open, test_on_each_store};
use crate::fixture::{payment, payout, request_count, response, wait_until};

test_on_each_store! {
    the_response_of_a_create_replaces_the_id_of_another_payout,
    the_response_of_a_create_keeps_a_final_status_of_the_same_payout,
    a_row_with_an_id_takes_no_status_of_another_id,
    a_final_status_never_changes,
    the_id_of_an_earlier_attempt_does_not_settle_a_later_one,
    after_a_release_without_an_id_a_match_leaves_the_row_open,
    an_earlier_attempt_that_was_accepted_after_all_blocks_another,
    a_release_forgets_no_doubt_about_a_learned_id,
    a_status_without_an_id_finds_no_order_that_has_one,
    a_status_about_another_order_leaves_the_row,
    an_id_that_is_not_found_is_asked_again_by_order_id,
    a_status_that_names_no_order_finds_nothing,
    notifications_without_id_and_order_id_are_the_same_only_if_their_text_is,
}

/// The first id that the sandbox gives a payout.
pub(super) const OWN_ID: i64 = 100_000_537;

const OTHER_ID: i64 = 888;

/// Meanwhile a test connects to its database several times.
const LONG_STALL: Duration = Duration::from_millis(1500);

const PAYOUT: &str = "payouts.create";

/// The state, id and status of the payout `B-1`.
pub(super) type Summary<'a> = (LedgerState, Option<i64>, Option<&'a str>);

pub(super) fn summary(row: &LedgerRow) -> Summary<'_> {
    (row.state, row.id, row.payment_status.as_deref())
}

pub(super) fn row(setup: &Setup) -> LedgerRow {
    setup.ledger().get(PAYOUT, "B-1").unwrap().unwrap()
}

/// Notes a signed notification of an order with the amount 5.00.
fn note_of(setup: &Setup, kind: &str, id: &str, status: &str) -> NoteResult {
    let account = setup.sandbox.account();
    let text = format!(
        r#"{{"type":"{kind}",{id}"order_id":"B-1","payment_status":"{status}","amount":"5.00","account":"{account}"}}"#
    );
    setup.ledger().note_signed(text.as_bytes()).unwrap()
}

fn note(setup: &Setup, id: i64, status: &str) -> NoteResult {
    note_of(setup, "payout", &format!(r#""id":{id},"#), status)
}

/// Lets the next status of a payout be this one.
pub(super) fn next_status(setup: &Setup, body: &str) {
    let status = response(200, body).path("v1/payout/status");
    setup.sandbox.set_fault(status);
}

fn status_body(id: i64, order_id: &str, status: &str) -> String {
    format!(r#"{{"id":{id},"order_id":"{order_id}","amount":"5.00","payment_status":"{status}"}}"#)
}

fn one_request() -> CallOptions {
    CallOptions::default().deadline(std::time::Duration::from_millis(300))
}

fn the_response_of_a_create_replaces_the_id_of_another_payout(store: Store) {
    let setup = Setup::on(store);
    let client = setup.client();
    setup
        .sandbox
        .set_fault(Fault::new(FaultKind::Stall(LONG_STALL)));
    std::thread::scope(|scope| {
        let create = scope.spawn(|| client.payouts().create(payout("B-1")));
        wait_until(|| !setup.sandbox.log().is_empty());
        assert_eq!(note(&setup, OTHER_ID, "fail"), NoteResult::New);
        assert_eq!(row(&setup).id_source.as_deref(), Some("match"));
        assert_eq!(create.join().unwrap().unwrap().id, OWN_ID);
    });
    let after = row(&setup);
    assert_eq!(
        summary(&after),
        (LedgerState::Accepted, Some(OWN_ID), Some("wait"))
    );
    assert_eq!(after.id_source.as_deref(), Some("create"));
    assert_eq!(open(&setup.ledger()).len(), 1);
    let notices = client.take_notices().concat();
    assert!(notices.contains("888"), "{notices}");

    assert_eq!(note(&setup, OTHER_ID, "fail"), NoteResult::Other);
    assert_eq!(note(&setup, OWN_ID, "paid"), NoteResult::New);
    let paid = row(&setup);
    assert_eq!(paid.payment_status.as_deref(), Some("paid"));
    assert_eq!(paid.id_source.as_deref(), Some("create"));
}

fn the_response_of_a_create_keeps_a_final_status_of_the_same_payout(store: Store) {
    let setup = Setup::on(store);
    let client = setup.client();
    setup
        .sandbox
        .set_fault(Fault::new(FaultKind::Stall(LONG_STALL)));
    std::thread::scope(|scope| {
        let create = scope.spawn(|| client.payouts().create(payout("B-1")));
        wait_until(|| !setup.sandbox.log().is_empty());
        note(&setup, OWN_ID, "paid");
        create.join().unwrap().unwrap();
    });
    let after = row(&setup);
    let paid = (LedgerState::Accepted, Some(OWN_ID), Some("paid"));
    assert_eq!(summary(&after), paid);
    assert_eq!(after.id_source.as_deref(), Some("create"));
    assert_eq!(client.take_notices(), [""; 0]);
}

fn a_row_with_an_id_takes_no_status_of_another_id(store: Store) {
    let setup = Setup::on(store);
    let client = setup.client();
    client.payouts().create(payout("B-1")).unwrap();
    let before = row(&setup);
    assert_eq!(before.id_source.as_deref(), Some("create"));
    for _ in 0..2 {
        assert_eq!(note(&setup, OTHER_ID, "fail"), NoteResult::Other);
    }
    let without_id = note_of(&setup, "payout", "", "fail");
    assert_eq!(without_id, NoteResult::Other, "it may be another payout");

    next_status(&setup, &status_body(OTHER_ID, "B-1", "fail"));
    let payouts = client.with_options(one_request());
    let resolution = payouts.payouts().resolve("B-1", None).unwrap();
    assert!(!resolution.found);
    assert_eq!(resolution.matched_by, None);
    assert_eq!(resolution.other_id, Some(OTHER_ID));
    assert_eq!(resolution.status.unwrap().payment_status, "fail");
    let notices = client.take_notices().concat();
    assert!(notices.contains("id 888"), "{notices}");

    next_status(&setup, &status_body(OTHER_ID, "B-1", "fail"));
    let status = client.payouts().status(&OrderRef::order_id("B-1"));
    assert_eq!(status.unwrap().id, Some(OTHER_ID));
    assert_eq!(row(&setup), before);

    client.payments().create(payment("B-1")).unwrap();
    let other = note_of(&setup, "payment", r#""id":888,"#, "fail");
    assert_eq!(other, NoteResult::Other);
    let found = client.payouts().resolve("B-1", None).unwrap();
    assert_eq!(found.matched_by, Some(MatchedBy::Amount));
    assert_eq!(found.other_id, None);
}

fn a_final_status_never_changes(store: Store) {
    let setup = Setup::on(store);
    let client = setup.client();
    client.payouts().create(payout("B-1")).unwrap();
    assert_eq!(note(&setup, OWN_ID, "paid"), NoteResult::New);
    let paid = row(&setup);
    assert_eq!(note(&setup, OWN_ID, "fail"), NoteResult::Stale);
    next_status(&setup, &status_body(OWN_ID, "B-1", "fail"));
    let status = client.payouts().status(&OrderRef::order_id("B-1"));
    assert_eq!(status.unwrap().payment_status, "fail");
    assert_eq!(row(&setup), paid);
}

/// The provider accepts an `order_id` again.
fn setup_with_two_ids_of_an_order(store: Store) -> Setup {
    let options = Options {
        duplicates: Duplicates::Allow,
        ..Options::default()
    };
    Setup {
        sandbox: Sandbox::start(options).unwrap(),
        ..Setup::on(store)
    }
}

fn the_id_of_an_earlier_attempt_does_not_settle_a_later_one(store: Store) {
    let setup = setup_with_two_ids_of_an_order(store);
    let client = setup.client();
    client.payouts().create(payout("B-1")).unwrap();
    let release = || {
        let reason = "support: it will not be paid";
        setup.ledger().release(PAYOUT, "B-1", reason).unwrap();
    };
    release();
    setup.lose_next_response();
    client.payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(note(&setup, OWN_ID, "fail"), NoteResult::Other);
    let without_id = note_of(&setup, "payout", "", "fail");
    assert_eq!(without_id, NoteResult::Other);
    assert_eq!(summary(&row(&setup)), (LedgerState::Unknown, None, None));
    next_status(&setup, &status_body(OWN_ID, "B-1", "fail"));
    assert_eq!(client.reconcile().unwrap()[0].state, LedgerState::Unknown);

    assert_eq!(note(&setup, OTHER_ID, "wait"), NoteResult::New);
    release();
    client.payouts().create(payout("B-1")).unwrap();
    for earlier in [OWN_ID, OTHER_ID] {
        assert_eq!(note(&setup, earlier, "fail"), NoteResult::Other);
    }
    assert_eq!(row(&setup).payment_status.as_deref(), Some("wait"));
}

fn after_a_release_without_an_id_a_match_leaves_the_row_open(store: Store) {
    let setup = Setup::on(store);
    let client = setup.client();
    setup.lose_next_response();
    client.payouts().create(payout("B-1")).unwrap_err();
    let reason = "support: no such payout";
    setup.ledger().release(PAYOUT, "B-1", reason).unwrap();
    setup.lose_next_response();
    client.payouts().create(payout("B-1")).unwrap_err();

    assert_eq!(note(&setup, OTHER_ID, "fail"), NoteResult::Other);
    let unclear = status_body(OTHER_ID, "B-1", "fail");
    next_status(&setup, &unclear);
    let resolve = client.with_options(one_request());
    let resolution = resolve.payouts().resolve("B-1", None).unwrap();
    assert_eq!(
        (resolution.found, resolution.other_id),
        (false, Some(OTHER_ID))
    );
    next_status(&setup, &unclear);
    client.reconcile().unwrap();
    assert_eq!(summary(&row(&setup)), (LedgerState::Unknown, None, None));
    let notices = client.take_notices();
    assert_eq!(notices.len(), 2, "{notices:?}");
}

fn an_earlier_attempt_that_was_accepted_after_all_blocks_another(store: Store) {
    let setup = Setup::on(store);
    let client = setup.client();
    setup
        .sandbox
        .set_fault(Fault::new(FaultKind::Stall(LONG_STALL)));
    std::thread::scope(|scope| {
        let first = scope.spawn(|| client.payouts().create(payout("B-1")));
        wait_until(|| !setup.sandbox.log().is_empty());
        setup.ledger().release(PAYOUT, "B-1", "too early").unwrap();
        let unreachable = setup.unreachable_client();
        unreachable.payouts().create(payout("B-1")).unwrap_err();
        assert_eq!(row(&setup).state, LedgerState::NotSent);
        assert_eq!(first.join().unwrap().unwrap().id, OWN_ID);
    });
    assert_eq!(summary(&row(&setup)), (LedgerState::Unknown, None, None));
    let again = client.payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(again.kind(), alikassa::ErrorKind::DuplicateOrder);
    assert_eq!(request_count(&setup.sandbox, "/v1/payout"), 1);
    assert_eq!(note(&setup, OWN_ID, "paid"), NoteResult::Other);
}

fn a_release_forgets_no_doubt_about_a_learned_id(store: Store) {
    let setup = Setup::on(store);
    let client = setup.client();
    setup.lose_next_response();
    client.payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(note(&setup, OTHER_ID, "cancel"), NoteResult::New);
    let reason = "support: no such payout";
    setup.ledger().release(PAYOUT, "B-1", reason).unwrap();
    setup.lose_next_response();
    client.payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(note(&setup, OWN_ID, "paid"), NoteResult::Other);
    assert_eq!(summary(&row(&setup)), (LedgerState::Unknown, None, None));
}

fn a_status_without_an_id_finds_no_order_that_has_one(store: Store) {
    let setup = Setup::on(store);
    let client = setup.client();
    client.payouts().create(payout("B-1")).unwrap();
    let without_id = r#"{"order_id":"B-1","amount":"5.00","payment_status":"fail"}"#;
    next_status(&setup, without_id);
    let resolve = client.with_options(one_request());
    let resolution = resolve.payouts().resolve("B-1", None).unwrap();
    assert_eq!((resolution.found, resolution.other_id), (false, None));
    assert_eq!(row(&setup).payment_status.as_deref(), Some("wait"));
}

fn a_status_about_another_order_leaves_the_row(store: Store) {
    let setup = Setup::on(store);
    let client = setup.client();
    client.payouts().create(payout("B-1")).unwrap();
    next_status(&setup, &status_body(OWN_ID, "OTHER", "paid"));
    client.reconcile().unwrap();
    assert_eq!(row(&setup).payment_status.as_deref(), Some("wait"));
    let notices = client.take_notices().concat();
    assert!(notices.contains("another order_id"), "{notices}");
    next_status(&setup, &status_body(OWN_ID, "OTHER", "paid"));
    client.payouts().status(&OrderRef::id(OWN_ID)).unwrap();
    assert_eq!(row(&setup).payment_status.as_deref(), Some("wait"));
}

fn an_id_that_is_not_found_is_asked_again_by_order_id(store: Store) {
    let setup = Setup::on(store);
    let client = setup.client();
    client.payouts().create(payout("B-1")).unwrap();
    let not_found = response(400, r#"{"message":"Payout not found"}"#);
    setup
        .sandbox
        .set_fault(not_found.path("v1/payout/status").times(1));
    let paid = Settle::order_id("B-1", Status::Paid);
    setup.sandbox.settle(&paid).unwrap();
    let rows = client.reconcile().unwrap();
    assert_eq!(rows[0].payment_status.as_deref(), Some("paid"));
    assert_eq!(request_count(&setup.sandbox, "/v1/payout/status"), 2);
}

fn a_status_that_names_no_order_finds_nothing(store: Store) {
    let setup = Setup::on(store);
    let client = setup.client().with_options(one_request());
    for amount in [None, Some("5.00")] {
        next_status(&setup, r#"{"payment_status":"paid"}"#);
        let resolution = client.payouts().resolve("B-1", amount).unwrap();
        assert!(!resolution.found, "{amount:?}");
        assert_eq!(resolution.status.unwrap().payment_status, "paid");
    }
    next_status(&setup, r#"{"order_id":"B-1","payment_status":"paid"}"#);
    let found = client.payouts().resolve("B-1", None).unwrap();
    assert_eq!(found.matched_by, Some(MatchedBy::OrderId));
}

fn notifications_without_id_and_order_id_are_the_same_only_if_their_text_is(store: Store) {
    let setup = Setup::on(store);
    let account = setup.sandbox.account();
    let note = |amount: &str| {
        let text = format!(
            r#"{{"type":"payment","payment_status":"paid","amount":"{amount}","account":"{account}"}}"#
        );
        setup.ledger().note_signed(text.as_bytes()).unwrap()
    };
    assert_eq!(note("5.00"), NoteResult::New);
    assert_eq!(note("6.00"), NoteResult::New);
    assert_eq!(note("6.00"), NoteResult::Seen);
}
