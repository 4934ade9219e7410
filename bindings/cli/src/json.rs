//! The JSON that `--json` prints.

use alikassa::binding::{FieldValue, Record};
use alikassa::{Error, Value};
use serde_json::{Map, Value as Json, json};

/// The fields of a record, with `is_final` if it has a status. Amounts are texts, which keeps their
/// digits.
pub(crate) fn record(record: &Record<'_>) -> Json {
    let fields = record.fields.iter();
    let mut object: Map<String, Json> = fields
        .map(|(field, value)| (field.name.to_owned(), field_value(value)))
        .collect();
    if let Some(is_final) = record.is_final {
        object.insert("is_final".to_owned(), is_final.into());
    }
    object.into()
}

fn field_value(value: &FieldValue<'_>) -> Json {
    match value {
        FieldValue::Amount(amount) => amount.as_str().into(),
        FieldValue::Bool(bool) => (*bool).into(),
        FieldValue::Integer(integer) => (*integer).into(),
        FieldValue::List(records) => records.iter().map(record).collect(),
        FieldValue::Record(part) => record(part),
        FieldValue::Text(text) => (*text).into(),
        _ => Json::Null,
    }
}

/// `{"error": …}` with the members of the error.
pub(crate) fn error(error: &Error) -> Json {
    json!({ "error": error_members(error) })
}

/// The members of an error, as the library's other languages have them.
pub(crate) fn error_members(error: &Error) -> Json {
    let message = ("message".to_owned(), error.message().into());
    let fields = error.fields().into_iter();
    let fields = fields.map(|(name, member)| (name.to_owned(), value(&member)));
    let members: Map<String, Json> = fields.chain([message]).collect();
    members.into()
}

pub(crate) fn value(member: &Value) -> Json {
    match member {
        Value::Bool(bool) => (*bool).into(),
        Value::Integer(integer) => (*integer).into(),
        Value::Decimal(text) | Value::Text(text) => text.as_str().into(),
        Value::List(items) => items.iter().map(value).collect(),
        Value::Map(members) => members
            .iter()
            .map(|(name, member)| (name.clone(), value(member)))
            .collect::<Map<_, _>>()
            .into(),
        _ => Json::Null,
    }
}
