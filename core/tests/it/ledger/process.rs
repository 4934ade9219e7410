//! Several threads and processes with one ledger, and processes that are killed.

use std::process::{Child, Stdio};
use std::time::Duration;

use alikassa::{CallOptions, Client, Digest, ErrorKind, Ledger, LedgerState};
use alikassa_sandbox::{Fault, FaultKind};

use super::{Setup, Store, open, test_on_each_store};
use crate::fixture::{self, payout, payout_count, request_count, wait_until};

test_on_each_store! {
    many_threads_send_an_order_once,
    many_processes_send_an_order_once,
    reconcile_accepts_the_order_of_a_killed_process,
    the_row_of_a_killed_process_stays_open_when_no_order_exists,
}

fn many_threads_send_an_order_once(store: Store) {
    let setup = Setup::on(store);
    let client = setup.client();
    let created = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..32)
            .map(|_| scope.spawn(|| client.payouts().create(payout("B-1"))))
            .collect();
        let results = threads.into_iter().map(|thread| thread.join().unwrap());
        results.flatten().count()
    });
    assert_eq!(
        (created, request_count(&setup.sandbox, "/v1/payout")),
        (1, 1)
    );
}

/// In a process that [`spawn`] started: creates a payout, and exits with a code for the result.
#[test]
fn child_process() {
    let Ok(name) = std::env::var("LEDGER_TEST_NAME") else {
        return;
    };
    let variable = |name| std::env::var(name).unwrap();
    let client = Client::builder(variable("LEDGER_TEST_ACCOUNT"))
        .base_url(variable("LEDGER_TEST_URL"))
        .payout_cert(variable("LEDGER_TEST_CERT").as_str())
        .unwrap()
        .digest(Digest::Sha1)
        .ledger(Ledger::named(name).unwrap())
        .build()
        .unwrap();
    let code = match client.payouts().create(payout("B-1")) {
        Ok(_) => 10,
        Err(error) if error.kind() == ErrorKind::DuplicateOrder => 11,
        Err(error) => {
            eprintln!("{error:?}");
            12
        }
    };
    std::process::exit(code);
}

fn spawn(setup: &Setup) -> Child {
    fixture::child_process(module_path!())
        .env("LEDGER_TEST_NAME", setup.name())
        .env("LEDGER_TEST_ACCOUNT", setup.sandbox.account())
        .env("LEDGER_TEST_URL", setup.sandbox.url())
        .env("LEDGER_TEST_CERT", setup.sandbox.payout_cert())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

fn many_processes_send_an_order_once(store: Store) {
    for _ in 0..5 {
        let setup = Setup::on(store);
        let processes: Vec<_> = (0..4).map(|_| spawn(&setup)).collect();
        let mut codes: Vec<_> = processes
            .into_iter()
            .map(|mut process| process.wait().unwrap().code().unwrap())
            .collect();
        codes.sort_unstable();
        assert_eq!(codes, [10, 11, 11, 11]);
        assert_eq!(request_count(&setup.sandbox, "/v1/payout"), 1);
    }
}

/// The process was killed while its create was in flight.
fn setup_with_killed_process(store: Store, order_exists: bool) -> Setup {
    let setup = Setup::on(store);
    let fault = Fault::new(FaultKind::Stall(Duration::from_secs(60)));
    setup.sandbox.set_fault(fault.act(order_exists));
    let mut process = spawn(&setup);
    wait_until(|| !setup.sandbox.log().is_empty());
    process.kill().unwrap();
    process.wait().unwrap();
    setup
}

fn reconcile_accepts_the_order_of_a_killed_process(store: Store) {
    let setup = setup_with_killed_process(store, true);
    assert_eq!(open(&setup.ledger())[0].state, LedgerState::Sending);
    let client = setup.client();
    let again = client.payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(again.kind(), ErrorKind::DuplicateOrder);
    assert_eq!(client.reconcile().unwrap()[0].state, LedgerState::Accepted);
    assert_eq!(request_count(&setup.sandbox, "/v1/payout"), 1);
    assert_eq!(payout_count(&setup.sandbox, "B-1"), 1);
}

fn the_row_of_a_killed_process_stays_open_when_no_order_exists(store: Store) {
    let setup = setup_with_killed_process(store, false);
    let client = setup.client();
    for _ in 0..2 {
        assert_eq!(client.reconcile().unwrap()[0].state, LedgerState::Sending);
    }
    let options = CallOptions::default().deadline(Duration::from_millis(100));
    let resolution = client
        .with_options(options)
        .payouts()
        .resolve("B-1", None)
        .unwrap();
    assert!(!resolution.found);
    assert_eq!(
        client.payouts().create(payout("B-1")).unwrap_err().kind(),
        ErrorKind::DuplicateOrder
    );
    setup
        .ledger()
        .release("payouts.create", "B-1", "support: no such payout")
        .unwrap();
    client.payouts().create(payout("B-1")).unwrap();
    assert_eq!(payout_count(&setup.sandbox, "B-1"), 1);
}
