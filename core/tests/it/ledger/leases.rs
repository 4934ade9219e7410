//! Several clients that share the open rows.

use std::time::Duration;

use alikassa::{BatchOptions, Client, Reconciled};
use alikassa_sandbox::{Fault, FaultKind};

use super::{STALL, Setup, Store, test_on_each_store};
use crate::fixture::{payment, request_count, wait_until};

test_on_each_store! {
    several_clients_share_the_open_rows_and_ask_about_each_once,
    rows_come_as_they_settle_with_requests_side_by_side,
    a_dropped_reconcile_gives_its_rows_back,
    the_rows_of_a_process_that_ended_are_leased_again_after_their_time,
}

/// Open rows of payments. The sandbox delays every status.
fn setup_with_open_payments(store: Store, count: usize, delay: Duration) -> Setup {
    let setup = Setup::on(store);
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

fn several_clients_share_the_open_rows_and_ask_about_each_once(store: Store) {
    const ROWS: usize = 24;
    let setup = setup_with_open_payments(store, ROWS, Duration::from_secs(1));
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

fn rows_come_as_they_settle_with_requests_side_by_side(store: Store) {
    let setup = setup_with_open_payments(store, 32, STALL);
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

fn a_dropped_reconcile_gives_its_rows_back(store: Store) {
    let setup = setup_with_open_payments(store, 20, Duration::from_millis(20));
    let client = setup.client();
    let mut reconciled = client.iter_reconcile(BatchOptions::default()).unwrap();
    reconciled.next().unwrap().unwrap();
    drop(reconciled);
    // Its last work is on the pool. Without it, the leases would last longer than this wait.
    wait_until(|| client.reconcile().unwrap().len() == 20);
}

fn the_rows_of_a_process_that_ended_are_leased_again_after_their_time(store: Store) {
    let setup = setup_with_open_payments(store, 2, Duration::from_millis(0));
    let lease = |time: u32| {
        setup.execute(&format!(
            "UPDATE creates SET leased_until_ms = created_ms + {time} WHERE order_id = 'P-000'"
        ));
    };
    lease(60_000);
    let client = setup.client();
    assert_eq!(
        client.reconcile().unwrap().len(),
        1,
        "another process has the row"
    );
    lease(0);
    assert_eq!(client.reconcile().unwrap().len(), 2);
}
