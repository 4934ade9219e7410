//! The JSON that `--json` prints.

use alikassa::binding::{FieldValue, Record};
use alikassa::{Error, Value};
use serde_json::{Map, Value as Json, json};

/// The fields of a record, with `is_final` if it has a status. Amounts are texts, which keeps their
/// digits.
pub(crate) fn record(record: &Record<'_>) -> Json {
    let fields = record.fields.iter();
    let fields = fields.map(|(field, value)| (field.name.to_owned(), field_value(value)));
    let is_final = record.is_final;
    let is_final = is_final.map(|is_final| ("is_final".to_owned(), is_final.into()));
    object(fields.chain(is_final).collect())
}

/// An object with these members. It takes a list, since every type of iterator would add 3 kB of
/// sorting to the program.
pub(crate) fn object(members: Vec<(String, Json)>) -> Json {
    members.into_iter().collect::<Map<_, _>>().into()
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
    object(fields.chain([message]).collect())
}

pub(crate) fn value(member: &Value) -> Json {
    match member {
        Value::Bool(bool) => (*bool).into(),
        Value::Integer(integer) => (*integer).into(),
        Value::Decimal(text) | Value::Text(text) => text.as_str().into(),
        Value::List(items) => items.iter().map(value).collect(),
        Value::Map(members) => {
            let members = members.iter();
            object(
                members
                    .map(|(name, member)| (name.clone(), value(member)))
                    .collect(),
            )
        }
        _ => Json::Null,
    }
}
