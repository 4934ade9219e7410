//! Where types change: the caller's JSON text and numbers on the way in, JSON text on the way out.

use std::time::Duration;

use alikassa::binding::{Field, FieldValue, Record, ResolutionView, Response};
use alikassa::{
    CallOptions, Error, InvalidValue, LedgerRow, MatchedBy, Payment, Payout, Reason, Value,
};
use serde::ser::{Error as _, Serialize, Serializer};

use crate::error::Failure;

/// The fields of a typed call.
pub(crate) fn fields(json: &[u8]) -> Result<Vec<(String, Value)>, Failure> {
    match alikassa::parse_body(json)? {
        Value::Map(fields) => Ok(fields),
        _ => Err(InvalidValue::new(Reason::NotAnObject).into()),
    }
}

/// The `order_id` among fields that are refused: it can be read where others cannot be sent.
pub(crate) fn order_id(json: &[u8]) -> Option<String> {
    let fields = alikassa::binding::parse_response(json).ok()?;
    fields.get("order_id")?.as_str().map(str::to_owned)
}

/// A time that 0 leaves to the library.
pub(crate) fn duration(milliseconds: u64) -> Option<Duration> {
    (milliseconds != 0).then(|| Duration::from_millis(milliseconds))
}

/// A call's own times; 0 stands for the client's.
pub(crate) fn options(timeout_ms: u64, deadline_ms: u64) -> CallOptions {
    let mut options = CallOptions::default();
    options.timeout = duration(timeout_ms);
    options.deadline = duration(deadline_ms);
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

/// Fields by their names, as text.
pub(crate) type FieldTexts = Vec<(&'static str, Option<String>)>;

/// The fields of a typed reply as text; those of a resolution's status follow its own.
pub(crate) fn field_texts(answer: &Response) -> FieldTexts {
    match answer.resolution() {
        Some(resolution) => resolution_texts(&resolution, status_fields(answer)),
        None => answer.record().as_ref().map_or_else(Vec::new, all_texts),
    }
}

/// The fields that a resolution's status has, whether or not one came.
fn status_fields(answer: &Response) -> &'static [Field] {
    match answer {
        Response::PaymentResolution(_) => Payment::FIELDS,
        Response::PayoutResolution(_) => Payout::FIELDS,
        _ => &[],
    }
}

fn resolution_texts(resolution: &ResolutionView<'_>, fields: &'static [Field]) -> FieldTexts {
    let matched_by = resolution.matched_by.map(MatchedBy::as_str);
    let mut texts = vec![
        ("found", Some(resolution.found.to_string())),
        ("matched_by", matched_by.map(str::to_owned)),
    ];
    texts.extend(match &resolution.status {
        Some(status) => record_texts(status),
        None => fields.iter().map(|field| (field.name, None)).collect(),
    });
    texts
}

/// The fields, and what else is known of a notification or redirect.
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

/// An answer as JSON text: a typed one by its fields, a raw one as it is if it is JSON.
pub(crate) fn answer_json(answer: &Response) -> Option<String> {
    match answer {
        Response::Reply(raw) => {
            raw.json().ok()?;
            String::from_utf8(raw.body.clone()).ok()
        }
        Response::Rows(rows) => json(&Value::List(rows.iter().map(row_value).collect())).ok(),
        typed => match typed.resolution() {
            Some(resolution) => json(&resolution_value(&resolution)).ok(),
            None => json(&record_value(&typed.record()?)).ok(),
        },
    }
}

/// A row of the ledger as JSON text.
pub(crate) fn row_json(row: &LedgerRow) -> Option<String> {
    json(&row_value(row)).ok()
}

fn row_value(row: &LedgerRow) -> Value {
    map(row.fields())
}

fn resolution_value(resolution: &ResolutionView<'_>) -> Value {
    let matched_by = resolution.matched_by.map(MatchedBy::as_str);
    let status = resolution.status.as_ref();
    map(vec![
        ("found", resolution.found.into()),
        ("matched_by", matched_by.map_or(Value::Null, Value::from)),
        ("status", status.map_or(Value::Null, record_value)),
    ])
}

fn record_value(record: &Record<'_>) -> Value {
    let mut members = field_members(record);
    members.push(("is_final", record.is_final.map_or(Value::Null, Value::Bool)));
    for (name, text) in &record.details {
        members.push((name, text.as_str().into()));
    }
    // What came beside signed fields is not to be taken for fields of the provider's.
    let other = if record.details.is_empty() {
        "other"
    } else {
        "unsigned"
    };
    members.push((other, Value::Map(record.other.to_vec())));
    map(members)
}

/// A record in a field of another one: no status of its own is told.
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
    let mut value = error_value(error);
    if let Value::Map(members) = &mut value {
        members.insert(0, ("status".to_owned(), Value::Integer(status.into())));
    }
    // An error has null, texts, numbers, lists and objects alone: they all have a form in JSON.
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
