//! Values of the core as text and JSON for C.

use alikassa::binding::{FieldValue, Record, ResolutionView, Response};
use alikassa::{Error, LedgerRow, MatchedBy, Reconciled, Value};
use serde::ser::{Error as _, Serialize, Serializer};

/// The names of fields with their values as text.
pub(crate) type FieldTexts = Vec<(&'static str, Option<String>)>;

/// The fields of a typed reply. The fields of a resolution come before those of its status.
pub(crate) fn field_texts(response: &Response) -> FieldTexts {
    match response.resolution() {
        Some(resolution) => resolution_texts(&resolution),
        None => response.record().as_ref().map_or_else(Vec::new, all_texts),
    }
}

fn resolution_texts(resolution: &ResolutionView<'_>) -> FieldTexts {
    let matched_by = resolution.matched_by.map(MatchedBy::as_str);
    let mut texts = vec![
        ("found", Some(resolution.found.to_string())),
        ("matched_by", matched_by.map(str::to_owned)),
        ("other_id", resolution.other_id.map(|id| id.to_string())),
    ];
    texts.extend(match &resolution.status {
        Some(status) => record_texts(status),
        None => resolution
            .status_fields
            .iter()
            .map(|field| (field.name, None))
            .collect(),
    });
    texts
}

/// The fields of a record, and the details of a notification or redirect.
fn all_texts(record: &Record<'_>) -> FieldTexts {
    let mut texts = record_texts(record);
    let details = record.details.iter();
    texts.extend(details.map(|(name, text)| (*name, Some(text.clone()))));
    texts
}

fn record_texts(record: &Record<'_>) -> FieldTexts {
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
        nested @ (FieldValue::List(_) | FieldValue::Record(_)) => json(&field_value(nested)).ok(),
        _ => None,
    }
}

/// A response as JSON text. A raw reply is its body, or none if the body is not JSON.
pub(crate) fn response_json(response: &Response) -> Option<String> {
    match response {
        Response::Reply(raw) => {
            raw.json().ok()?;
            String::from_utf8(raw.body.clone()).ok()
        }
        typed => match typed.resolution() {
            Some(resolution) => json(&resolution_value(&resolution)).ok(),
            None => json(&record_value(&typed.record()?)).ok(),
        },
    }
}

/// The fields of a row or an event.
pub(crate) fn plain_texts(fields: &[(&'static str, Value)]) -> FieldTexts {
    let fields = fields.iter();
    fields
        .map(|(name, value)| {
            let text = match value {
                Value::Integer(integer) => Some(integer.to_string()),
                Value::Decimal(text) | Value::Text(text) => Some(text.clone()),
                _ => None,
            };
            (*name, text)
        })
        .collect()
}

/// A row or an event as JSON text.
pub(crate) fn plain_json(fields: Vec<(&'static str, Value)>) -> Option<String> {
    json(&map(fields)).ok()
}

/// Rows of the ledger as JSON text.
pub(crate) fn rows_json(rows: &[LedgerRow]) -> Option<String> {
    let rows = rows.iter().map(|row| map(row.fields()));
    json(&Value::List(rows.collect())).ok()
}

/// What became of an open row, as JSON text.
pub(crate) fn reconciled_json(reconciled: &Reconciled) -> Option<String> {
    let error = reconciled.error.as_ref();
    let error = error.map(|error| error_value_with_status(error.kind().c_status(), error));
    let other_id = reconciled.other_id.map(Value::Integer);
    let members = vec![
        ("row", map(reconciled.row.fields())),
        ("error", error.unwrap_or(Value::Null)),
        ("other_id", other_id.unwrap_or(Value::Null)),
    ];
    json(&map(members)).ok()
}

fn resolution_value(resolution: &ResolutionView<'_>) -> Value {
    let matched_by = resolution.matched_by.map(MatchedBy::as_str);
    let other_id = resolution.other_id;
    let status = resolution.status.as_ref();
    map(vec![
        ("found", resolution.found.into()),
        ("matched_by", matched_by.map_or(Value::Null, Value::from)),
        ("other_id", other_id.map_or(Value::Null, Value::Integer)),
        ("status", status.map_or(Value::Null, record_value)),
    ])
}

fn record_value(record: &Record<'_>) -> Value {
    let mut members = field_members(record);
    members.push(("is_final", record.is_final.map_or(Value::Null, Value::Bool)));
    for (name, text) in &record.details {
        members.push((name, text.as_str().into()));
    }
    // Not `other` beside signed fields: anybody can add these to a notification or redirect.
    let other = if record.details.is_empty() {
        "other"
    } else {
        "unsigned"
    };
    members.push((other, Value::Map(record.other.to_vec())));
    map(members)
}

/// A record inside another record. It has no `is_final`.
fn nested_value(record: &Record<'_>) -> Value {
    let mut members = field_members(record);
    members.push(("other", Value::Map(record.other.to_vec())));
    map(members)
}

fn field_members(record: &Record<'_>) -> Vec<(&'static str, Value)> {
    let fields = record.fields.iter();
    fields
        .map(|(field, value)| (field.name, field_value(value)))
        .collect()
}

fn field_value(value: &FieldValue<'_>) -> Value {
    match value {
        FieldValue::Bool(bool) => Value::Bool(*bool),
        FieldValue::Integer(integer) => Value::Integer(*integer),
        FieldValue::List(records) => Value::List(records.iter().map(nested_value).collect()),
        FieldValue::Record(record) => nested_value(record),
        text => field_text(text).map_or(Value::Null, Value::Text),
    }
}

/// An error as JSON text.
pub(crate) fn error_json(status: i32, error: &Error) -> String {
    // Cannot fail: every value of an error has a JSON form.
    json(&error_value_with_status(status, error)).unwrap_or_default()
}

fn error_value_with_status(status: i32, error: &Error) -> Value {
    let mut value = error_value(error);
    if let Value::Map(members) = &mut value {
        members.insert(0, ("status".to_owned(), Value::Integer(status.into())));
    }
    value
}

fn error_value(error: &Error) -> Value {
    let mut members = vec![
        ("class", error.kind().class().into()),
        ("message", error.message().into()),
    ];
    members.extend(error.fields());
    members.extend(retry_after_ms(error).map(|wait| ("retry_after_ms", wait.into())));
    members.extend(error.cause().map(|cause| ("cause", error_value(cause))));
    map(members)
}

fn map(members: Vec<(&'static str, Value)>) -> Value {
    let members = members.into_iter();
    Value::Map(
        members
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

/// How long the provider asks to wait.
pub(crate) fn retry_after_ms(error: &Error) -> Option<i64> {
    error
        .retry_after()
        .map(|wait| i64::try_from(wait.as_millis()).unwrap_or(i64::MAX))
}

fn json(value: &Value) -> serde_json::Result<String> {
    serde_json::to_string(&Json(value))
}

/// A value as JSON. Decimals become strings, because JSON readers round numbers.
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
            _ => Err(S::Error::custom("a value of a type that C does not know")),
        }
    }
}
