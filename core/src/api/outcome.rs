//! The outcome of a create that was answered: accepted, rejected, or unknown. The provider says that an answer other
//! than 200 to a payout is no failure, so only what certainly made nothing counts as rejected.

use crate::api::error_response as answer;
use crate::api::operation::Resource;
use crate::api::prepared_request::{Create, PreparedRequest};
use crate::api::response::Response;
use crate::error::{Error, ErrorKind, Outcome, Phase, Result};
use crate::http::HttpResponse;
use crate::json::parse::parse_response;
use crate::schema::record::ReadField;
use crate::types::amount::Amount;
use crate::types::value::Value;

/// What the provider said of the order it accepted.
#[derive(Debug)]
pub(crate) struct Created {
    pub(crate) id: Option<i64>,
    pub(crate) payment_status: Option<String>,
}

/// Reads the answer to a create.
pub(crate) fn judge(
    prepared: &PreparedRequest,
    create: &Create,
    response: HttpResponse,
) -> Result<(Response, Created)> {
    if response.status != 200 {
        return Err(refused(create.resource, answer::refusal(response)));
    }
    if response.oversize {
        let cause = Error::protocol("the answer is longer than 1 MiB");
        return Err(Error::outcome_unknown(Phase::Answer, cause));
    }
    accepted(prepared, create, response.body)
        .map_err(|cause| Error::outcome_unknown(Phase::Answer, cause))
}

fn refused(resource: Resource, error: Error) -> Error {
    if !rejects(resource, &error) {
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

/// Whether the answer says that nothing was created. An answer that may be about the `order_id` may be about an earlier
/// sending that succeeded.
fn rejects(resource: Resource, error: &Error) -> bool {
    let said_why = error.server_message().is_some();
    if !said_why || error.body().is_some_and(may_be_about_order_id) {
        return false;
    }
    match error.http_status() {
        Some(400) => !error.errors().is_empty(),
        Some(401 | 403 | 404 | 422) => resource == Resource::Payment,
        _ => false,
    }
}

/// Whether `errors` names the order's id, as a field however deep, or holds anything that stands under no field's name.
fn may_be_about_order_id(body: &[u8]) -> bool {
    let body = parse_response(body).unwrap_or(Value::Null);
    match body.get("errors") {
        None | Some(Value::Null) => false,
        Some(Value::List(items)) if items.is_empty() => false,
        Some(errors @ Value::Map(fields)) => {
            has_order_id(errors) || fields.iter().any(|(name, _)| names_no_field(name))
        }
        Some(_) => true,
    }
}

/// Whether a key of `errors` is empty or a number: PHP writes a list with a gap as an object of numbers.
fn names_no_field(name: &str) -> bool {
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

fn accepted(
    prepared: &PreparedRequest,
    create: &Create,
    body: Vec<u8>,
) -> Result<(Response, Created)> {
    let value = parse_response(&body)?;
    let Value::Map(_) = value else {
        return Err(Error::protocol("the answer is no JSON object"));
    };
    let member = |name| value.get(name).filter(|member| **member != Value::Null);
    if member("errors").is_some() {
        return Err(Error::protocol("a 200 with errors in it"));
    }
    if !member("id").is_some_and(is_id) {
        return Err(Error::protocol("the answer has no id"));
    }
    if let (Some(order_id), Some(sent)) = (member("order_id"), &prepared.order_id) {
        check_same("order_id", read(order_id, "order_id")?, Some(sent))?;
    }
    if let Some(amount) = member("amount") {
        check_same(
            "amount",
            read::<Amount>(amount, "amount")?,
            create.amount.as_ref(),
        )?;
    }
    let created = Created {
        id: member("id").and_then(|id| i64::read(id).ok().flatten()),
        payment_status: member("payment_status")
            .and_then(Value::as_str)
            .map(str::to_owned),
    };
    Ok((prepared.read_answer(body)?, created))
}

/// What a raw create is answered with is not known any closer.
fn is_id(value: &Value) -> bool {
    match value {
        Value::Integer(_) => true,
        Value::Text(text) => !text.is_empty(),
        _ => false,
    }
}

fn read<T: ReadField>(value: &Value, name: &str) -> Result<Option<T>> {
    T::read(value)
        .map_err(|expected| Error::protocol(format!("the answer's field {name} is not {expected}")))
}

/// Another order's answer must not pass for this one's; what is absent on either side says nothing.
fn check_same<T: PartialEq>(name: &str, answered: Option<T>, sent: Option<&T>) -> Result<()> {
    match (answered, sent) {
        (Some(answered), Some(sent)) if answered != *sent => Err(Error::protocol(format!(
            "the answer is about another order: its {name} is not the one sent"
        ))),
        _ => Ok(()),
    }
}
