//! Checks the fields of a request, and puts them in their order.

use std::net::IpAddr;

use crate::error::{Error, Result};
use crate::schema::request::OTHER_FIELDS;
use crate::types::request_type::{RequestField, Rule};
use crate::types::text::shortened;
use crate::types::value::Value;

/// The longest amount, in characters. It can have zeros after its second decimal.
const MAX_AMOUNT: usize = 64;

/// The numbers of digits of a card number. Source: ISO/IEC 7812.
const CARD_DIGITS: std::ops::RangeInclusive<usize> = 13..=19;

/// The longest URL. Source: the payment and payout creation pages.
const MAX_URL: usize = 255;

/// Checks the caller's fields against `table` and returns the body's members: the known fields in
/// the table's order, so that every language sends the same bytes, then `other_fields` in the
/// caller's order.
pub(crate) fn check(
    table: &'static [RequestField],
    fields: Vec<(String, Value)>,
) -> Result<Vec<(String, Value)>> {
    let mut fields = non_null(fields);
    let others = take(&mut fields, OTHER_FIELDS, OTHER_FIELDS)?;
    // Before what is missing: a misspelt field is both.
    let is_unknown = |(name, _): &&(String, Value)| table.iter().all(|field| field.name != *name);
    if let Some((name, _)) = fields.iter().find(is_unknown) {
        let name = shortened(name);
        let advice = "this operation has no such field; pass a field that the provider added in other_fields";
        return Err(invalid_field(&name, "unknown", advice));
    }
    let mut body = check_known(table, &mut fields, "")?;
    match others {
        None => {}
        Some(Value::Map(others)) => {
            for (name, value) in non_null(others) {
                let path = format!("{OTHER_FIELDS}.{}", shortened(&name));
                if table.iter().any(|field| field.name == name) {
                    let advice = "this is a field of the operation; pass it outside other_fields";
                    return Err(invalid_field(&path, "typed", advice));
                }
                body.push((name, value));
            }
        }
        Some(_) => {
            return Err(invalid_field(
                OTHER_FIELDS,
                "type",
                "pass an object of fields",
            ));
        }
    }
    Ok(body)
}

/// Takes the fields of `table` out of `fields`, checked and in the table's order; `within` is the
/// path in front of them.
fn check_known(
    table: &'static [RequestField],
    fields: &mut Vec<(String, Value)>,
    within: &str,
) -> Result<Vec<(String, Value)>> {
    let mut known = Vec::with_capacity(table.len());
    for field in table {
        let path = format!("{within}{}", field.name);
        match take(fields, field.name, &path)? {
            Some(value) => known.push((field.name.to_owned(), check_one(field, &path, value)?)),
            None if field.required => {
                return Err(invalid_field(&path, "required", "this is required"));
            }
            None => {}
        }
    }
    Ok(known)
}

fn check_one(field: &RequestField, path: &str, value: Value) -> Result<Value> {
    match (field.rule, value) {
        (Rule::Object(object), Value::Map(members)) => {
            let mut members = non_null(members);
            let mut object = check_known(object.fields, &mut members, &format!("{path}."))?;
            object.append(&mut members);
            Ok(Value::Map(object))
        }
        (rule, value) => rule
            .check(value)
            .map_err(|(reason, advice)| invalid_field(path, reason, &advice)),
    }
}

/// Takes the field out. A duplicate is an error: nothing says which of the values is meant.
fn take(fields: &mut Vec<(String, Value)>, name: &str, path: &str) -> Result<Option<Value>> {
    let Some(place) = fields.iter().position(|(other, _)| other == name) else {
        return Ok(None);
    };
    let (_, value) = fields.remove(place);
    if fields.iter().any(|(other, _)| other == name) {
        let advice = "duplicate key; keep one";
        return Err(invalid_field(path, "duplicate_key", advice));
    }
    Ok(Some(value))
}

/// Leaves out the fields that are null: a typed call treats them as absent.
pub(crate) fn non_null(fields: Vec<(String, Value)>) -> Vec<(String, Value)> {
    let has_value = |(_, value): &(String, Value)| !matches!(value, Value::Null);
    fields.into_iter().filter(has_value).collect()
}

pub(crate) fn invalid_field(path: &str, reason: &'static str, advice: &str) -> Error {
    Error::invalid_argument(path, reason, format!("{path}: {advice}"))
}

pub(crate) fn unknown_operation() -> Error {
    invalid_field("operation", "unknown", "there is no such operation")
}

pub(crate) fn refuse_unknown(fields: &[(String, Value)], known: &[&str]) -> Result<()> {
    let unknown = |(name, _): &&(String, Value)| !known.contains(&name.as_str());
    match fields.iter().find(unknown) {
        Some((name, _)) => {
            let name = shortened(name);
            Err(invalid_field(
                &name,
                "unknown",
                "this operation has no such field",
            ))
        }
        None => Ok(()),
    }
}

impl RequestField {
    /// Checks a value for this field and returns the value to send.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument).
    #[doc(hidden)]
    pub fn check(&self, value: Value) -> Result<Value> {
        check_one(self, self.name, value)
    }
}

/// Why a field's value is refused: the machine-readable reason, and what to do.
type Violation = (&'static str, String);

impl Rule {
    /// Checks a value and returns the value to send.
    pub(crate) fn check(self, value: Value) -> Result<Value, Violation> {
        match self {
            Self::Amount(integer_digits) => amount(value, integer_digits),
            Self::Date => text(value, None).and_then(date),
            Self::Integer(min, max) => integer(value, min, max),
            Self::Ip => text(value, None).and_then(ip),
            Self::Object(_) => Err(violation("type", "pass an object")),
            Self::Recipient => text(value, None).and_then(recipient),
            Self::Text(max) => Ok(Value::Text(text(value, max)?)),
            Self::TextOrInteger(max) => text_or_integer(value, max),
            Self::Url => text(value, Some(MAX_URL)).and_then(url),
        }
    }
}

fn violation(reason: &'static str, advice: &str) -> Violation {
    (reason, advice.to_owned())
}

fn amount(value: Value, integer_digits: usize) -> Result<Value, Violation> {
    let text = match value {
        Value::Text(text) | Value::Decimal(text) => text,
        Value::Integer(integer) => integer.to_string(),
        _ => {
            return Err(violation(
                "type",
                "pass a decimal string such as \"500.00\"",
            ));
        }
    };
    if text.len() > MAX_AMOUNT {
        let advice = format!("this is longer than {MAX_AMOUNT} characters");
        return Err(("too_long", advice));
    }
    let text = without_extra_zeros(text);
    let (integer, fraction) = text.split_once('.').unwrap_or((&text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let leading_zero = integer.len() > 1 && integer.starts_with('0');
    if !digits(integer) || !digits(fraction) || leading_zero || fraction.len() > 2 {
        let advice = "write it as \"500\" or \"500.00\": digits, and up to 2 decimals";
        return Err(violation("format", advice));
    }
    if integer.len() > integer_digits {
        let advice = format!("this is more than {integer_digits} integer digits");
        return Err(("out_of_range", advice));
    }
    if text.bytes().all(|byte| matches!(byte, b'0' | b'.')) {
        return Err(violation("out_of_range", "pass an amount above 0"));
    }
    Ok(Value::Text(text))
}

/// The amount without the zeros after its second decimal, which the provider's own responses and
/// columns of databases have.
fn without_extra_zeros(text: String) -> String {
    let cents = text.find('.').map(|point| text.split_at_checked(point + 3));
    match cents.flatten() {
        Some((kept, extra)) if extra.bytes().all(|byte| byte == b'0') => kept.to_owned(),
        _ => text,
    }
}

fn integer(value: Value, min: i64, max: i64) -> Result<Value, Violation> {
    match value {
        Value::Integer(integer) if (min..=max).contains(&integer) => Ok(value),
        Value::Integer(_) => Err(("out_of_range", format!("pass {min} to {max}"))),
        _ => Err(violation("type", "pass an integer")),
    }
}

fn text(value: Value, max: Option<usize>) -> Result<String, Violation> {
    let Value::Text(text) = value else {
        return Err(violation("type", "pass a string"));
    };
    match (text.chars().count(), max) {
        (0, _) => Err(violation(
            "empty",
            "this is empty; leave it out or pass a value",
        )),
        (count, Some(max)) if count > max => {
            Err(("too_long", format!("this is longer than {max} characters")))
        }
        _ => Ok(text),
    }
}

fn recipient(text: String) -> Result<Value, Violation> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let has_blanks = text.contains(char::is_whitespace);
    let only_digits = |c: char| c.is_ascii_digit() || c.is_whitespace();
    if has_blanks && CARD_DIGITS.contains(&digits) && text.chars().all(only_digits) {
        return Err(violation("format", "write the card number without blanks"));
    }
    Ok(Value::Text(text))
}

fn text_or_integer(value: Value, max: usize) -> Result<Value, Violation> {
    match value {
        Value::Integer(integer) if integer < 0 => Err(violation("out_of_range", "pass 0 or more")),
        Value::Integer(integer) => {
            text(Value::Text(integer.to_string()), Some(max)).map(|_| Value::Integer(integer))
        }
        other => Ok(Value::Text(text(other, Some(max))?)),
    }
}

fn ip(text: String) -> Result<Value, Violation> {
    match text.parse::<IpAddr>() {
        Ok(_) => Ok(Value::Text(text)),
        Err(_) => Err(violation(
            "format",
            "pass an IP address such as \"18.191.80.10\"",
        )),
    }
}

fn date(text: String) -> Result<Value, Violation> {
    let mut parts = text.split('-');
    let mut number = |digits| {
        let part = parts.next().filter(|part| part.len() == digits)?;
        part.bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| part.parse().ok())?
    };
    match (number(4), number(2), number(2), parts.next()) {
        (Some(1..), Some(1..=12), Some(1..=31), None) => Ok(Value::Text(text)),
        _ => Err(violation("format", "write it as 2024-11-01")),
    }
}

fn url(text: String) -> Result<Value, Violation> {
    let rest = text
        .strip_prefix("https://")
        .or(text.strip_prefix("http://"));
    let host = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    let spaced = text.contains(|c: char| c.is_whitespace() || c.is_control());
    if host.is_none_or(str::is_empty) || spaced {
        return Err(violation("format", "write it as https://host/path"));
    }
    Ok(Value::Text(text))
}
