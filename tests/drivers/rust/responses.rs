//! The library's replies and errors as the protocol has them.

use alikassa::binding::{FieldValue, Record, Response};
use alikassa::{Error, LedgerRow, MatchedBy};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::values::plain;
use crate::{Trouble, bad};

pub(crate) fn typed(answer: &Response) -> Result<Value, Trouble> {
    if let Some(resolution) = answer.resolution() {
        return Ok(json!({
            "type": "Resolution",
            "found": resolution.found,
            "matched_by": resolution.matched_by.map(MatchedBy::as_str),
            "status": resolution.status.as_ref().map(record),
        }));
    }
    let typed = answer.record();
    let typed = typed.ok_or_else(|| bad("a typed call gave no typed reply"))?;
    Ok(record(&typed))
}

/// A notification or redirect: what is not signed stands apart, and how it was signed beside it.
pub(crate) fn verified(answer: &Response) -> Result<Value, Trouble> {
    let verified = answer.record();
    let verified = verified.ok_or_else(|| bad("what was verified has no fields"))?;
    let mut shown = record(&verified);
    if let Value::Object(shown) = &mut shown {
        let other = shown.remove("other");
        shown.extend(other.map(|other| ("unsigned".to_owned(), other)));
        let details = verified.details.iter();
        shown.extend(details.map(|(name, text)| ((*name).to_owned(), json!(text))));
    }
    Ok(shown)
}

pub(crate) fn rows(rows: &[LedgerRow]) -> Value {
    let row = |row: &LedgerRow| Value::Object(object(row.fields()));
    rows.iter().map(row).collect()
}

fn record(record: &Record<'_>) -> Value {
    let other = record
        .other
        .iter()
        .map(|(name, value)| (name.clone(), plain(value)));
    json!({
        "type": record.name,
        "fields": fields(record),
        "is_final": record.is_final,
        "other": other.collect::<Map<_, _>>(),
        "raw": STANDARD.encode(record.raw),
    })
}

fn fields(record: &Record<'_>) -> Map<String, Value> {
    let fields = record.fields.iter();
    fields
        .map(|(field, value)| (field.name.to_owned(), field_value(value)))
        .collect()
}

fn field_value(value: &FieldValue<'_>) -> Value {
    match value {
        FieldValue::Amount(amount) => json!(amount.as_str()),
        FieldValue::Bool(bool) => json!(bool),
        FieldValue::Integer(integer) => json!(integer),
        FieldValue::List(records) => records.iter().map(fields).map(Value::Object).collect(),
        FieldValue::Record(record) => Value::Object(fields(record)),
        FieldValue::Text(text) => json!(text),
        _ => Value::Null,
    }
}

pub(crate) fn error(error: &Error) -> Value {
    let mut fields = object(error.fields());
    fields.insert("class".to_owned(), json!(error.kind().class()));
    fields.insert("message".to_owned(), json!(error.message()));
    if let Some(wait) = error.retry_after() {
        let milliseconds = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        fields.insert("retry_after".to_owned(), json!(milliseconds));
    }
    if let Some(cause) = error.cause() {
        fields.insert("cause".to_owned(), self::error(cause));
    }
    Value::Object(fields)
}

fn object(fields: Vec<(&'static str, alikassa::Value)>) -> Map<String, Value> {
    let fields = fields.into_iter();
    fields
        .map(|(name, value)| (name.to_owned(), plain(&value)))
        .collect()
}
