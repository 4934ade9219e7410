//! Polling: `resolve` after a lost response, and `wait` for a final status.

use std::time::{Duration, Instant};

use alikassa::binding::Call;
use alikassa::{CallOptions, ErrorKind, MatchedBy, OrderRef, Value, WaitOptions};
use alikassa_sandbox::{Fault, FaultKind, Rule, Settle, Status};

use crate::fixture::{payment, payout, request_count, sandbox, sha1_builder, submit, wait_until};

#[test]
fn resolve_finds_the_order_by_its_amount() {
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox).build().unwrap();
    sandbox.set_fault(Fault::new(FaultKind::CloseAfterAct));
    client.payouts().create(payout("B-1")).unwrap_err();
    let found = client.payouts().resolve("B-1", Some("5")).unwrap();
    assert!(found.found);
    assert_eq!(found.matched_by, Some(MatchedBy::Amount));
    assert_eq!(found.status.unwrap().order_id.as_deref(), Some("B-1"));
    let found = client.payouts().resolve("B-1", None).unwrap();
    assert_eq!(found.matched_by, Some(MatchedBy::OrderId));
}

#[test]
fn resolve_never_reports_that_an_order_does_not_exist() {
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox).build().unwrap();
    let options = CallOptions::default().deadline(Duration::from_millis(1500));
    let resolve = |order_id, amount| client.payouts().resolve_with(order_id, amount, &options);
    let nothing = resolve("B-1", Some("5")).unwrap();
    assert!(!nothing.found && nothing.status.is_none() && nothing.matched_by.is_none());
    assert_eq!(
        sandbox.log().len(),
        2,
        "one request at once, one after a second"
    );
    let other = resolve("6422494", Some("5")).unwrap();
    assert!(!other.found && other.matched_by.is_none());
    assert_eq!(other.status.unwrap().amount, "300".parse().ok());
}

#[test]
fn resolve_returns_the_last_error_when_it_received_no_status() {
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox).max_retries(0).build().unwrap();
    let options = CallOptions::default().deadline(Duration::from_millis(300));
    sandbox.set_fault(Fault::new(FaultKind::Html502).always());
    let error = client
        .payouts()
        .resolve_with("B-1", None, &options)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Server);
    assert_eq!(error.operation(), Some("payouts.resolve"));
    assert_eq!(error.outcome(), None);
}

fn quick() -> WaitOptions {
    WaitOptions::default().interval(Duration::from_millis(10))
}

#[test]
fn wait_polls_until_the_status_is_final() {
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox).build().unwrap();
    sandbox.add_rule(Rule::new(Status::Paid).order_id("B-1").at_read(3));
    client.payouts().create(payout("B-1")).unwrap();
    let mut updates = Vec::new();
    let order = OrderRef::order_id("B-1");
    let last = client
        .payouts()
        .wait(&order, &quick(), |payout| {
            updates.push(payout.payment_status.to_string());
        })
        .unwrap();
    assert_eq!(last.payment_status, "paid");
    assert_eq!(updates, ["wait", "wait", "paid"]);
}

#[test]
fn wait_returns_the_last_status_at_the_deadline() {
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox).build().unwrap();
    client.payouts().create(payout("B-1")).unwrap();
    let options = quick().deadline(Duration::from_millis(200));
    let started = Instant::now();
    let last = client
        .payouts()
        .wait(&OrderRef::order_id("B-1"), &options, |_| ())
        .unwrap();
    assert_eq!(last.payment_status, "wait");
    assert!(started.elapsed() < Duration::from_secs(1));
    let error = client
        .payouts()
        .wait(&OrderRef::order_id("B-2"), &options, |_| ())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[test]
fn wait_continues_after_transient_errors_and_ends_when_cancelled() {
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox).max_retries(0).build().unwrap();
    client.payouts().create(payout("B-1")).unwrap();
    sandbox.set_fault(Fault::new(FaultKind::Html502));
    let call = wait_for("B-1", Duration::from_secs(20));
    let (pending, result) = submit(&client, call, &CallOptions::default());
    wait_until(|| request_count(&sandbox, "/v1/payout/status") == 1);
    pending.cancel();
    let error = result.recv().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    let started = Instant::now();
    client.close();
    assert!(started.elapsed() < Duration::from_secs(2));
}

fn wait_for(order_id: &str, interval: Duration) -> Call {
    let fields = vec![("order_id".to_owned(), Value::from(order_id))];
    let call = Call::named("payouts.wait", fields).unwrap();
    call.interval(Some(interval))
}

#[test]
fn a_pausing_wait_occupies_no_thread() {
    const WAITS: usize = 50;
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox).max_connections(1).build().unwrap();
    client.payouts().create(payout("B-1")).unwrap();
    let long = CallOptions::default().deadline(Duration::from_secs(600));
    let waits: Vec<_> = (0..WAITS)
        .map(|_| submit(&client, wait_for("B-1", Duration::from_secs(1)), &long))
        .collect();
    wait_until(|| request_count(&sandbox, "/v1/payout/status") >= WAITS);
    let started = Instant::now();
    let balance = Call::named("account.balance", Vec::new()).unwrap();
    let (_pending, result) = submit(&client, balance, &CallOptions::default());
    assert!(result.recv().unwrap().is_ok());
    assert!(started.elapsed() < Duration::from_millis(500));

    sandbox
        .settle(&Settle::order_id("B-1", Status::Paid))
        .unwrap();
    for (_pending, result) in &waits {
        let last = result.recv().unwrap().unwrap();
        assert_eq!(last.record().unwrap().is_final, Some(true));
    }
    client.close();
}

#[test]
fn a_wait_on_the_pool_returns_the_last_status_at_its_deadline() {
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox).max_connections(1).build().unwrap();
    client.payouts().create(payout("B-1")).unwrap();
    let options = CallOptions::default().deadline(Duration::from_millis(350));
    let (_wait, result) = submit(
        &client,
        wait_for("B-1", Duration::from_millis(100)),
        &options,
    );
    let last = result.recv().unwrap().unwrap();
    assert_eq!(last.record().unwrap().is_final, Some(false));

    // Its next request is due, and the deadline passes before a thread is free.
    let (_wait, result) = submit(
        &client,
        wait_for("B-1", Duration::from_millis(100)),
        &options,
    );
    let before = request_count(&sandbox, "/v1/payout/status");
    wait_until(|| request_count(&sandbox, "/v1/payout/status") > before);
    let fault = Fault::new(FaultKind::Stall(Duration::from_secs(2)));
    sandbox.set_fault(fault.path("v1/account/balance"));
    let balance = Call::named("account.balance", Vec::new()).unwrap();
    let (_balance, _result) = submit(&client, balance, &CallOptions::default());
    let started = Instant::now();
    let last = result.recv().unwrap().unwrap();
    assert_eq!(last.record().unwrap().is_final, Some(false));
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[test]
fn close_ends_a_wait() {
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox).build().unwrap();
    client.payouts().create(payout("B-1")).unwrap();
    let call = wait_for("B-1", Duration::from_secs(20));
    let (_pending, result) = submit(&client, call, &CallOptions::default());
    wait_until(|| request_count(&sandbox, "/v1/payout/status") == 1);
    let started = Instant::now();
    client.close();
    assert!(started.elapsed() < Duration::from_secs(2));
    let last = result.recv().unwrap().unwrap();
    assert_eq!(last.record().unwrap().is_final, Some(false));
}

#[test]
fn a_cancelled_payment_is_final() {
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox).build().unwrap();
    client.payments().create(payment("A-1")).unwrap();
    sandbox
        .settle(&Settle::order_id("A-1", Status::Cancel))
        .unwrap();
    let last = client
        .payments()
        .wait(&OrderRef::order_id("A-1"), &quick(), |_| ())
        .unwrap();
    assert_eq!(last.payment_status, "cancel");
}
