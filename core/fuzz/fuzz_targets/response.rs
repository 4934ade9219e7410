//! Responses: a call succeeds only with a valid response, and a create has the outcome of the
//! outcome table.
//!
//! The first line of an input has a letter for the call, the status in three digits, and the header
//! `Retry-After`. The rest is the body.
#![no_main]

use alikassa::binding::{Call, Response, parse_response};
use alikassa::{Cert, Error, ErrorKind, Outcome, Phase, RawRequest, Value};
use libfuzzer_sys::fuzz_target;
use serde_json::Value as Json;

const ID: &str = "100000536";
const ORDER_ID: &str = "A-1";
const AMOUNT: f64 = 5.0;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Request {
    PaymentCreate,
    PayoutCreate,
    RawCreate,
    RawRead,
    PaymentById,
    PaymentByOrderId,
    PayoutById,
    PayoutByOrderId,
    History,
    Balance,
    Info,
}

use Request::*;

const ALL: [Request; 11] = [
    PaymentCreate,
    PayoutCreate,
    RawCreate,
    RawRead,
    PaymentById,
    PaymentByOrderId,
    PayoutById,
    PayoutByOrderId,
    History,
    Balance,
    Info,
];

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(2, |byte| *byte == b'\n');
    let (Some([letter, head @ ..]), Some(body)) = (parts.next(), parts.next()) else {
        return;
    };
    let (Some(request), Ok(head)) = (
        ALL.get(usize::from(letter.wrapping_sub(b'a'))),
        std::str::from_utf8(head),
    ) else {
        return;
    };
    let (status, retry_after) = head.split_at_checked(3).unwrap_or((head, ""));
    let Ok(status) = status.parse() else {
        return;
    };
    let retry_after = Some(retry_after).filter(|text| !text.is_empty());
    match request
        .call()
        .read_response(status, retry_after, body.to_vec())
    {
        Ok(response) => check_success(*request, status, body, &response),
        Err(error) => check_error(*request, status, body, &error),
    }
});

impl Request {
    fn call(self) -> Call {
        let named = |name, fields: &[(&str, &str)]| {
            let fields = fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), Value::from(*value)));
            Call::named(name, fields.collect()).expect("an operation of the table")
        };
        let order = Value::from([("order_id", ORDER_ID), ("amount", "5.00")]);
        let create = [("amount", "5.00"), ("order_id", ORDER_ID), ("service", "s")];
        match self {
            PaymentCreate => named(
                "payments.create",
                &[&create[..], &[("customer_ip", "127.0.0.1")]].concat(),
            ),
            PayoutCreate => named(
                "payouts.create",
                &[&create[..], &[("number", "4111111111111111")]].concat(),
            ),
            RawCreate => Call::raw(RawRequest::create("v1/card", order, Cert::Payment)),
            RawRead => Call::raw(RawRequest::read("v1/card/status", order, Cert::Payment)),
            PaymentById => named("payments.status", &[("id", ID)]),
            PaymentByOrderId => named("payments.status", &[("order_id", ORDER_ID)]),
            PayoutById => named("payouts.status", &[("id", ID)]),
            PayoutByOrderId => named("payouts.status", &[("order_id", ORDER_ID)]),
            History => named("payments.history", &[]),
            Balance => named("account.balance", &[]),
            Info => named("account.info", &[]),
        }
    }

    fn creates(self) -> bool {
        matches!(self, PaymentCreate | PayoutCreate | RawCreate)
    }
}

/// The body, which may begin with a byte-order mark.
fn json(body: &[u8]) -> Json {
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    serde_json::from_slice(text).expect("JSON")
}

fn check_success(request: Request, status: u16, body: &[u8], response: &Response) {
    assert_eq!(status, 200);
    check_shown(request, body, response);
    if request == RawRead {
        return;
    }
    let json = json(body);
    assert!(json.is_object());
    let member = |name| json.get(name).filter(|value| !value.is_null());
    match request {
        PaymentCreate | PayoutCreate | RawCreate => {
            assert!(member("errors").is_none());
            assert!(
                member("id")
                    .is_some_and(|id| id.is_i64() || id.as_str().is_some_and(|id| !id.is_empty()))
            );
            assert!(member("order_id").is_none_or(|order_id| order_id == ORDER_ID));
            assert!(
                member("amount")
                    .is_none_or(|amount| number(amount).is_none_or(|amount| amount == AMOUNT))
            );
        }
        PaymentById | PayoutById => {
            let id = member("id").filter(|id| *id != "");
            assert!(
                id.is_none_or(|id| number(id).is_some_and(|id| id == ID.parse::<f64>().unwrap()))
            );
        }
        PaymentByOrderId | PayoutByOrderId => {
            assert!(member("order_id").is_none_or(|order_id| order_id == ORDER_ID));
        }
        Balance => assert!(member("balance").is_some_and(|balance| number(balance).is_some())),
        _ => {}
    }
}

/// The value of a number, or of a text that is one. None for an empty text.
fn number(value: &Json) -> Option<f64> {
    match value {
        Json::String(text) if text.is_empty() => None,
        Json::String(text) => Some(text.parse().expect("a number")),
        other => Some(other.as_f64().expect("a number")),
    }
}

/// Reads the response in every form that bindings and logs use.
fn check_shown(request: Request, body: &[u8], response: &Response) {
    let _ = format!("{response:?}");
    match response {
        Response::Reply(reply) => {
            assert!(matches!(request, RawCreate | RawRead));
            assert_eq!(reply.body, body);
            assert_eq!(reply.json().is_ok(), parse_response(body).is_ok());
        }
        typed => {
            let record = typed.record().expect("a typed response is a record");
            assert_eq!(record.raw, body);
            let _ = format!("{record:?}");
        }
    }
}

fn check_error(request: Request, status: u16, body: &[u8], error: &Error) {
    let _ = (format!("{error} {error:?}"), error.fields());
    if !request.creates() {
        assert_eq!(
            error.kind() == ErrorKind::Protocol,
            status == 200,
            "{error:?}"
        );
        assert!(error.outcome().is_none());
        return;
    }
    let unknown = error.kind() == ErrorKind::OutcomeUnknown;
    match error.outcome() {
        Some(Outcome::Unknown) => {
            assert!(unknown && error.cause().is_some());
            assert_eq!(error.phase(), Some(Phase::Answer));
        }
        Some(Outcome::Rejected) => {
            assert!(!unknown);
            check_rejected(request, status, body);
        }
        other => panic!("a create with a response is {other:?}"),
    }
}

fn check_rejected(request: Request, status: u16, body: &[u8]) {
    let json = json(body);
    assert!(json.get("message").is_some_and(Json::is_string));
    let is_null = |name: &str| json.get(name).is_none_or(Json::is_null);
    assert!(is_null("id") && is_null("payment_status"));
    let errors = json.get("errors").filter(|errors| !errors.is_null());
    match errors {
        Some(Json::Object(errors)) => assert!(
            errors
                .keys()
                .all(|name| name != "order_id" && name.contains(|c: char| !c.is_ascii_digit()))
        ),
        Some(other) => assert_eq!(*other, Json::Array(Vec::new())),
        None => {}
    }
    match status {
        400 => assert!(errors.is_some_and(|errors| *errors != Json::Array(Vec::new()))),
        401 | 403 | 404 | 422 => assert_eq!(request, PaymentCreate),
        other => panic!("status {other} rejects nothing"),
    }
}
