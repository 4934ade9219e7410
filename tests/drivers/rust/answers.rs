//! The library's replies and errors as the protocol has them.

use alikassa::{Answer, Error, FieldValue};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::values::plain;
use crate::{Trouble, bad};

pub(crate) fn record(answer: &Answer) -> Result<Value, Trouble> {
    let record = answer
        .record()
        .ok_or_else(|| bad("a typed call gave a raw reply"))?;
    let fields = record.fields.iter().map(|(field, value)| {
        let value = match value {
            FieldValue::Amount(amount) => json!(amount.as_str()),
            FieldValue::Bool(bool) => json!(bool),
            FieldValue::Integer(integer) => json!(integer),
            FieldValue::Text(text) => json!(text),
            _ => Value::Null,
        };
        (field.name.to_owned(), value)
    });
    let other = record
        .other
        .iter()
        .map(|(name, value)| (name.clone(), plain(value)));
    Ok(json!({
        "type": record.name,
        "fields": fields.collect::<Map<_, _>>(),
        "is_final": record.is_final,
        "other": other.collect::<Map<_, _>>(),
        "raw": STANDARD.encode(record.raw),
    }))
}

pub(crate) fn error(error: &Error) -> Value {
    let mut fields: Map<String, Value> = error
        .fields()
        .into_iter()
        .map(|(name, value)| (name.to_owned(), plain(&value)))
        .collect();
    fields.insert("class".to_owned(), json!(error.kind().class()));
    fields.insert("message".to_owned(), json!(error.message()));
    if let Some(wait) = error.retry_after() {
        let milliseconds = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        fields.insert("retry_after".to_owned(), json!(milliseconds));
    }
    Value::Object(fields)
}
