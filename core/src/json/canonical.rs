//! Canonical JSON: the bytes that are signed and sent, in the form PHP's `json_encode` gives by default.
//!
//! The provider's reference samples are PHP, so this form is right whether the server verifies the raw body or
//! encodes it anew (`docs/decisions/0001-canonical-json.md`).

use std::fmt::Write as _;

use crate::error::{Error, Result};
use crate::types::value::Value;

/// The deepest nesting of a body; the body itself is level 1.
pub const MAX_DEPTH: usize = 64;

/// The longest body, in bytes.
pub const MAX_BODY: usize = 64 * 1024;

/// The canonical bytes of a body: compact, in insertion order, ASCII only, `/` as `\/`; `[]` for a body
/// without fields.
///
/// # Errors
/// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) when `body` is no object, nests deeper than
/// [`MAX_DEPTH`], holds a key twice, or is longer than [`MAX_BODY`].
///
/// ```
/// let body = alikassa::Value::from([("order_id", "Заказ/1")]);
/// assert_eq!(alikassa::canonical_json(&body)?, br#"{"order_id":"\u0417\u0430\u043a\u0430\u0437\/1"}"#);
/// # Ok::<(), alikassa::Error>(())
/// ```
pub fn canonical_json(body: &Value) -> Result<Vec<u8>> {
    let Value::Map(members) = body else {
        return Err(InvalidValue::new(Reason::NotAnObject).into());
    };
    if members.is_empty() {
        return Ok(b"[]".to_vec());
    }
    let mut text = String::with_capacity(1024);
    write_map(&mut text, members, 1)?;
    if text.len() > MAX_BODY {
        return Err(InvalidValue::new(Reason::TooLarge).into());
    }
    Ok(text.into_bytes())
}

fn write_value(out: &mut String, value: &Value, depth: usize) -> Result<(), InvalidValue> {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Integer(integer) => write_integer(out, *integer),
        Value::Decimal(text) | Value::Text(text) => write_text(out, text),
        Value::List(items) => write_list(out, items, depth)?,
        Value::Map(members) => write_map(out, members, depth)?,
    }
    Ok(())
}

fn write_list(out: &mut String, items: &[Value], depth: usize) -> Result<(), InvalidValue> {
    check_depth(depth)?;
    out.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_value(out, item, depth + 1).map_err(|refusal| refusal.within_index(index))?;
    }
    out.push(']');
    Ok(())
}

fn write_map(
    out: &mut String,
    members: &[(String, Value)],
    depth: usize,
) -> Result<(), InvalidValue> {
    check_depth(depth)?;
    check_duplicates(members)?;
    out.push('{');
    for (index, (key, value)) in members.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_text(out, key);
        out.push(':');
        write_value(out, value, depth + 1).map_err(|refusal| refusal.within_key(key))?;
    }
    out.push('}');
    Ok(())
}

fn check_depth(depth: usize) -> Result<(), InvalidValue> {
    if depth > MAX_DEPTH {
        Err(InvalidValue::new(Reason::TooDeep))
    } else {
        Ok(())
    }
}

pub(crate) fn check_duplicates(members: &[(String, Value)]) -> Result<(), InvalidValue> {
    // Bodies have a few dozen fields: scanning beats hashing until there are many.
    const FEW: usize = 32;
    let duplicate = if members.len() <= FEW {
        members.iter().enumerate().find_map(|(at, (key, _))| {
            let mut earlier = members.iter().take(at);
            earlier.any(|(other, _)| other == key).then_some(key)
        })
    } else {
        let mut seen = std::collections::HashSet::with_capacity(members.len());
        members
            .iter()
            .find_map(|(key, _)| (!seen.insert(key)).then_some(key))
    };
    match duplicate {
        Some(key) => Err(InvalidValue::new(Reason::DuplicateKey).within_key(key)),
        None => Ok(()),
    }
}

fn write_integer(out: &mut String, integer: i64) {
    // Writing to a String cannot fail.
    let _ = write!(out, "{integer}");
}

/// What `json_encode` leaves as it is; the provider's integrations use more than its default.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Encoding {
    /// The default: ASCII only, `/` as `\/`.
    Default,
    /// `JSON_UNESCAPED_SLASHES`.
    Slashes,
    /// `JSON_UNESCAPED_SLASHES` and `JSON_UNESCAPED_UNICODE`.
    Unicode,
}

/// By ASCII byte, whether it is plain: to compare each took twice the time.
static DEFAULT_PLAIN: [bool; 128] = Encoding::Default.plain_ascii();
static SLASHES_PLAIN: [bool; 128] = Encoding::Slashes.plain_ascii();

impl Encoding {
    #[allow(clippy::indexing_slicing, reason = "only the compiler runs it")]
    const fn plain_ascii(self) -> [bool; 128] {
        let mut plain = [false; 128];
        let mut byte = 0_u8;
        while byte < 128 {
            plain[byte as usize] = self.is_plain(byte as char);
            byte += 1;
        }
        plain
    }

    fn is_plain_ascii(self, byte: u8) -> bool {
        let plain = match self {
            Self::Default => &DEFAULT_PLAIN,
            Self::Slashes | Self::Unicode => &SLASHES_PLAIN,
        };
        plain.get(usize::from(byte)).is_some_and(|plain| *plain)
    }

    const fn is_plain(self, character: char) -> bool {
        match character {
            // JavaScript's line ends stay escaped all the same.
            '"' | '\\' | '\u{2028}' | '\u{2029}' => false,
            '/' => !matches!(self, Self::Default),
            ' '..='\u{7f}' => true,
            '\u{80}'.. => matches!(self, Self::Unicode),
            _ => false,
        }
    }
}

fn write_text(out: &mut String, text: &str) {
    write_text_as(out, text, Encoding::Default);
}

pub(crate) fn write_text_as(out: &mut String, text: &str, encoding: Encoding) {
    out.push('"');
    let mut left = text;
    // By byte: most of a text is ASCII that stays as it is.
    while let Some(at) = left.bytes().position(|byte| !encoding.is_plain_ascii(byte)) {
        let (plain, from) = left.split_at(at);
        out.push_str(plain);
        let mut characters = from.chars();
        match characters.next() {
            Some(character) if encoding.is_plain(character) => out.push(character),
            Some(character) => write_escape(out, character),
            None => {}
        }
        left = characters.as_str();
    }
    out.push_str(left);
    out.push('"');
}

fn write_escape(out: &mut String, character: char) {
    match character {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '/' => out.push_str("\\/"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        _ => {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let [high, low] = unit.to_be_bytes();
                let digits = [high >> 4, high & 15, low >> 4, low & 15].map(hexadecimal);
                out.push_str("\\u");
                out.push_str(std::str::from_utf8(&digits).unwrap_or_default());
            }
        }
    }
}

fn hexadecimal(digit: u8) -> u8 {
    digit + if digit < 10 { b'0' } else { b'a' - 10 }
}

/// A value that cannot be sent, and where it stands. A binding that meets one while converting builds the path
/// from the inside out, as the writer here does.
///
/// ```
/// use alikassa::{Reason, InvalidValue};
/// let error: alikassa::Error =
///     InvalidValue::new(Reason::Float).within_index(2).within_key("items").into();
/// assert_eq!(error.field(), Some("items[2]"));
/// assert_eq!(error.reason(), Some("float"));
/// ```
#[derive(Clone, Debug)]
pub struct InvalidValue {
    reason: Reason,
    path: String,
}

impl InvalidValue {
    /// A refusal of the value itself.
    pub fn new(reason: Reason) -> Self {
        Self {
            reason,
            path: String::new(),
        }
    }

    /// The same refusal seen from the object that holds the value under `key`.
    #[must_use]
    pub fn within_key(mut self, key: &str) -> Self {
        let separator = if self.path.is_empty() || self.path.starts_with('[') {
            ""
        } else {
            "."
        };
        // A key can be as long as a body; a message should not.
        let key: String = key.chars().take(64).collect();
        self.path = format!("{key}{separator}{}", self.path);
        self
    }

    /// The same refusal seen from the list that holds the value at `index`.
    #[must_use]
    pub fn within_index(mut self, index: usize) -> Self {
        let separator = if self.path.is_empty() || self.path.starts_with('[') {
            ""
        } else {
            "."
        };
        self.path = format!("[{index}]{separator}{}", self.path);
        self
    }
}

impl From<InvalidValue> for Error {
    fn from(InvalidValue { reason, path }: InvalidValue) -> Self {
        let place = if path.is_empty() {
            "the body"
        } else {
            path.as_str()
        };
        let message = format!("{place}: {}", reason.advice());
        Self::invalid_argument(path, reason.as_str(), message)
    }
}

/// Why a value cannot be sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// A key stands twice in one object.
    DuplicateKey,
    /// A binary float, or a JSON number with a fraction, an exponent or a minus zero.
    Float,
    /// Half of a surrogate pair.
    LoneSurrogate,
    /// The body is not an object.
    NotAnObject,
    /// An integer that does not fit 64 bits.
    OutOfRange,
    /// Text that is not JSON.
    Syntax,
    /// Nested deeper than [`MAX_DEPTH`].
    TooDeep,
    /// Longer than [`MAX_BODY`].
    TooLarge,
    /// A type that has no place in a body.
    Type,
}

impl Reason {
    /// The reason's code: `"float"`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DuplicateKey => "duplicate_key",
            Self::Float => "float",
            Self::LoneSurrogate => "lone_surrogate",
            Self::NotAnObject => "not_an_object",
            Self::OutOfRange => "out_of_range",
            Self::Syntax => "syntax",
            Self::TooDeep => "too_deep",
            Self::TooLarge => "too_large",
            Self::Type => "type",
        }
    }

    const fn advice(self) -> &'static str {
        match self {
            Self::DuplicateKey => "duplicate key; keep one",
            Self::Float => "binary floats are not exact; pass a decimal string",
            Self::LoneSurrogate => "this text holds half of a surrogate pair; repair it first",
            Self::NotAnObject => "pass a plain object, map or dict of fields",
            Self::OutOfRange => "this integer does not fit 64 bits; pass it as a string",
            Self::Syntax => "this is not JSON",
            Self::TooDeep => "this nests deeper than 64 levels",
            Self::TooLarge => "this is longer than 64 KiB",
            Self::Type => "pass a string, boolean, integer, decimal, list, plain object or null",
        }
    }
}
