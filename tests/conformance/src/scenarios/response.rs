//! Responses: compared with the expected one, and reduced to what must be identical in every
//! language.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::file::Step;
use super::wording::without_ports;
use crate::child::Response;
use crate::expect;

pub(super) fn check(expected: &Value, actual: &Value) -> Result<(), String> {
    match (expected, actual) {
        (Value::Object(expected), _) => object(expected, actual),
        (Value::Array(expected), Value::Array(actual)) => items(expected, actual),
        _ => expect::same("ok", expected, actual),
    }
}

/// An expected object in a list names the members that are compared.
fn items(expected: &[Value], actual: &[Value]) -> Result<(), String> {
    expect::same("the length", &json!(expected.len()), &json!(actual.len()))?;
    let mut pairs = expected.iter().zip(actual);
    pairs.try_for_each(|(expected, actual)| match expected {
        Value::Object(_) => members(expected, actual),
        _ => expect::same("an item", expected, actual),
    })
}

/// `fields` lists all fields that are not null, `has` some of them. A `status` that is an object
/// lists fields of a resolution's status. `text` is the whole response body and `contains` a part
/// of it. Any other member must be equal.
fn object(expected: &Map<String, Value>, actual: &Value) -> Result<(), String> {
    expected
        .iter()
        .try_for_each(|(name, expected)| match name.as_str() {
            "fields" => expect::same("fields", expected, &present(&actual["fields"])),
            "has" => members(expected, &actual["fields"]),
            "status" if expected.is_object() => {
                let status = actual.pointer("/status/fields");
                members(expected, status.unwrap_or(&Value::Null))
            }
            "text" => expect::same("the body", expected, &json!(body(actual)?)),
            "contains" => {
                let (part, text) = (expected.as_str().unwrap_or_default(), body(actual)?);
                if text.contains(part) {
                    Ok(())
                } else {
                    Err(format!("the body does not contain {part}: {text}"))
                }
            }
            name => expect::same(name, expected, &actual[name]),
        })
}

fn present(fields: &Value) -> Value {
    let members = fields.as_object().into_iter().flatten();
    members
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn members(expected: &Value, actual: &Value) -> Result<(), String> {
    let expected = expected.as_object().into_iter().flatten();
    expected
        .into_iter()
        .try_for_each(|(name, value)| expect::same(name, value, &actual[name]))
}

/// The response body: `raw` of a typed response, `body` of a raw one.
fn body(actual: &Value) -> Result<String, String> {
    let encoded = actual["raw"].as_str().or(actual["body"].as_str());
    let bytes = STANDARD.decode(encoded.unwrap_or_default());
    let bytes = bytes.map_err(|error| format!("the body is not base64: {error}"))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The parts of a response that must be identical in every language.
pub(super) fn comparable(step: &Step, response: Response) -> Value {
    match response {
        // The text form of a client differs between languages.
        Response::Ok(_) if step.r#do.as_deref() == Some("represent") => Value::Null,
        Response::Ok(ok) => json!({ "ok": without_updates(without_times(ok)) }),
        Response::Error(error) => json!({ "error": comparable_error(error, &step.varies) }),
    }
}

/// A response without the updates of a wait: not every language has them, and the step expects them.
fn without_updates(mut ok: Value) -> Value {
    if let Some(members) = ok.as_object_mut() {
        members.remove("updates");
    }
    ok
}

fn comparable_error(mut error: Map<String, Value>, varies: &[String]) -> Map<String, Value> {
    error.retain(|name, value| expect::is_present(value) && !varies.contains(name));
    // The text of a call without an order is empty in Go.
    error.retain(|name, value| !matches!(name.as_str(), "operation" | "order_id") || *value != "");
    // JavaScript prints only an error's message, so there the message includes the hint.
    let hint = error.get("hint").and_then(Value::as_str);
    let hint = hint.map(|hint| format!(" ({hint})")).unwrap_or_default();
    let message = error.get("message").and_then(Value::as_str);
    let message = message.map(|message| json!(message.trim_end_matches(&hint)));
    error.extend(message.map(|message| ("message".to_owned(), message)));
    for name in ["message", "hint"] {
        if let Some(Value::String(text)) = error.get_mut(name) {
            *text = without_ports(text);
        }
    }
    if let Some(Value::Object(cause)) = error.remove("cause") {
        let cause = comparable_error(cause, varies);
        error.insert("cause".to_owned(), Value::Object(cause));
    }
    if let Some(previous) = error.remove("previous") {
        error.insert("previous".to_owned(), without_times(previous));
    }
    error
}

/// Ledger rows without their times.
fn without_times(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(without_times).collect(),
        Value::Object(mut members) => {
            members.retain(|name, _| !name.ends_with("_ms"));
            Value::Object(members)
        }
        other => other,
    }
}
