//! Releasing a row, so that its order can be sent again.

use std::time::Duration;

use alikassa::{CallOptions, Outcome};
use alikassa_sandbox::{Fault, FaultKind};

use super::{Setup, Store, open, test_on_each_store};
use crate::fixture::{payout, payout_count, wait_until};

test_on_each_store! {
    an_unknown_order_can_be_sent_again_only_after_a_release,
    a_release_names_the_account_when_several_have_the_order,
    a_late_outcome_does_not_change_a_released_row,
}

fn an_unknown_order_can_be_sent_again_only_after_a_release(store: Store) {
    let setup = Setup::on(store);
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

fn a_release_names_the_account_when_several_have_the_order(store: Store) {
    let setup = Setup::on(store);
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

fn a_late_outcome_does_not_change_a_released_row(store: Store) {
    let setup = Setup::on(store);
    let client = setup.client();
    // The create connects to its database within its deadline.
    let deadline = Duration::from_secs(2);
    setup
        .sandbox
        .set_fault(Fault::new(FaultKind::Stall(deadline * 2)));
    std::thread::scope(|scope| {
        let first = scope.spawn(|| {
            let options = CallOptions::default().deadline(deadline);
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
