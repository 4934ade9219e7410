//! The runner's JSON as arguments of typed functions. A function that returns none leaves the call
//! to the entry point of the bindings.

use std::time::Duration;

use alikassa::OrderRef;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::{DriverError, bad_request};

pub(crate) fn read<T: DeserializeOwned>(value: &Value) -> Result<T, DriverError> {
    T::deserialize(value).map_err(bad_request)
}

pub(crate) fn text(value: &Value) -> Result<&str, DriverError> {
    value.as_str().ok_or_else(|| bad_request("not a text"))
}

/// A duration is in milliseconds.
pub(crate) fn duration(value: &Value) -> Result<Duration, DriverError> {
    read(value).map(Duration::from_millis)
}

pub(crate) fn no_fields(input: &Map<String, Value>) -> Option<()> {
    input.is_empty().then_some(())
}

pub(crate) fn order(input: &Map<String, Value>) -> Option<OrderRef> {
    let mut members = input.iter().filter(|(_, value)| !value.is_null());
    let (Some(member), None) = (members.next(), members.next()) else {
        return None;
    };
    match (member.0.as_str(), member.1) {
        ("id", Value::String(id)) => Some(OrderRef::id(id.as_str())),
        ("id", Value::Number(id)) => Some(OrderRef::id(id.as_i64()?)),
        ("order_id", Value::String(order_id)) => Some(OrderRef::order_id(order_id)),
        _ => None,
    }
}

/// The arguments of a resolve.
pub(crate) fn order_and_amount(input: &Map<String, Value>) -> Option<(&str, Option<&str>)> {
    let known = |name: &String| name == "order_id" || name == "amount";
    let order_id = input.get("order_id")?.as_str()?;
    let amount = match input.get("amount") {
        None | Some(Value::Null) => None,
        Some(amount) => Some(amount.as_str()?),
    };
    input.keys().all(known).then_some((order_id, amount))
}
