//! Reading JSON without losing digits: the provider's responses and notifications, and the bodies
//! that callers pass as text.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::error::Error;
use crate::json::canonical::{InvalidValue, MAX_DEPTH, Reason, check_duplicates};
use crate::types::text::without_byte_order_mark;
use crate::types::value::Value;

/// Parses the body of a response. Numbers keep their digits. For a duplicate key the last value is
/// used, as in PHP. A byte-order mark is ignored: a file of a PHP program that begins with one
/// sends it before every response.
///
/// # Errors
/// [`Protocol`](crate::ErrorKind::Protocol) if it is not JSON, or is nested deeper than
/// [`MAX_DEPTH`].
pub fn parse_response(bytes: &[u8]) -> crate::Result<Value> {
    let failed = |reason: String| Error::protocol(format!("the response cannot be read: {reason}"));
    let raw = serde_json::from_slice(without_byte_order_mark(bytes))
        .map_err(|error| failed(format!("it is not JSON: {error}")))?;
    parse_raw(raw, &Response, 1)
        .map_err(|invalid| failed(Error::from(invalid).message().to_owned()))
}

/// Parses a request body that a caller passes as JSON text.
///
/// # Errors
/// [`InvalidValue`] if the text is not JSON, is nested deeper than 64 levels, or contains a number
/// that is `-0`, has a fraction or exponent, or does not fit in 64 bits.
/// [`canonical_json`](crate::canonical_json) finds duplicate keys.
///
/// ```
/// let error = alikassa::parse_body(br#"{"amount": 1.50}"#).unwrap_err();
/// assert_eq!(alikassa::Error::from(error).field(), Some("amount"));
/// ```
pub fn parse_body(text: &[u8]) -> Result<Value, InvalidValue> {
    let raw = serde_json::from_slice(text).map_err(|_| InvalidValue::new(Reason::Syntax))?;
    parse_raw(raw, &Body, 1)
}

/// Parses what must be unambiguous: a notification, or the response to a create. Numbers keep their
/// digits. A duplicate key is an error, because parsers differ in which of the values they use.
pub(crate) fn parse_unique(bytes: &[u8]) -> Result<Value, InvalidValue> {
    let raw = serde_json::from_slice(without_byte_order_mark(bytes))
        .map_err(|_| InvalidValue::new(Reason::Syntax))?;
    parse_raw(raw, &Unique, 1)
}

/// The differences between parsing a response, a request body, and what must be unambiguous.
trait Rules {
    fn number(&self, text: &str) -> Result<Value, InvalidValue>;
    fn members(&self, members: Vec<(String, Value)>) -> Result<Value, InvalidValue>;
}

struct Response;

impl Rules for Response {
    fn number(&self, text: &str) -> Result<Value, InvalidValue> {
        Ok(match text.parse() {
            Ok(integer) if text != "-0" => Value::Integer(integer),
            _ => Value::Decimal(text.to_owned()),
        })
    }

    fn members(&self, members: Vec<(String, Value)>) -> Result<Value, InvalidValue> {
        if check_duplicates(&members).is_ok() {
            return Ok(Value::Map(members));
        }
        let mut kept: Vec<(String, Value)> = Vec::with_capacity(members.len());
        let mut indexes = std::collections::HashMap::with_capacity(members.len());
        for (key, value) in members {
            if let Some(earlier) = indexes
                .get(&key)
                .and_then(|&index: &usize| kept.get_mut(index))
            {
                earlier.1 = value;
            } else {
                indexes.insert(key.clone(), kept.len());
                kept.push((key, value));
            }
        }
        Ok(Value::Map(kept))
    }
}

struct Unique;

impl Rules for Unique {
    fn number(&self, text: &str) -> Result<Value, InvalidValue> {
        Response.number(text)
    }

    fn members(&self, members: Vec<(String, Value)>) -> Result<Value, InvalidValue> {
        check_duplicates(&members)?;
        Ok(Value::Map(members))
    }
}

struct Body;

impl Rules for Body {
    fn number(&self, text: &str) -> Result<Value, InvalidValue> {
        if text == "-0" || text.contains(['.', 'e', 'E']) {
            return Err(InvalidValue::new(Reason::Float));
        }
        text.parse()
            .map(Value::Integer)
            .map_err(|_| InvalidValue::new(Reason::OutOfRange))
    }

    /// The writer finds duplicates, also in values that were not parsed from text.
    fn members(&self, members: Vec<(String, Value)>) -> Result<Value, InvalidValue> {
        Ok(Value::Map(members))
    }
}

/// Parses one level at a time and keeps the levels below as text, because serde's number types
/// would round.
fn parse_raw(raw: &RawValue, rules: &impl Rules, depth: usize) -> Result<Value, InvalidValue> {
    let text = raw.get();
    match text.as_bytes().first() {
        Some(b'{') => {
            check_depth(depth)?;
            let Members(raw_members) = parse_level(text)?;
            let mut members = Vec::with_capacity(raw_members.len());
            for (key, raw) in raw_members {
                let value =
                    parse_raw(raw, rules, depth + 1).map_err(|invalid| invalid.within_key(&key))?;
                members.push((key, value));
            }
            rules.members(members)
        }
        Some(b'[') => {
            check_depth(depth)?;
            let raw_items: Vec<&RawValue> = parse_level(text)?;
            let items = raw_items.into_iter().enumerate().map(|(index, raw)| {
                parse_raw(raw, rules, depth + 1).map_err(|invalid| invalid.within_index(index))
            });
            Ok(Value::List(items.collect::<Result<_, _>>()?))
        }
        Some(b'"') => parse_level(text).map(Value::Text),
        Some(b't') => Ok(Value::Bool(true)),
        Some(b'f') => Ok(Value::Bool(false)),
        Some(b'n') => Ok(Value::Null),
        _ => rules.number(text),
    }
}

/// Parses one level of valid JSON. Only an unpaired surrogate can still make it fail.
fn parse_level<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, InvalidValue> {
    serde_json::from_str(text).map_err(|_| InvalidValue::new(Reason::LoneSurrogate))
}

fn check_depth(depth: usize) -> Result<(), InvalidValue> {
    if depth > MAX_DEPTH {
        Err(InvalidValue::new(Reason::TooDeep))
    } else {
        Ok(())
    }
}

/// The members of an object in their order, duplicates included.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}
