//! Statuses that are read settle the row of their order.

use alikassa::{BatchOptions, Cert, Client, LedgerState, OrderRef, RawRequest, Value, WaitOptions};
use alikassa_sandbox::{Settle, Status};

use super::settle::{OWN_ID, next_status, row, summary};
use super::{Setup, Store, open, test_on_each_store};
use crate::fixture::{payment, payout};

test_on_each_store! {
    every_read_of_a_status_settles_the_row,
    a_status_with_another_amount_or_in_a_history_settles_nothing,
    a_bulk_of_statuses_that_are_not_final_is_recorded_at_its_end,
    a_ledger_that_fails_changes_nothing_of_a_status,
}

/// A client whose order `B-1` is accepted, and paid since.
fn setup_with_paid_order(store: Store) -> Setup {
    let setup = Setup::on(store);
    setup.client().payouts().create(payout("B-1")).unwrap();
    let paid = Settle::order_id("B-1", Status::Paid);
    setup.sandbox.settle(&paid).unwrap();
    setup
}

type Read<'a> = &'a dyn Fn(&Client);

fn every_read_of_a_status_settles_the_row(store: Store) {
    let by_order_id = || OrderRef::order_id("B-1");
    let raw = |name, value: &str| {
        let body = Value::from([(name, Value::from(value))]);
        RawRequest::read("v1/payout/status", body, Cert::Payout)
    };
    let reads: [(&str, Read<'_>); 6] = [
        ("status", &|client| {
            client.payouts().status(&by_order_id()).unwrap();
        }),
        ("status by id", &|client| {
            client.payouts().status(&OrderRef::id(OWN_ID)).unwrap();
        }),
        ("wait", &|client| {
            let options = WaitOptions::default();
            client
                .payouts()
                .wait(&by_order_id(), &options, |_| ())
                .unwrap();
        }),
        ("statuses", &|client| {
            let orders = vec![by_order_id(); 40];
            let statuses = client.payouts().statuses(orders, BatchOptions::default());
            assert!(statuses.unwrap().all(|(_, status)| status.is_ok()));
        }),
        ("raw", &|client| {
            client.request(raw("order_id", "B-1")).unwrap();
        }),
        ("raw by id", &|client| {
            client.request(raw("id", "100000537")).unwrap();
        }),
    ];
    for (name, read) in reads {
        let setup = setup_with_paid_order(store);
        let client = setup.client();
        read(&client);
        let paid = (LedgerState::Accepted, Some(OWN_ID), Some("paid"));
        assert_eq!(summary(&row(&setup)), paid, "{name}");
        let updated_ms = row(&setup).updated_ms;
        read(&client);
        assert_eq!(row(&setup).updated_ms, updated_ms, "{name}: no change");
        assert_eq!(client.take_notices(), [""; 0], "{name}");
    }
}

fn a_status_with_another_amount_or_in_a_history_settles_nothing(store: Store) {
    let setup = setup_with_paid_order(store);
    let client = setup.client();
    let other = r#"{"id":100000537,"order_id":"B-1","amount":"5.01","payment_status":"paid"}"#;
    next_status(&setup, other);
    client.payouts().status(&OrderRef::id(OWN_ID)).unwrap();
    client.payments().create(payment("P-1")).unwrap();
    let paid = Settle::order_id("P-1", Status::Paid);
    setup.sandbox.settle(&paid).unwrap();
    let mut history = client
        .payments()
        .iter_history(alikassa::HistoryRequest::new());
    assert!(history.any(|payment| payment.unwrap().order_id.as_deref() == Some("P-1")));
    assert_eq!(open(&setup.ledger()).len(), 2);
}

fn a_bulk_of_statuses_that_are_not_final_is_recorded_at_its_end(store: Store) {
    const ORDERS: usize = 60;
    let setup = Setup::on(store);
    let client = setup.client();
    for n in 1..=ORDERS {
        client
            .payments()
            .create(payment(&format!("P-{n}")))
            .unwrap();
    }
    let read_all = || {
        let orders = (1..=ORDERS).map(|n| OrderRef::order_id(format!("P-{n}")));
        let statuses = client.payments().statuses(orders, BatchOptions::default());
        assert!(statuses.unwrap().all(|(_, status)| status.is_ok()));
        client.take_notices()
    };
    setup.execute("UPDATE creates SET state = 'unknown', id = NULL, payment_status = NULL");
    setup.execute("UPDATE creates SET id = 888, state = 'accepted' WHERE order_id = 'P-7'");
    let notices = read_all();
    let recorded = "state = 'accepted' AND id <> 888 AND payment_status = 'wait'";
    assert_eq!(setup.count(recorded), 59);
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert!(
        notices[0].contains("P-7") && notices[0].contains("888"),
        "{notices:?}"
    );
    setup.execute("ALTER TABLE creates RENAME TO lost");
    let notices = read_all();
    let are_about_rows = notices
        .iter()
        .all(|notice| notice.contains("row is unchanged"));
    assert!(are_about_rows && notices.len() > 1, "{notices:?}");
}

fn a_ledger_that_fails_changes_nothing_of_a_status(store: Store) {
    let setup = setup_with_paid_order(store);
    let client = setup.client();
    setup.execute("ALTER TABLE creates RENAME TO lost");
    let status = client.payouts().status(&OrderRef::order_id("B-1"));
    assert_eq!(status.unwrap().payment_status, "paid");
    let notices = client.take_notices().concat();
    assert!(notices.contains("row is unchanged"), "{notices}");
    setup.execute("ALTER TABLE lost RENAME TO creates");
    let lock = setup.lock();
    let status = client.payouts().status(&OrderRef::order_id("B-1"));
    assert_eq!(status.unwrap().payment_status, "paid");
    let notices = client.take_notices().concat();
    assert!(notices.contains("row is unchanged"), "{notices}");
    assert_eq!(row(&setup).payment_status.as_deref(), Some("wait"));
    drop(lock);
    client.reconcile().unwrap();
    assert_eq!(row(&setup).payment_status.as_deref(), Some("paid"));
}
