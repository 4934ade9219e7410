//! The outcome of a create that has a response: accepted, rejected, or unknown. The provider
//! documents that a response other than 200 to a payout does not mean failure. A create is only
//! rejected if the response proves that nothing was created.

use crate::api::error_response;
use crate::api::operation::{Operation, Resource};
use crate::api::prepared_request::{Create, PreparedRequest};
use crate::api::response::FromBody;
use crate::error::{Error, ErrorKind, Outcome, Phase, Result};
use crate::http::HttpResponse;
use crate::json::parse::{parse_response, parse_unique};
use crate::schema::read_field::ReadField;
use crate::types::amount::Amount;
use crate::types::value::Value;

/// What the provider reports about an accepted order.
#[derive(Debug)]
pub(crate) struct Accepted {
    pub(crate) id: Option<i64>,
    pub(crate) payment_status: Option<String>,
}

/// Reads the response to a create.
pub(crate) fn classify<R: FromBody>(
    request: &PreparedRequest,
    create: &Create,
    response: HttpResponse,
) -> Result<(R, Accepted)> {
    if response.status != 200 {
        let error = error_response::to_error(request, response);
        return Err(classify_error(request, create.resource, error));
    }
    if response.oversize {
        let cause = Error::protocol("the response is longer than 1 MiB");
        return Err(Error::outcome_unknown(Phase::Answer, cause));
    }
    read_accepted(request, create, response.body)
        .map_err(|cause| Error::outcome_unknown(Phase::Answer, cause))
}

fn classify_error(request: &PreparedRequest, resource: Resource, error: Error) -> Error {
    if !is_rejection(request, resource, &error) {
        return Error::outcome_unknown(Phase::Answer, error);
    }
    let error = error.with_outcome(Outcome::Rejected);
    match (resource, error.kind()) {
        (Resource::Payout, ErrorKind::Validation) => {
            error.with_hint("check the status before using a new order_id")
        }
        // The hint of a read, that it proves nothing, does not apply to a rejected payment.
        (Resource::Payment, ErrorKind::NotFound) => error.without_hint(),
        _ => error,
    }
}

/// Whether the response proves that nothing was created. A response about the `order_id` does not:
/// an earlier request with this `order_id` may have succeeded.
fn is_rejection(request: &PreparedRequest, resource: Resource, error: &Error) -> bool {
    let body = error.body().and_then(|body| parse_unique(body).ok());
    let Some(body) = body.filter(|_| error.server_message().is_some()) else {
        return false;
    };
    let is_present = |name| body.get(name).is_some_and(|value| *value != Value::Null);
    if is_present("id") || is_present("payment_status") || mentions_order_id(&body) {
        return false;
    }
    match error.http_status() {
        Some(400) => !error.errors().is_empty() && names_only_fields(request, &body),
        // A refused account or certificate is a field of no request.
        Some(401 | 403) => resource == Resource::Payment,
        Some(404 | 422) => resource == Resource::Payment && names_only_fields(request, &body),
        _ => false,
    }
}

/// Whether every key of `errors` is a field of the operation or of the body that was sent. A key
/// that is neither may be another spelling of `order_id`.
fn names_only_fields(request: &PreparedRequest, body: &Value) -> bool {
    let errors = match body.get("errors") {
        None | Some(Value::Null) => return true,
        Some(Value::List(items)) => return items.is_empty(),
        Some(Value::Map(errors)) => errors,
        Some(_) => return false,
    };
    let sent = parse_response(&request.body).unwrap_or(Value::Null);
    let operation = Operation::at(&request.path);
    let fields = operation.and_then(Operation::request_fields);
    errors.iter().all(|(key, _)| {
        let name = key.split(['.', '[']).next().unwrap_or_default();
        let is_typed = fields.is_some_and(|fields| fields.iter().any(|field| field.name == name));
        is_typed || sent.get(name).is_some()
    })
}

/// Whether a text of the response contains "order id" in any spelling.
fn mentions_order_id(value: &Value) -> bool {
    let is_order_id = |text: &str| {
        let letters = text.chars().filter(|c| c.is_alphabetic());
        let letters: String = letters.flat_map(char::to_lowercase).collect();
        letters.contains("orderid")
    };
    match value {
        Value::Text(text) => is_order_id(text),
        Value::List(items) => items.iter().any(mentions_order_id),
        Value::Map(members) => members
            .iter()
            .any(|(name, value)| is_order_id(name) || mentions_order_id(value)),
        _ => false,
    }
}

fn read_accepted<R: FromBody>(
    request: &PreparedRequest,
    create: &Create,
    body: Vec<u8>,
) -> Result<(R, Accepted)> {
    let value = parse_response(&body)?;
    let Value::Map(_) = value else {
        return Err(Error::protocol("the response is not a JSON object"));
    };
    if parse_unique(&body).is_err() {
        return Err(Error::protocol("the response has a duplicate key"));
    }
    let member = |name| value.get(name).filter(|member| **member != Value::Null);
    if member("errors").is_some() {
        return Err(Error::protocol(
            "the response has status 200 but contains errors",
        ));
    }
    if !member("id").is_some_and(|id| is_id(id, request.is_raw())) {
        return Err(Error::protocol("the response has no valid id"));
    }
    if let (Some(order_id), Some(sent)) = (member("order_id"), &create.order_id) {
        check_same("order_id", read_field(order_id, "order_id")?, Some(sent))?;
    }
    if let Some(amount) = member("amount") {
        check_same(
            "amount",
            read_field::<Amount>(amount, "amount")?,
            create.amount.as_ref(),
        )?;
    }
    let accepted = Accepted {
        id: member("id").and_then(|id| i64::read(id).ok().flatten()),
        payment_status: member("payment_status")
            .and_then(Value::as_str)
            .map(str::to_owned),
    };
    let mut reply: R = request.read_body(body)?;
    if let Some(order_id) = &create.order_id {
        reply.set_order_id(order_id);
    }
    Ok((reply, accepted))
}

/// Whether it is a positive integer in plain decimal form. The id in the response to a raw create
/// is not documented, so any text that is not a number counts there.
fn is_id(value: &Value, is_raw: bool) -> bool {
    match value {
        Value::Integer(id) => *id > 0,
        Value::Text(id) if is_raw => !id.is_empty() && !id.parse().is_ok_and(|id: i64| id <= 0),
        Value::Text(id) => {
            !id.starts_with('0') && !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}

fn read_field<T: ReadField>(value: &Value, name: &str) -> Result<Option<T>> {
    T::read(value).map_err(|expected| {
        Error::protocol(format!("the response's field {name} is not {expected}"))
    })
}

/// Refuses a response about another order. A value that is absent on either side is not compared.
fn check_same<T: PartialEq>(name: &str, reported: Option<T>, sent: Option<&T>) -> Result<()> {
    match (reported, sent) {
        (Some(reported), Some(sent)) if reported != *sent => Err(Error::protocol(format!(
            "the response is about another order: its {name} is not the one sent"
        ))),
        _ => Ok(()),
    }
}
