//! Where types change: the caller's JSON text and numbers on the way in, JSON text on the way out.

use std::time::Duration;

use alikassa::{Answer, CallOptions, Error, FieldValue, Reason, Record, Refusal, Value};
use serde::ser::{Error as _, Serialize, Serializer};

use crate::error::Failure;

/// The fields of a typed call.
pub(crate) fn fields(json: &[u8]) -> Result<Vec<(String, Value)>, Refusal> {
    match alikassa::parse_body(json)? {
        Value::Map(fields) => Ok(fields),
        _ => Err(Refusal::new(Reason::NotAnObject)),
    }
}

/// A call's own times; 0 stands for the client's.
pub(crate) fn options(timeout_ms: u64, deadline_ms: u64) -> CallOptions {
    let mut options = CallOptions::default();
    if timeout_ms != 0 {
        options = options.timeout(Duration::from_millis(timeout_ms));
    }
    if deadline_ms != 0 {
        options = options.deadline(Duration::from_millis(deadline_ms));
    }
    options
}

/// A C boolean where a wrong one could send a create twice: what is neither 0 nor 1 is nobody's decision.
pub(crate) fn boolean(name: &'static str, value: i32) -> Result<bool, Failure> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        _ => {
            let message = format!("{name}: pass 0 or 1");
            Err(Error::invalid_argument(name, "type", message).into())
        }
    }
}

/// The fields of a typed reply as text.
pub(crate) fn field_texts(record: &Record<'_>) -> Vec<(&'static str, Option<String>)> {
    let fields = record.fields.iter();
    fields
        .map(|(field, value)| (field.name, field_text(value)))
        .collect()
}

fn field_text(value: &FieldValue<'_>) -> Option<String> {
    match value {
        FieldValue::Amount(amount) => Some(amount.as_str().to_owned()),
        FieldValue::Bool(bool) => Some(bool.to_string()),
        FieldValue::Integer(integer) => Some(integer.to_string()),
        FieldValue::Text(text) => Some((*text).to_owned()),
        _ => None,
    }
}

/// An answer as JSON text: a typed one by its fields, a raw one as it is if it is JSON.
pub(crate) fn answer_json(answer: &Answer) -> Option<String> {
    match answer {
        Answer::Reply(raw) => {
            raw.json().ok()?;
            String::from_utf8(raw.body.clone()).ok()
        }
        typed => json(&record_value(&typed.record()?)).ok(),
    }
}

fn record_value(record: &Record<'_>) -> Value {
    let fields = record.fields.iter().map(|(field, value)| {
        let value = match value {
            FieldValue::Bool(bool) => Value::Bool(*bool),
            FieldValue::Integer(integer) => Value::Integer(*integer),
            text => field_text(text).map_or(Value::Null, Value::Text),
        };
        (field.name.to_owned(), value)
    });
    let mut members: Vec<_> = fields.collect();
    let is_final = record.is_final.map_or(Value::Null, Value::Bool);
    members.push(("is_final".to_owned(), is_final));
    members.push(("other".to_owned(), Value::Map(record.other.to_vec())));
    Value::Map(members)
}

/// An error as JSON text.
pub(crate) fn error_json(status: i32, error: &Error) -> String {
    let mut value = error_value(error);
    if let Value::Map(members) = &mut value {
        members.insert(0, ("status".to_owned(), Value::Integer(status.into())));
    }
    // An error has texts, integers, lists and objects alone: they all have a form in JSON.
    json(&value).unwrap_or_default()
}

fn error_value(error: &Error) -> Value {
    let mut members = vec![
        ("class", error.kind().class().into()),
        ("message", error.message().into()),
    ];
    members.extend(error.fields());
    members.extend(retry_after_ms(error).map(|wait| ("retry_after_ms", wait.into())));
    members.extend(error.cause().map(|cause| ("cause", error_value(cause))));
    let members = members.into_iter();
    Value::Map(
        members
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

/// How long the provider asked to wait.
pub(crate) fn retry_after_ms(error: &Error) -> Option<i64> {
    error
        .retry_after()
        .map(|wait| i64::try_from(wait.as_millis()).unwrap_or(i64::MAX))
}

fn json(value: &Value) -> serde_json::Result<String> {
    serde_json::to_string(&Json(value))
}

/// A value as JSON; decimals become strings, which no reader rounds.
struct Json<'a>(&'a Value);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(bool) => serializer.serialize_bool(*bool),
            Value::Integer(integer) => serializer.serialize_i64(*integer),
            Value::Decimal(text) | Value::Text(text) => serializer.serialize_str(text),
            Value::List(items) => serializer.collect_seq(items.iter().map(Json)),
            Value::Map(members) => {
                serializer.collect_map(members.iter().map(|(key, value)| (key, Json(value))))
            }
            _ => Err(S::Error::custom("a value of a kind that C does not know")),
        }
    }
}
