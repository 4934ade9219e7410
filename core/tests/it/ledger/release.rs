//! Releasing a row, so that its order can be sent again.

use alikassa::{CallOptions, Outcome};
use alikassa_sandbox::{Fault, FaultKind};

use super::{STALL, Setup, open};
use crate::fixture::{payout, payout_count, wait_until};

#[test]
fn an_unknown_order_can_be_sent_again_only_after_a_release() {
    let setup = Setup::new();
    let client = setup.client();
    let fault = Fault::new(FaultKind::CloseAfterRead);
    setup.sandbox.set_fault(fault);
    client.payouts().create(payout("B-1")).unwrap_err();
    let ledger = setup.ledger();
    let release = |operation, order_id, reason| ledger.release(operation, order_id, reason);
    let error = release("payouts.create", "B-2", "support: no such payout").unwrap_err();
    assert_eq!(error.field(), Some("order_id"));
    let error = release("payouts.create", "B-1", " ").unwrap_err();
    assert_eq!(error.field(), Some("reason"));
    release("payouts.create", "B-1", "support: no such payout").unwrap();
    assert_eq!(setup.state(), "released");
    client.payouts().create(payout("B-1")).unwrap();
    assert_eq!(setup.state(), "accepted");
    assert_eq!(payout_count(&setup.sandbox, "B-1"), 1);
}

#[test]
fn a_release_names_the_account_when_several_have_the_order() {
    let setup = Setup::new();
    for account in ["first-account", "second-account"] {
        let client = setup.payout_client(account);
        // The sandbox knows neither account and responds with 401.
        let error = client.payouts().create(payout("B-1")).unwrap_err();
        assert_eq!(error.outcome(), Some(Outcome::Unknown));
    }
    let ledger = setup.ledger();
    let error = ledger.release("payouts.create", "B-1", "x").unwrap_err();
    assert_eq!(error.field(), Some("account"));
    ledger
        .release_in(Some("first-account"), "payouts.create", "B-1", "x")
        .unwrap();
    let open_rows = open(&ledger);
    assert_eq!(open_rows.len(), 1);
    assert_eq!(open_rows[0].account, "second-account");
}

#[test]
fn a_late_outcome_does_not_change_a_released_row() {
    let setup = Setup::new();
    let client = setup.client();
    setup.sandbox.set_fault(Fault::new(FaultKind::Stall(STALL)));
    std::thread::scope(|scope| {
        let first = scope.spawn(|| {
            let options = CallOptions::default().deadline(STALL / 2);
            client.with_options(options).payouts().create(payout("B-1"))
        });
        wait_until(|| !setup.sandbox.log().is_empty());
        setup
            .ledger()
            .release("payouts.create", "B-1", "too early")
            .unwrap();
        first.join().unwrap().unwrap_err();
    });
    assert_eq!(
        setup.state(),
        "released",
        "the create ended as unknown after the release"
    );
}
