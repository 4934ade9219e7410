//! The outcome of a create that has a response: accepted, rejected, or unknown. The provider
//! documents that a response other than 200 to a payout does not mean failure. A create is only
//! rejected if the response proves that nothing was created.

use crate::api::error_response;
use crate::api::operation::Resource;
use crate::api::prepared_request::{Create, PreparedRequest};
use crate::api::response::FromBody;
use crate::error::{Error, ErrorKind, Outcome, Phase, Result};
use crate::http::HttpResponse;
use crate::json::parse::parse_response;
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
        return Err(classify_error(
            create.resource,
            error_response::to_error(response),
        ));
    }
    if response.oversize {
        let cause = Error::protocol("the response is longer than 1 MiB");
        return Err(Error::outcome_unknown(Phase::Answer, cause));
    }
    read_accepted(request, create, response.body)
        .map_err(|cause| Error::outcome_unknown(Phase::Answer, cause))
}

fn classify_error(resource: Resource, error: Error) -> Error {
    if !is_rejection(resource, &error) {
        return Error::outcome_unknown(Phase::Answer, error);
    }
    let error = error.with_outcome(Outcome::Rejected);
    match (resource, error.kind()) {
        (Resource::Payout, ErrorKind::Validation) => {
            error.with_hint("check the status before using a new order_id")
        }
        _ => error,
    }
}

/// Whether the response proves that nothing was created. A response about the `order_id` does not:
/// an earlier request with this `order_id` may have succeeded.
fn is_rejection(resource: Resource, error: &Error) -> bool {
    let has_message = error.server_message().is_some();
    if !has_message || error.body().is_some_and(may_be_about_order_id) {
        return false;
    }
    match error.http_status() {
        Some(400) => !error.errors().is_empty(),
        Some(401 | 403 | 404 | 422) => resource == Resource::Payment,
        _ => false,
    }
}

/// Whether `errors` has `order_id` at any depth, or anything without a field name.
fn may_be_about_order_id(body: &[u8]) -> bool {
    let body = parse_response(body).unwrap_or(Value::Null);
    match body.get("errors") {
        None | Some(Value::Null) => false,
        Some(Value::List(items)) if items.is_empty() => false,
        Some(errors @ Value::Map(fields)) => {
            has_order_id(errors) || fields.iter().any(|(name, _)| is_list_index(name))
        }
        Some(_) => true,
    }
}

/// Whether a key of `errors` is empty or a number: PHP writes a list with gaps as an object with
/// number keys.
fn is_list_index(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_digit())
}

fn has_order_id(value: &Value) -> bool {
    match value {
        Value::Map(members) => members.iter().any(|(name, value)| {
            name.split('.').any(|part| part == "order_id") || has_order_id(value)
        }),
        Value::List(items) => items.iter().any(has_order_id),
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
    let member = |name| value.get(name).filter(|member| **member != Value::Null);
    if member("errors").is_some() {
        return Err(Error::protocol(
            "the response has status 200 but contains errors",
        ));
    }
    if !member("id").is_some_and(is_id) {
        return Err(Error::protocol("the response has no id"));
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
    Ok((request.read_body(body)?, accepted))
}

/// The type of the id in the response to a raw create is not documented, so integers and strings
/// count.
fn is_id(value: &Value) -> bool {
    match value {
        Value::Integer(_) => true,
        Value::Text(text) => !text.is_empty(),
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
