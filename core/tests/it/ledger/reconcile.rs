//! Rows that get their outcome later: from reconcile, from resolve, or from a notification.

use std::time::Instant;

use alikassa::{
    BatchOptions, CallOptions, ErrorKind, LedgerRow, LedgerState, MatchedBy, PayoutRequest,
};
use alikassa_sandbox::{Fault, FaultKind, Settle, Status};

use super::{STALL, Setup, Store, open, test_on_each_store};
use crate::fixture::{
    payment, payout, payout_count, request_count, response, sha1_builder, wait_until,
};

test_on_each_store! {
    reconcile_accepts_an_order_that_the_provider_has,
    reconcile_leaves_a_missing_order_and_one_with_another_amount_unknown,
    reconcile_updates_an_accepted_order_until_its_status_is_final,
    a_late_response_does_not_replace_a_reconciled_status,
    reconcile_continues_after_a_server_error_for_one_row,
    reconcile_leaves_a_row_without_a_certificate_unchanged,
    reconcile_stops_at_a_transport_error,
    a_row_whose_request_fails_has_its_own_error,
    a_reconcile_tells_the_id_that_is_not_that_of_the_row,
    the_options_of_a_reconcile_are_checked,
    reconcile_needs_a_ledger_and_reads_only_its_own_account,
    resolve_takes_the_amount_from_the_ledger_and_records_the_status,
    resolve_returns_the_status_when_it_cannot_be_recorded_in_time,
    resolve_prevents_a_retry_of_a_rejected_or_released_order_that_exists,
    a_notification_accepts_the_open_create_with_its_amount,
    a_notification_accepts_a_rejected_create_and_keeps_a_final_status,
}

fn reconcile_accepts_an_order_that_the_provider_has(store: Store) {
    let setup = Setup::on(store);
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

fn reconcile_leaves_a_missing_order_and_one_with_another_amount_unknown(store: Store) {
    let setup = Setup::on(store);
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

fn reconcile_updates_an_accepted_order_until_its_status_is_final(store: Store) {
    let setup = Setup::on(store);
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

fn a_late_response_does_not_replace_a_reconciled_status(store: Store) {
    let setup = Setup::on(store);
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
fn setup_with_two_unknown_creates(store: Store) -> Setup {
    let setup = Setup::on(store);
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

fn reconcile_continues_after_a_server_error_for_one_row(store: Store) {
    let setup = setup_with_two_unknown_creates(store);
    let fault = Fault::new(FaultKind::Http500).path("v1/payment/status");
    setup.sandbox.set_fault(fault.always());
    let client = setup.builder().max_retries(0).build().unwrap();
    let error = client.reconcile().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Server);
    assert_eq!(states(&open(&setup.ledger())), PAYOUT_ACCEPTED);
}

fn reconcile_leaves_a_row_without_a_certificate_unchanged(store: Store) {
    let setup = setup_with_two_unknown_creates(store);
    let account = setup.sandbox.account().to_owned();
    let rows = setup.payout_client(&account).reconcile().unwrap();
    assert_eq!(states(&rows), PAYOUT_ACCEPTED);
}

fn reconcile_stops_at_a_transport_error(store: Store) {
    let setup = setup_with_two_unknown_creates(store);
    setup.sandbox.reset();
    let fault = Fault::new(FaultKind::CloseBefore).always();
    setup.sandbox.set_fault(fault);
    let client = setup.builder().max_retries(0).build().unwrap();
    let one_by_one = BatchOptions::default().concurrency(1);
    let results = client.iter_reconcile(one_by_one).unwrap();
    let errors: Vec<_> = results.map(|one| one.unwrap_err().kind()).collect();
    assert_eq!(errors, [ErrorKind::Transport]);
    let requests = setup.sandbox.log();
    assert_eq!(requests.len(), 1, "the other row was not asked about");
    // The leases of the first end on the pool.
    wait_until(|| {
        let result = client.reconcile();
        result.is_err_and(|error| error.kind() == ErrorKind::Transport)
    });
}

fn a_row_whose_request_fails_has_its_own_error(store: Store) {
    let setup = setup_with_two_unknown_creates(store);
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

fn a_reconcile_tells_the_id_that_is_not_that_of_the_row(store: Store) {
    let setup = Setup::on(store);
    setup.client().payouts().create(payout("B-1")).unwrap();
    setup.execute("UPDATE creates SET id = 777");
    let client = setup.client();
    let mut reconciled = client.iter_reconcile(BatchOptions::default()).unwrap();
    let one = reconciled.next().unwrap().unwrap();
    assert_eq!((one.row.id, one.other_id), (Some(777), Some(100_000_537)));
}

fn the_options_of_a_reconcile_are_checked(store: Store) {
    let setup = Setup::on(store);
    let client = setup.client();
    for (options, field) in [
        (BatchOptions::default().concurrency(0), "concurrency"),
        (BatchOptions::default().rate(0.0), "rate"),
    ] {
        let error = client.iter_reconcile(options).unwrap_err();
        assert_eq!(error.field(), Some(field));
    }
}

fn reconcile_needs_a_ledger_and_reads_only_its_own_account(store: Store) {
    let setup = Setup::on(store);
    let without = sha1_builder(&setup.sandbox).build().unwrap();
    assert_eq!(
        without.reconcile().unwrap_err().kind(),
        ErrorKind::Configuration
    );

    setup.client().payouts().create(payout("B-1")).unwrap();
    let other = setup.payout_client("another-account");
    assert_eq!(other.reconcile().unwrap(), []);
}

fn resolve_takes_the_amount_from_the_ledger_and_records_the_status(store: Store) {
    let setup = Setup::on(store);
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

fn resolve_returns_the_status_when_it_cannot_be_recorded_in_time(store: Store) {
    let setup = Setup::on(store);
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
        let _lock = setup.lock();
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

fn resolve_prevents_a_retry_of_a_rejected_or_released_order_that_exists(store: Store) {
    for (fault, recorded) in [
        (rejection(), LedgerState::Rejected),
        (Fault::new(FaultKind::CloseAfterAct), LedgerState::Released),
    ] {
        let setup = Setup::on(store);
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

fn a_notification_accepts_the_open_create_with_its_amount(store: Store) {
    let setup = Setup::on(store);
    setup.lose_next_response();
    setup.client().payouts().create(payout("B-1")).unwrap_err();
    note(&setup, 7, "wait", "5.01");
    assert_eq!(setup.state(), "unknown");
    note(&setup, 7, "paid", "5.00");
    let paid = ("accepted".to_owned(), Some(7), Some("paid".to_owned()));
    assert_eq!(setup.row(), paid);
}

fn a_notification_accepts_a_rejected_create_and_keeps_a_final_status(store: Store) {
    let setup = Setup::on(store);
    setup.sandbox.set_fault(rejection().path("v1/payout"));
    setup.client().payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(setup.state(), "rejected");
    for (id, status) in [(7, "paid"), (8, "fail")] {
        note(&setup, id, status, "5.00");
        let paid = ("accepted".to_owned(), Some(7), Some("paid".to_owned()));
        assert_eq!(setup.row(), paid);
    }
}
