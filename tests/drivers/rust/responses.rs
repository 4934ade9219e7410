//! The library's responses and errors in the format of the protocol.

use std::cell::RefCell;

use alikassa::binding::{FieldValue, Record, Response};
use alikassa::{ClientEvent, Error, LedgerEvents, LedgerRow, MatchedBy, ReconcileIter, Support};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::values::plain;
use crate::{DriverError, bad_request};

thread_local! {
    /// The record of the last call, for the provider's support.
    static SUPPORT: RefCell<Option<String>> = const { RefCell::new(None) };
}

pub(crate) fn keep_support(support: Option<&Support>) {
    SUPPORT.set(support.map(Support::to_text));
}

pub(crate) fn support() -> Value {
    json!(SUPPORT.with_borrow(Clone::clone))
}

pub(crate) fn typed(response: &Response) -> Result<Value, DriverError> {
    keep_support(response.support());
    if let Some(resolution) = response.resolution() {
        return Ok(json!({
            "type": "Resolution",
            "found": resolution.found,
            "matched_by": resolution.matched_by.map(MatchedBy::as_str),
            "other_id": resolution.other_id,
            "status": resolution.status.as_ref().map(record),
        }));
    }
    let typed = response.record();
    let typed = typed.ok_or_else(|| bad_request("a typed call returned no record"))?;
    Ok(record(&typed))
}

/// A notification or redirect, with its unsigned fields and how it was signed.
pub(crate) fn verified(response: &Response) -> Result<Value, DriverError> {
    let verified = response.record();
    let verified = verified.ok_or_else(|| bad_request("the verified message has no fields"))?;
    let mut object = record(&verified);
    if let Value::Object(object) = &mut object {
        let other = object.remove("other");
        object.extend(other.map(|other| ("unsigned".to_owned(), other)));
        let details = verified.details.iter();
        object.extend(details.map(|(name, text)| ((*name).to_owned(), json!(text))));
    }
    Ok(object)
}

pub(crate) fn rows(
    rows: impl Iterator<Item = alikassa::Result<LedgerRow>>,
) -> Result<Value, DriverError> {
    let rows = rows.map(|found| Ok(row(&found?)));
    rows.collect()
}

pub(crate) fn reconciled(rows: ReconcileIter) -> Result<Value, DriverError> {
    let rows = rows.map(|reconciled| {
        let reconciled = reconciled?;
        let mut fields = to_object(reconciled.row.fields());
        let error = reconciled.error.map(|error| error.code());
        fields.insert("error".to_owned(), json!(error));
        fields.insert("other_id".to_owned(), json!(reconciled.other_id));
        Ok(Value::Object(fields))
    });
    rows.collect()
}

pub(crate) fn events(events: LedgerEvents) -> Result<Value, DriverError> {
    let events = events.map(|event| Ok(Value::Object(to_object(event?.fields()))));
    events.collect()
}

pub(crate) fn client_event(event: &ClientEvent) -> Value {
    Value::Object(to_object(event.fields()))
}

pub(crate) fn row(row: &LedgerRow) -> Value {
    Value::Object(to_object(row.fields()))
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
    let mut fields = to_object(error.fields());
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

fn to_object(fields: Vec<(&'static str, alikassa::Value)>) -> Map<String, Value> {
    let fields = fields.into_iter();
    fields
        .map(|(name, value)| (name.to_owned(), plain(&value)))
        .collect()
}
