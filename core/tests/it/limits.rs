//! Limits of creates without a ledger: nothing that they refuse is sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use alikassa::binding::Call;
use alikassa::{
    CallOptions, Cert, Client, ErrorKind, Limits, Outcome, PayoutRequest, RawRequest, Value,
};
use alikassa_sandbox::Sandbox;

use crate::fixture::{builder, payment, payout, sandbox, sha1_builder, submit};

fn limited(sandbox: &Sandbox, limits: Limits) -> Client {
    let builder = sha1_builder(sandbox).limits("payouts.create", limits);
    builder.build().unwrap()
}

/// The reason of the refusal of a payout of 5.00 to 4111111111111111.
fn reason(sandbox: &Sandbox, limits: Limits) -> Option<&'static str> {
    let error = limited(sandbox, limits).payouts().create(payout("B-1"));
    let error = error.err()?;
    assert_eq!(error.kind(), ErrorKind::Guard, "{error}");
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    assert_eq!(error.attempts(), 0);
    assert_eq!(error.order_id(), Some("B-1"));
    assert!(!format!("{error:?}{error}").contains("1111"), "{error:?}");
    error.reason()
}

#[test]
fn a_create_that_a_limit_refuses_is_not_sent() {
    let sandbox = sandbox();
    let limits = Limits::new;
    for (limits, expected) in [
        (limits().max_amount("4.99"), "max_amount"),
        (
            limits().allowed_services(["payment_card_eur"]),
            "allowed_services",
        ),
        (
            limits().allowed_numbers(["4111111111111112"]),
            "allowed_numbers",
        ),
        (limits().allow_number(|_| false), "allowed_numbers"),
    ] {
        assert_eq!(reason(&sandbox, limits), Some(expected));
    }
    assert!(sandbox.log().is_empty());
    let all = limits()
        .max_amount("5")
        .allowed_services(["payment_card_eur", "payment_card_rub"])
        .allowed_numbers(["4111111111111111"]);
    assert_eq!(reason(&sandbox, all), None);
}

#[test]
fn no_request_detects_the_digest_for_a_create_that_is_refused() {
    let sandbox = sandbox();
    let limits = Limits::new().max_amount("1");
    let client = builder(&sandbox)
        .limits("payouts.create", limits)
        .build()
        .unwrap();
    client.payouts().create(payout("B-1")).unwrap_err();
    assert!(sandbox.log().is_empty());
}

#[test]
fn an_operation_without_limits_is_sent() {
    let sandbox = sandbox();
    let client = limited(&sandbox, Limits::new().max_amount("1"));
    client.payments().create(payment("A-1")).unwrap();
    client.account().balance().unwrap();
    let read = RawRequest::read("v9/unknown", Value::Map(Vec::new()), Cert::Payout);
    assert_ne!(client.request(read).unwrap_err().kind(), ErrorKind::Guard);
}

#[test]
fn a_function_that_panics_refuses_the_create_without_repeating_its_text() {
    let sandbox = sandbox();
    let client = limited(
        &sandbox,
        Limits::new().allow_number(|number| panic!("no list for {number} of 79001234567")),
    );
    let error = client.payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(
        (error.kind(), error.reason()),
        (ErrorKind::Guard, Some("allowed_numbers"))
    );
    let cause = error.cause().unwrap();
    assert_eq!(cause.message(), "the function failed: it panicked");
    let shown = format!("{error:?} {cause:?} {error} {cause}");
    assert!(
        !shown.contains("411111") && !shown.contains("790012"),
        "{shown}"
    );
    assert!(sandbox.log().is_empty());
}

#[test]
fn a_function_runs_once_on_the_thread_that_makes_the_call() {
    let sandbox = sandbox();
    let here = std::thread::current().id();
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let limits = Limits::new().allow_number(move |number| {
        assert_eq!(number, "4111111111111111");
        counted.fetch_add(1, Ordering::Relaxed);
        std::thread::current().id() == here
    });
    let client = limited(&sandbox, limits);
    client.payouts().create(payout("B-1")).unwrap();
    let fields = ["amount", "number", "order_id", "service"];
    let values = ["5.00", "4111111111111111", "B-2", "payment_card_rub"];
    let fields = fields.iter().zip(values);
    let fields = fields.map(|(name, value)| ((*name).to_owned(), Value::from(value)));
    let call = Call::named("payouts.create", fields.collect()).unwrap();
    let (_pending, receiver) = submit(&client, call, &CallOptions::default());
    receiver.recv().unwrap().unwrap();
    assert_eq!(calls.load(Ordering::Relaxed), 2);
}

#[test]
fn an_invalid_create_is_invalid_before_it_is_refused() {
    let sandbox = sandbox();
    let client = limited(&sandbox, Limits::new().allow_number(|_| unreachable!()));
    let request = PayoutRequest::new("-5", "4111111111111111", "B-1", "payment_card_rub");
    let error = client.payouts().create(request).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
}

#[test]
fn a_function_that_closes_the_client_does_not_wait_for_itself() {
    let sandbox = sandbox();
    let cell: Arc<std::sync::OnceLock<Client>> = Arc::default();
    let closing = Arc::clone(&cell);
    let limits = Limits::new().allow_number(move |_| {
        closing.get().unwrap().close();
        true
    });
    let client = cell.get_or_init(|| limited(&sandbox, limits));
    let error = client.payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    assert!(sandbox.log().is_empty());
}
