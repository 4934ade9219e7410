//! Clients of several accounts, which share everything but the account.

use std::sync::mpsc::{Receiver, TryRecvError};
use std::thread;
use std::time::Duration;

use alikassa::binding::{Call, Response};
use alikassa::{
    CallOptions, Client, ClientBuilder, Error, ErrorKind, LedgerState, OrderRef, Outcome,
    RowFilter, Value, WaitOptions, WebhookPayload,
};
use alikassa_sandbox::Digest::{Sha1, Sha256};
use alikassa_sandbox::{DigestPolicy, Fault, FaultKind, Notify, Sandbox};

use crate::fixture::{builder, payout, sandbox, sha1_builder, submit, wait_until};
use crate::ledger::{Setup, Store, test_on_each_store};

/// An account that the sandbox does not have.
const OTHER: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

const STALL: Duration = Duration::from_millis(400);

test_on_each_store! {
    the_ledger_tells_the_orders_of_the_accounts_apart,
    a_reconcile_asks_about_the_orders_of_its_own_account,
}

/// A client of another account, and one of the sandbox's that is derived from it.
fn clients(parent: ClientBuilder, sandbox: &Sandbox) -> (Client, Client) {
    let parent = parent.build().unwrap().for_account(OTHER).unwrap();
    let derived = parent.for_account(sandbox.account()).unwrap();
    (parent, derived)
}

fn stall(sandbox: &Sandbox) {
    sandbox.set_fault(Fault::new(FaultKind::Stall(STALL)));
}

fn balance(client: &Client) -> Receiver<Result<Response, Error>> {
    let call = Call::named("account.balance", Vec::new()).unwrap();
    submit(client, call, &CallOptions::default()).1
}

#[track_caller]
fn assert_closed<T>(result: Result<T, Error>) {
    let error = result.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
    assert!(error.to_string().contains("closed"), "{error}");
}

#[test]
fn each_call_names_the_account_of_its_client() {
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox).build().unwrap();
    let other = client.for_account(OTHER).unwrap();
    assert_eq!(
        (client.account_id(), other.account_id()),
        (sandbox.account(), OTHER)
    );
    client.account().balance().unwrap();
    let error = other.account().balance().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    balance(&other).recv().unwrap().unwrap_err();
    balance(&client).recv().unwrap().unwrap();
    let log = sandbox.log();
    let accounts: Vec<_> = log.iter().map(|entry| &*entry.headers["account"]).collect();
    assert_eq!(
        accounts,
        [sandbox.account(), OTHER, OTHER, sandbox.account()]
    );
    let invalid = CallOptions::default().deadline(Duration::ZERO);
    let other = client.with_options(invalid).for_account(OTHER).unwrap();
    let error = other.account().balance().unwrap_err();
    assert_eq!(
        error.field(),
        Some("deadline"),
        "the options of the calls stay"
    );
}

#[test]
fn the_accounts_share_connections_signatures_and_the_digest() {
    let sandbox = sandbox();
    sandbox.set_digest(DigestPolicy::Sha256);
    let client = builder(&sandbox).build().unwrap();
    client.account().balance().unwrap();
    let derived = client.for_account(sandbox.account()).unwrap();
    derived.account().balance().unwrap();
    derived.payouts().create(payout("B-1")).unwrap();
    let log = sandbox.log();
    let sent: Vec<_> = log
        .iter()
        .map(|entry| (&*entry.path, entry.digest.unwrap()))
        .collect();
    assert_eq!(
        sent,
        [
            ("/v1/account/balance", Sha1),
            ("/v1/account/balance", Sha256),
            ("/v1/account/balance", Sha256),
            ("/v1/payout", Sha256),
        ],
        "the digest is known"
    );
    assert_eq!(log[1].connection, log[2].connection);
    assert_eq!(log[1].headers["sign"], log[2].headers["sign"]);
    assert_eq!(client.take_notices().len(), 1, "SHA-256 is reported once");
    assert!(derived.take_notices().is_empty());
}

fn the_ledger_tells_the_orders_of_the_accounts_apart(store: Store) {
    let setup = Setup::on(store);
    let client = setup.client();
    let other = client.for_account(OTHER).unwrap();
    client.payouts().create(payout("B-1")).unwrap();
    let duplicate = client.for_account(client.account_id()).unwrap();
    let error = duplicate.payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DuplicateOrder);
    // It is the first of its account, so it is sent; the sandbox does not have the account.
    let error = other.payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(error.http_status(), Some(401));
    let ledger = setup.ledger();
    let state = |account: &str| {
        let mut rows = ledger.rows(RowFilter::new().account(account));
        let row = rows.next().unwrap().unwrap();
        assert!(rows.next().is_none());
        row.state
    };
    assert_eq!(state(client.account_id()), LedgerState::Accepted);
    assert_eq!(state(OTHER), LedgerState::Unknown);
}

fn a_reconcile_asks_about_the_orders_of_its_own_account(store: Store) {
    let setup = Setup::on(store);
    let client = setup.client();
    setup
        .sandbox
        .set_fault(Fault::new(FaultKind::CloseAfterAct));
    client.payouts().create(payout("B-1")).unwrap_err();
    let other = client.for_account(OTHER).unwrap();
    assert_eq!(other.reconcile().unwrap(), []);
    let same = other.for_account(client.account_id()).unwrap();
    assert_eq!(same.reconcile().unwrap()[0].order_id, "B-1");
    let found = other.payouts().resolve("B-1", Some("5"));
    assert_eq!(found.unwrap_err().kind(), ErrorKind::Authentication);
}

#[test]
fn a_notification_is_verified_for_the_account_of_the_client() {
    let sandbox = sandbox();
    let certificate = sandbox.notification_cert();
    let builder = sha1_builder(&sandbox);
    let (other, client) = clients(builder.notification_cert(certificate).unwrap(), &sandbox);
    client.payouts().create(payout("B-1")).unwrap();
    let forged = sandbox.forge(&Notify::order_id("B-1")).unwrap();
    let payload = || WebhookPayload::query(&forged.query);
    client.notifications().verify(payload()).unwrap();
    let error = other.notifications().verify(payload()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccountMismatch);
}

#[test]
fn an_account_is_checked_as_the_option_is() {
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox).build().unwrap();
    for account in ["", "a b", "a\r\nSign: x", &"a".repeat(65)] {
        let error = client.for_account(account).unwrap_err();
        let expected = Client::builder(account).build().unwrap_err();
        assert_eq!(error.to_string(), expected.to_string());
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert_eq!(error.field(), Some("account"));
    }
    assert!(client.take_notices().is_empty());
    client.for_account("shop-1").unwrap();
    let notices = client.take_notices();
    assert!(notices[0].contains("not a UUID"), "{notices:?}");
    assert!(sandbox.log().is_empty());
}

#[test]
fn closing_a_derived_client_leaves_the_others_open() {
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox).max_connections(1).build().unwrap();
    let (derived, same) = (derive(&client), derive(&client));
    stall(&sandbox);
    let running = balance(&client);
    wait_until(|| sandbox.log().len() == 1);
    let (refused, kept) = (balance(&derived), balance(&client));
    derived.close();
    assert_closed(refused.try_recv().unwrap());
    assert_eq!(running.try_recv().unwrap_err(), TryRecvError::Empty);
    assert_closed(derived.account().balance());
    let error = derived.payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    assert_closed(balance(&derived).recv().unwrap());
    running.recv().unwrap().unwrap();
    kept.recv().unwrap().unwrap();
    same.account().balance().unwrap();
    client.account().balance().unwrap();
    derive(&derived).account().balance().unwrap();
    derived.close();
}

/// A client of the same account, which the sandbox has.
fn derive(client: &Client) -> Client {
    client.for_account(client.account_id()).unwrap()
}

#[test]
fn closing_a_derived_client_waits_for_its_calls_in_flight() {
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox).build().unwrap();
    let derived = derive(&client);
    stall(&sandbox);
    let running = balance(&derived);
    wait_until(|| sandbox.log().len() == 1);
    derived.close();
    running.try_recv().unwrap().unwrap();
}

#[test]
fn closing_a_derived_client_ends_its_waits_with_their_last_status() {
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox).build().unwrap();
    let derived = derive(&client);
    client.payouts().create(payout("B-1")).unwrap();
    let wait = |client: &Client| {
        let order = vec![("order_id".to_owned(), Value::from("B-1"))];
        let call = Call::named("payouts.wait", order).unwrap();
        let call = call.interval(Some(Duration::from_secs(20)));
        submit(client, call, &CallOptions::default()).1
    };
    let (ended, other) = (wait(&derived), wait(&client));
    let blocking = {
        let derived = derived.clone();
        let options = WaitOptions::default().interval(Duration::from_secs(20));
        thread::spawn(move || {
            let order = OrderRef::order_id("B-1");
            derived.payouts().wait(&order, &options, |_| ())
        })
    };
    wait_until(|| sandbox.log().len() == 4);
    derived.close();
    ended.try_recv().unwrap().unwrap();
    assert_eq!(blocking.join().unwrap().unwrap().payment_status, "wait");
    assert_eq!(other.try_recv().unwrap_err(), TryRecvError::Empty);
    client.close();
    other.try_recv().unwrap().unwrap();
}

#[test]
fn closing_the_first_client_closes_every_derived_one() {
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox).build().unwrap();
    let derived = derive(&client);
    stall(&sandbox);
    let running = balance(&derived);
    wait_until(|| sandbox.log().len() == 1);
    client.close();
    running.try_recv().unwrap().unwrap();
    assert_closed(derived.account().balance());
    assert_closed(balance(&derived).recv().unwrap());
    assert_closed(derive(&client).account().balance());
}

#[test]
fn a_callback_can_close_a_derived_client() {
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox).build().unwrap();
    let derived = derive(&client);
    client.payouts().create(payout("B-1")).unwrap();
    let options = WaitOptions::default().interval(Duration::from_secs(20));
    let order = OrderRef::order_id("B-1");
    let payouts = derived.payouts();
    let last = payouts.wait(&order, &options, |_| derived.close()).unwrap();
    assert_eq!(last.payment_status, "wait");
}

#[cfg(target_os = "linux")]
mod memory {
    use crate::fixture;

    use super::*;

    const CLIENTS: usize = 100_000;

    /// The memory of this process, in kB.
    fn memory() -> usize {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.unwrap().trim().trim_end_matches(" kB");
        number.parse().unwrap()
    }

    /// In a process of its own, whose memory is that of the clients.
    #[test]
    fn child_process() {
        if std::env::var_os("ACCOUNTS_TEST").is_none() {
            return;
        }
        let sandbox = sandbox();
        let client = sha1_builder(&sandbox).build().unwrap();
        let before = memory();
        let derive = |number| client.for_account(format!("93d5df06-996c-48c3-9847-{number:012x}"));
        let clients: Vec<_> = (0..CLIENTS).map(derive).collect();
        let each = (memory() - before) * 1024 / clients.len();
        println!("a client takes {each} bytes");
        assert!((32..1024).contains(&each), "{each} bytes");
    }

    #[test]
    fn an_account_takes_less_than_a_kilobyte() {
        let mut child = fixture::child_process(module_path!());
        let output = child.env("ACCOUNTS_TEST", "1").output().unwrap();
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{printed}");
        assert!(printed.contains("a client takes"), "{printed}");
    }
}
