//! Reading JSON without losing a digit: the provider's answers, and the bodies that callers pass as text.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::canonical::{MAX_DEPTH, Reason, Refusal, Value};
use crate::error::Error;

/// Reads an answer. Numbers keep their digits; of a key that stands twice the last counts, as in PHP.
///
/// # Errors
/// [`Protocol`](crate::ErrorKind::Protocol) when it is not JSON, or nests deeper than [`MAX_DEPTH`].
pub fn parse_answer(bytes: &[u8]) -> crate::Result<Value> {
    parse(bytes, &Answer).map_err(|refusal| {
        let why = match refusal {
            Failure::Syntax(error) => format!("it is not JSON: {error}"),
            Failure::Refused(_) => format!("it nests deeper than {MAX_DEPTH} levels"),
        };
        Error::protocol(format!("the answer cannot be read: {why}"))
    })
}

/// Reads a body that a caller passes as JSON text.
///
/// # Errors
/// A [`Refusal`] for text that is not JSON, a number with a fraction, an exponent or a minus zero, an integer
/// over 64 bits, a key that stands twice, or nesting deeper than [`MAX_DEPTH`].
///
/// ```
/// let refusal = alikassa::parse_body(br#"{"amount": 1.50}"#).unwrap_err();
/// assert_eq!(alikassa::Error::from(refusal).field(), Some("amount"));
/// ```
pub fn parse_body(text: &[u8]) -> Result<Value, Refusal> {
    parse(text, &Body).map_err(|refusal| match refusal {
        Failure::Syntax(error) if error.to_string().contains("surrogate") => {
            Refusal::new(Reason::LoneSurrogate)
        }
        Failure::Syntax(_) => Refusal::new(Reason::Syntax),
        Failure::Refused(refusal) => refusal,
    })
}

/// What differs between an answer and a body.
trait Rules {
    fn number(&self, text: &str) -> Result<Value, Refusal>;
    fn members(&self, members: Vec<(String, Value)>) -> Result<Value, Refusal>;
}

struct Answer;

impl Rules for Answer {
    fn number(&self, text: &str) -> Result<Value, Refusal> {
        Ok(match text.parse() {
            Ok(integer) if text != "-0" => Value::Integer(integer),
            _ => Value::Decimal(text.to_owned()),
        })
    }

    fn members(&self, members: Vec<(String, Value)>) -> Result<Value, Refusal> {
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

struct Body;

impl Rules for Body {
    fn number(&self, text: &str) -> Result<Value, Refusal> {
        if text == "-0" || text.contains(['.', 'e', 'E']) {
            return Err(Refusal::new(Reason::Float));
        }
        text.parse()
            .map(Value::Integer)
            .map_err(|_| Refusal::new(Reason::OutOfRange))
    }

    /// Duplicates are found by the writer, for values of every origin.
    fn members(&self, members: Vec<(String, Value)>) -> Result<Value, Refusal> {
        Ok(Value::Map(members))
    }
}

enum Failure {
    Syntax(serde_json::Error),
    Refused(Refusal),
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Syntax(error)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

fn parse(bytes: &[u8], rules: &impl Rules) -> Result<Value, Failure> {
    parse_raw(serde_json::from_slice(bytes)?, rules, 1)
}

/// One level at a time, the levels below kept as text: serde's own number types would round.
fn parse_raw(raw: &RawValue, rules: &impl Rules, depth: usize) -> Result<Value, Failure> {
    let text = raw.get();
    match text.as_bytes().first() {
        Some(b'{') => {
            check_depth(depth)?;
            let Members(raw_members) = serde_json::from_str(text)?;
            let mut members = Vec::with_capacity(raw_members.len());
            for (key, raw) in raw_members {
                let value = parse_raw(raw, rules, depth + 1).map_err(|f| f.within_key(&key))?;
                members.push((key, value));
            }
            Ok(rules.members(members)?)
        }
        Some(b'[') => {
            check_depth(depth)?;
            let raw_items: Vec<&RawValue> = serde_json::from_str(text)?;
            let items = raw_items.into_iter().enumerate().map(|(index, raw)| {
                parse_raw(raw, rules, depth + 1).map_err(|f| f.within_index(index))
            });
            Ok(Value::List(items.collect::<Result<_, _>>()?))
        }
        Some(b'"') => Ok(Value::Text(serde_json::from_str(text)?)),
        Some(b't') => Ok(Value::Bool(true)),
        Some(b'f') => Ok(Value::Bool(false)),
        Some(b'n') => Ok(Value::Null),
        _ => Ok(rules.number(text)?),
    }
}

fn check_depth(depth: usize) -> Result<(), Refusal> {
    if depth > MAX_DEPTH {
        Err(Refusal::new(Reason::TooDeep))
    } else {
        Ok(())
    }
}

impl Failure {
    fn within_key(self, key: &str) -> Self {
        match self {
            Self::Refused(refusal) => Self::Refused(refusal.within_key(key)),
            syntax @ Self::Syntax(_) => syntax,
        }
    }

    fn within_index(self, index: usize) -> Self {
        match self {
            Self::Refused(refusal) => Self::Refused(refusal.within_index(index)),
            syntax @ Self::Syntax(_) => syntax,
        }
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
