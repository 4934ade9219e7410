//! Reads what `node/src/codec.js` writes: a value that crossed as one text.

use alikassa::{Error, InvalidValue, Reason, Value};
use napi::bindgen_prelude::{FromNapiValue, Unknown, Utf16String};

use crate::error::Failure;

/// The value on a tape.
pub(crate) fn read(tape: Unknown<'_>) -> Result<Value, Failure> {
    read_order(tape, &mut None)
}

/// The value on a tape; its `order_id`, if it is a text, goes where it can be named even when the value is refused.
pub(crate) fn read_order(
    tape: Unknown<'_>,
    order_id: &mut Option<String>,
) -> Result<Value, Failure> {
    let units = Utf16String::from_unknown(tape)?;
    let value = Tape(&units).value();
    *order_id = match &value {
        Ok(value) => value
            .get("order_id")
            .and_then(Value::as_str)
            .map(str::to_owned),
        Err(_) => Tape(&units).first_order_id(),
    };
    value
}

/// What is left of the text, in UTF-16 units: that is what JavaScript counts in.
struct Tape<'t>(&'t [u16]);

impl Tape<'_> {
    fn value(&mut self) -> Result<Value, Failure> {
        let mark = self.mark();
        self.marked(mark)
    }

    fn marked(&mut self, mark: Option<u8>) -> Result<Value, Failure> {
        match mark {
            Some(b'n') => Ok(Value::Null),
            Some(b't') => Ok(Value::Bool(true)),
            Some(b'f') => Ok(Value::Bool(false)),
            Some(b'i') => Ok(Value::Integer(self.integer()?)),
            Some(b's') => Ok(Value::Text(self.text()?)),
            Some(b'l') => self.list(),
            Some(b'm') => self.map(),
            Some(b'!') => Err(self.refusal()?),
            _ => Err(unreadable()),
        }
    }

    fn list(&mut self) -> Result<Value, Failure> {
        let mut items = Vec::new();
        loop {
            let mark = self.mark();
            if mark == Some(b'e') {
                return Ok(Value::List(items));
            }
            let item = self.marked(mark);
            items.push(item.map_err(|failure| failure.within_index(items.len()))?);
        }
    }

    fn map(&mut self) -> Result<Value, Failure> {
        let mut members = Vec::new();
        loop {
            let key = match self.mark() {
                Some(b'e') => return Ok(Value::Map(members)),
                Some(b's') => self.text()?,
                Some(b'!') => return Err(self.refusal()?),
                _ => return Err(unreadable()),
            };
            match self.value() {
                Ok(value) => members.push((key, value)),
                Err(failure) => return Err(failure.within_key(&key)),
            }
        }
    }

    fn integer(&mut self) -> Result<i64, Failure> {
        let digits = String::from_utf16_lossy(self.until_semicolon()?);
        digits.parse().map_err(|_| unreadable())
    }

    fn text(&mut self) -> Result<String, Failure> {
        let digits = self.until_semicolon()?.iter();
        let length = digits.fold(0_usize, |length, digit| {
            let digit = digit.wrapping_sub(u16::from(b'0'));
            length.saturating_mul(10).saturating_add(digit.into())
        });
        let (text, rest) = self.0.split_at_checked(length).ok_or_else(unreadable)?;
        self.0 = rest;
        decoded(text)
    }

    fn refusal(&mut self) -> Result<Failure, Failure> {
        let reason = match String::from_utf16_lossy(self.until_semicolon()?).as_str() {
            "float" => Reason::Float,
            "lone_surrogate" => Reason::LoneSurrogate,
            "not_an_object" => Reason::NotAnObject,
            "out_of_range" => Reason::OutOfRange,
            "too_deep" => Reason::TooDeep,
            // Of the body as a whole, and not of what it holds here.
            "too_large" => return Ok(Error::from(InvalidValue::new(Reason::TooLarge)).into()),
            "type" => Reason::Type,
            _ => return Err(unreadable()),
        };
        Ok(InvalidValue::new(reason).into())
    }

    /// The `order_id` that a refused map begins with.
    fn first_order_id(&mut self) -> Option<String> {
        let begins = self.mark() == Some(b'm')
            && self.mark() == Some(b's')
            && self.text().ok()? == "order_id"
            && self.mark() == Some(b's');
        begins.then(|| self.text().ok())?
    }

    fn mark(&mut self) -> Option<u8> {
        let (mark, rest) = self.0.split_first()?;
        self.0 = rest;
        u8::try_from(*mark).ok()
    }

    fn until_semicolon(&mut self) -> Result<&[u16], Failure> {
        let mut parts = self.0.splitn(2, |unit| *unit == u16::from(b';'));
        match (parts.next(), parts.next()) {
            (Some(before), Some(rest)) => {
                self.0 = rest;
                Ok(before)
            }
            _ => Err(unreadable()),
        }
    }
}

/// A text that is ASCII, as most are, takes a third of the time in this way.
fn decoded(text: &[u16]) -> Result<String, Failure> {
    let ascii = text.iter().all(|unit| *unit < 0x80);
    let decoded = if ascii {
        String::from_utf8(text.iter().copied().map(low_byte).collect()).ok()
    } else {
        String::from_utf16(text).ok()
    };
    decoded.ok_or_else(unreadable)
}

fn low_byte(unit: u16) -> u8 {
    let [low, _] = unit.to_le_bytes();
    low
}

fn unreadable() -> Failure {
    Error::internal("a tape that cannot be read").into()
}
