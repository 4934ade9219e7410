//! Reading JSON without losing a digit: the provider's answers, and the bodies that callers pass as text.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::error::Error;
use crate::json::canonical::{InvalidValue, MAX_DEPTH, Reason, check_duplicates};
use crate::types::value::Value;

/// Reads an answer. Numbers keep their digits; of a key that stands twice the last counts, as in PHP.
///
/// # Errors
/// [`Protocol`](crate::ErrorKind::Protocol) when it is not JSON, or nests deeper than [`MAX_DEPTH`].
pub fn parse_response(bytes: &[u8]) -> crate::Result<Value> {
    let unreadable = |why: String| Error::protocol(format!("the answer cannot be read: {why}"));
    let raw = serde_json::from_slice(bytes)
        .map_err(|error| unreadable(format!("it is not JSON: {error}")))?;
    parse_raw(raw, &Response, 1)
        .map_err(|refusal| unreadable(Error::from(refusal).message().to_owned()))
}

/// Reads a body that a caller passes as JSON text.
///
/// # Errors
/// A [`InvalidValue`] for text that is not JSON, a number with a fraction, an exponent or a minus zero, an integer
/// over 64 bits, a key that stands twice, or nesting deeper than [`MAX_DEPTH`].
///
/// ```
/// let refusal = alikassa::parse_body(br#"{"amount": 1.50}"#).unwrap_err();
/// assert_eq!(alikassa::Error::from(refusal).field(), Some("amount"));
/// ```
pub fn parse_body(text: &[u8]) -> Result<Value, InvalidValue> {
    let raw = serde_json::from_slice(text).map_err(|_| InvalidValue::new(Reason::Syntax))?;
    parse_raw(raw, &Body, 1)
}

/// Reads a notification. Numbers keep their digits; a key that stands twice is refused, as readers differ in which of
/// the two they believe.
pub(crate) fn parse_notification(bytes: &[u8]) -> Result<Value, InvalidValue> {
    let raw = serde_json::from_slice(bytes).map_err(|_| InvalidValue::new(Reason::Syntax))?;
    parse_raw(raw, &Notification, 1)
}

/// What differs between an answer, a body and a notification.
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
        let mut places = std::collections::HashMap::with_capacity(members.len());
        for (key, value) in members {
            if let Some(earlier) = places
                .get(&key)
                .and_then(|&place: &usize| kept.get_mut(place))
            {
                earlier.1 = value;
            } else {
                places.insert(key.clone(), kept.len());
                kept.push((key, value));
            }
        }
        Ok(Value::Map(kept))
    }
}

struct Notification;

impl Rules for Notification {
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

    /// Duplicates are found by the writer, for values of every origin.
    fn members(&self, members: Vec<(String, Value)>) -> Result<Value, InvalidValue> {
        Ok(Value::Map(members))
    }
}

/// One level at a time, the levels below kept as text: serde's own number types would round.
fn parse_raw(raw: &RawValue, rules: &impl Rules, depth: usize) -> Result<Value, InvalidValue> {
    let text = raw.get();
    match text.as_bytes().first() {
        Some(b'{') => {
            check_depth(depth)?;
            let Members(raw_members) = level(text)?;
            let mut members = Vec::with_capacity(raw_members.len());
            for (key, raw) in raw_members {
                let value = parse_raw(raw, rules, depth + 1).map_err(|f| f.within_key(&key))?;
                members.push((key, value));
            }
            rules.members(members)
        }
        Some(b'[') => {
            check_depth(depth)?;
            let raw_items: Vec<&RawValue> = level(text)?;
            let items = raw_items.into_iter().enumerate().map(|(index, raw)| {
                parse_raw(raw, rules, depth + 1).map_err(|f| f.within_index(index))
            });
            Ok(Value::List(items.collect::<Result<_, _>>()?))
        }
        Some(b'"') => level(text).map(Value::Text),
        Some(b't') => Ok(Value::Bool(true)),
        Some(b'f') => Ok(Value::Bool(false)),
        Some(b'n') => Ok(Value::Null),
        _ => rules.number(text),
    }
}

/// Reads one level of text that is JSON already, so that only half a surrogate pair can stand in the way.
fn level<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, InvalidValue> {
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
