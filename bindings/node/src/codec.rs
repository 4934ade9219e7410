//! Decodes a value that `node/src/codec.js` encoded: a whole value crosses as one string.

use alikassa::{Error, InvalidValue, Reason, Value};
use napi::bindgen_prelude::{FromNapiValue, Unknown, Utf16String};

use crate::error::Failure;

/// The value that was encoded.
pub(crate) fn decode(encoded: Unknown<'_>) -> Result<Value, Failure> {
    decode_request(encoded, &mut None)
}

/// The value that was encoded. Its `order_id`, if it is a string, goes to `order_id` even when the
/// value is refused, so that the error can name it.
pub(crate) fn decode_request(
    encoded: Unknown<'_>,
    order_id: &mut Option<String>,
) -> Result<Value, Failure> {
    let units = Utf16String::from_unknown(encoded)?;
    let value = Decoder(&units).value();
    *order_id = match &value {
        Ok(value) => value
            .get("order_id")
            .and_then(Value::as_str)
            .map(str::to_owned),
        Err(_) => Decoder(&units).order_id_prefix(),
    };
    value
}

/// The rest of the string, in UTF-16 units: JavaScript counts in these.
struct Decoder<'t>(&'t [u16]);

impl Decoder<'_> {
    fn value(&mut self) -> Result<Value, Failure> {
        let tag = self.tag();
        self.tagged(tag)
    }

    fn tagged(&mut self, tag: Option<u8>) -> Result<Value, Failure> {
        match tag {
            Some(b'n') => Ok(Value::Null),
            Some(b't') => Ok(Value::Bool(true)),
            Some(b'f') => Ok(Value::Bool(false)),
            Some(b'i') => Ok(Value::Integer(self.integer()?)),
            Some(b's') => Ok(Value::Text(self.text()?)),
            Some(b'l') => self.list(),
            Some(b'm') => self.map(),
            Some(b'!') => Err(self.invalid()?),
            _ => Err(malformed()),
        }
    }

    fn list(&mut self) -> Result<Value, Failure> {
        let mut items = Vec::new();
        loop {
            let tag = self.tag();
            if tag == Some(b'e') {
                return Ok(Value::List(items));
            }
            let item = self.tagged(tag);
            items.push(item.map_err(|failure| failure.within_index(items.len()))?);
        }
    }

    fn map(&mut self) -> Result<Value, Failure> {
        let mut members = Vec::new();
        loop {
            let key = match self.tag() {
                Some(b'e') => return Ok(Value::Map(members)),
                Some(b's') => self.text()?,
                Some(b'!') => return Err(self.invalid()?),
                _ => return Err(malformed()),
            };
            match self.value() {
                Ok(value) => members.push((key, value)),
                Err(failure) => return Err(failure.within_key(&key)),
            }
        }
    }

    fn integer(&mut self) -> Result<i64, Failure> {
        let digits = String::from_utf16_lossy(self.until_semicolon()?);
        digits.parse().map_err(|_| malformed())
    }

    fn text(&mut self) -> Result<String, Failure> {
        let digits = self.until_semicolon()?.iter();
        let length = digits.fold(0_usize, |length, digit| {
            let digit = digit.wrapping_sub(u16::from(b'0'));
            length.saturating_mul(10).saturating_add(digit.into())
        });
        let (text, rest) = self.0.split_at_checked(length).ok_or_else(malformed)?;
        self.0 = rest;
        utf8(text)
    }

    fn invalid(&mut self) -> Result<Failure, Failure> {
        let reason = match String::from_utf16_lossy(self.until_semicolon()?).as_str() {
            "float" => Reason::Float,
            "lone_surrogate" => Reason::LoneSurrogate,
            "not_an_object" => Reason::NotAnObject,
            "out_of_range" => Reason::OutOfRange,
            "too_deep" => Reason::TooDeep,
            // The whole body is too large, so the error names no field.
            "too_large" => return Ok(Error::from(InvalidValue::new(Reason::TooLarge)).into()),
            "type" => Reason::Type,
            _ => return Err(malformed()),
        };
        Ok(InvalidValue::new(reason).into())
    }

    /// The `order_id` that a refused map begins with.
    fn order_id_prefix(&mut self) -> Option<String> {
        let is_prefix = self.tag() == Some(b'm')
            && self.tag() == Some(b's')
            && self.text().ok()? == "order_id"
            && self.tag() == Some(b's');
        is_prefix.then(|| self.text().ok())?
    }

    fn tag(&mut self) -> Option<u8> {
        let (tag, rest) = self.0.split_first()?;
        self.0 = rest;
        u8::try_from(*tag).ok()
    }

    fn until_semicolon(&mut self) -> Result<&[u16], Failure> {
        let mut parts = self.0.splitn(2, |unit| *unit == u16::from(b';'));
        match (parts.next(), parts.next()) {
            (Some(before), Some(rest)) => {
                self.0 = rest;
                Ok(before)
            }
            _ => Err(malformed()),
        }
    }
}

/// ASCII, which most texts are, takes a third of the time in its own branch.
fn utf8(text: &[u16]) -> Result<String, Failure> {
    let is_ascii = text.iter().all(|unit| *unit < 0x80);
    let decoded = if is_ascii {
        String::from_utf8(text.iter().copied().map(low_byte).collect()).ok()
    } else {
        String::from_utf16(text).ok()
    };
    decoded.ok_or_else(malformed)
}

fn low_byte(unit: u16) -> u8 {
    let [low, _] = unit.to_le_bytes();
    low
}

fn malformed() -> Failure {
    Error::internal("a malformed encoded value").into()
}
