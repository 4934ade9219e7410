//! Canonical JSON: the bytes that are signed and sent, in the default form of PHP's `json_encode`.
//!
//! The provider's reference samples are PHP, so this form verifies whether the server checks the
//! raw body or encodes it again (`docs/decisions/0001-canonical-json.md`).

use std::fmt::Write as _;

use crate::error::{Error, Result};
use crate::types::value::Value;

/// The maximum nesting depth of a body; the body itself is level 1.
pub const MAX_DEPTH: usize = 64;

/// The maximum length of a body, in bytes.
pub const MAX_BODY: usize = 64 * 1024;

/// Encodes a body in its canonical form: compact, in insertion order, ASCII only, `/` as `\/`. A
/// body without fields is `[]`.
///
/// # Errors
/// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) if `body` is not an object, is nested
/// deeper than 64 levels, has a duplicate key, or is longer than 64 KiB.
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
        write_value(out, item, depth + 1).map_err(|invalid| invalid.within_index(index))?;
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
        write_value(out, value, depth + 1).map_err(|invalid| invalid.within_key(key))?;
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
    // Up to this number of members, a scan is faster than a hash set.
    const SCAN_LIMIT: usize = 32;
    let duplicate = if members.len() <= SCAN_LIMIT {
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

/// Which characters stay unescaped: the flags of `json_encode` that the provider's known
/// integrations use.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Encoding {
    /// The default: ASCII only, `/` as `\/`.
    Default,
    /// `JSON_UNESCAPED_SLASHES`.
    Slashes,
    /// `JSON_UNESCAPED_SLASHES` and `JSON_UNESCAPED_UNICODE`.
    Unicode,
}

/// Whether each ASCII byte is written unescaped. A table takes half the time of comparisons.
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
            // `JSON_UNESCAPED_UNICODE` still escapes JavaScript's line terminators.
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
    let mut rest = text;
    // Search by byte, because most characters are plain ASCII.
    while let Some(at) = rest.bytes().position(|byte| !encoding.is_plain_ascii(byte)) {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        let mut characters = special.chars();
        match characters.next() {
            Some(character) if encoding.is_plain(character) => out.push(character),
            Some(character) => write_escape(out, character),
            None => {}
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
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

/// A value that cannot be sent, with its path in the body.
///
/// The path is built from the inside out, by the writer of this library and by the bindings when
/// they convert values.
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
    /// An error about the value itself, with an empty path.
    pub fn new(reason: Reason) -> Self {
        Self {
            reason,
            path: String::new(),
        }
    }

    /// Puts `key` in front of the path: the value is in an object under this key.
    #[must_use]
    pub fn within_key(mut self, key: &str) -> Self {
        let separator = if self.path.is_empty() || self.path.starts_with('[') {
            ""
        } else {
            "."
        };
        // A key can be as long as a body, which is too long for a message.
        let key: String = key.chars().take(64).collect();
        self.path = format!("{key}{separator}{}", self.path);
        self
    }

    /// Puts `[index]` in front of the path: the value is in a list at this index.
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
        let name = if path.is_empty() {
            "the body"
        } else {
            path.as_str()
        };
        let message = format!("{name}: {}", reason.advice());
        Self::invalid_argument(path, reason.as_str(), message)
    }
}

/// Why a value cannot be sent.
///
/// ```
/// assert_eq!(alikassa::Reason::DuplicateKey.as_str(), "duplicate_key");
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// An object has a duplicate key.
    DuplicateKey,
    /// A binary float, or a JSON number that is `-0` or has a fraction or exponent.
    Float,
    /// An unpaired surrogate.
    LoneSurrogate,
    /// The body is not an object.
    NotAnObject,
    /// An integer that does not fit in 64 bits.
    OutOfRange,
    /// Text that is not JSON.
    Syntax,
    /// Nested deeper than 64 levels.
    TooDeep,
    /// Longer than 64 KiB.
    TooLarge,
    /// A type that a body cannot contain.
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
            Self::LoneSurrogate => "the string has an unpaired surrogate; pass valid Unicode",
            Self::NotAnObject => "pass a plain object, map or dict of fields",
            Self::OutOfRange => "the integer does not fit in 64 bits; pass it as a string",
            Self::Syntax => "invalid JSON",
            Self::TooDeep => "nested deeper than 64 levels",
            Self::TooLarge => "longer than 64 KiB",
            Self::Type => "pass a string, boolean, integer, decimal, list, plain object or null",
        }
    }
}
