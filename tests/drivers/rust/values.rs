//! Converts between the protocol's JSON and the library's values.

use alikassa::Value;
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json, json};

use crate::{DriverError, bad_request};

/// The body of a request: its data if Rust's types can express it, or its JSON text.
pub(crate) fn body(data: Option<&RawValue>, text: Option<&str>) -> Result<Value, DriverError> {
    if let Some(value) = data.and_then(tagged) {
        return Ok(value);
    }
    let text = text.ok_or_else(|| bad_request("Rust cannot express this"))?;
    parsed(text.as_bytes())
}

pub(crate) fn parsed(text: &[u8]) -> Result<Value, DriverError> {
    alikassa::parse_body(text).map_err(|invalid| DriverError::Library(invalid.into()))
}

/// The `order_id` of a body that was refused.
pub(crate) fn order_id(text: &str) -> Option<String> {
    let body = alikassa::binding::parse_response(text.as_bytes()).ok()?;
    body.get("order_id")?.as_str().map(str::to_owned)
}

/// Fields that a framework has parsed.
pub(crate) fn members(data: &RawValue) -> Result<Vec<(String, Value)>, DriverError> {
    match tagged(data) {
        Some(Value::Map(members)) => Ok(members),
        _ => Err(bad_request("Rust cannot express this")),
    }
}

/// None for values that the library cannot represent: floats, integers beyond 64 bits, lone
/// surrogates.
fn tagged(node: &RawValue) -> Option<Value> {
    let node: Vec<&RawValue> = serde_json::from_str(node.get()).ok()?;
    let tag: &str = serde_json::from_str(node.first()?.get()).ok()?;
    let content = node.get(1).map_or("null", |content| content.get());
    let text = || serde_json::from_str::<String>(content).ok();
    match tag {
        "null" => Some(Value::Null),
        "bool" => Some(Value::Bool(serde_json::from_str(content).ok()?)),
        "int" => Some(Value::Integer(text()?.parse().ok()?)),
        "decimal" => Some(Value::Decimal(text()?)),
        "text" => Some(Value::Text(text()?)),
        "list" => {
            let items: Vec<&RawValue> = serde_json::from_str(content).ok()?;
            let items = items.into_iter().map(tagged);
            Some(Value::List(items.collect::<Option<_>>()?))
        }
        "map" => {
            let members: Vec<(String, &RawValue)> = serde_json::from_str(content).ok()?;
            let members = members
                .into_iter()
                .map(|(key, value)| Some((key, tagged(value)?)));
            Some(Value::Map(members.collect::<Option<_>>()?))
        }
        _ => None,
    }
}

/// The fields of a typed call.
pub(crate) fn fields(input: &Map<String, Json>) -> alikassa::Result<Vec<(String, Value)>> {
    let fields = input.iter().map(|(name, value)| {
        let text = value.to_string();
        match alikassa::parse_body(text.as_bytes()) {
            Ok(value) => Ok((name.clone(), value)),
            Err(invalid) => Err(invalid.within_key(name).into()),
        }
    });
    fields.collect()
}

/// A value of a response. A decimal becomes text, since JSON parsers round numbers.
pub(crate) fn plain(value: &Value) -> Json {
    match value {
        Value::Bool(bool) => json!(bool),
        Value::Integer(integer) => json!(integer),
        Value::Decimal(text) | Value::Text(text) => json!(text),
        Value::List(items) => items.iter().map(plain).collect(),
        Value::Map(members) => members
            .iter()
            .map(|(key, value)| (key.clone(), plain(value)))
            .collect(),
        _ => Json::Null,
    }
}
