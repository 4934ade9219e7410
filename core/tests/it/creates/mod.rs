//! Creates against the sandbox. The cases that every language plays are in
//! `tests/vectors/outcomes.json`.

mod cancel;
mod connection;
mod digest;
mod outcome;
mod request;

use std::sync::mpsc::Receiver;
use std::time::Duration;

use alikassa::binding::{Call, Pending, Response};
use alikassa::{CallOptions, Client, Error, ErrorKind, Outcome, Phase, Value};

use crate::fixture::submit;

const STALL: Duration = Duration::from_millis(400);

type Results = Receiver<Result<Response, Error>>;

fn submit_payout(client: &Client, order_id: &str) -> (Pending, Results) {
    submit(client, create_payout(order_id), &CallOptions::default())
}

fn create_payout(order_id: &str) -> Call {
    let fields = [
        ("amount", "5.00"),
        ("number", "4111111111111111"),
        ("order_id", order_id),
        ("service", "payment_card_rub"),
    ];
    let fields = fields.map(|(name, value)| (name.to_owned(), Value::from(value)));
    Call::named("payouts.create", fields.to_vec()).unwrap()
}

fn assert_unknown(error: &Error, phase: Phase) {
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error:?}");
    assert_eq!(error.outcome(), Some(Outcome::Unknown));
    assert_eq!(error.phase(), Some(phase), "{error:?}");
    assert_eq!(error.cause().map(Error::attempts), Some(1));
    assert_eq!(error.attempts(), 1);
}

fn assert_unknown_because_of(error: &Error, cause: ErrorKind) {
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error:?}");
    assert_eq!(error.outcome(), Some(Outcome::Unknown));
    assert_eq!(error.cause().map(Error::kind), Some(cause));
}
