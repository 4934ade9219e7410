//! Reads the fields of a response.

use crate::types::amount::Amount;
use crate::types::status::PaymentStatus;
use crate::types::value::Value;

/// Reads one field out of a response. The error says what was expected.
pub(crate) trait ReadField: Sized {
    fn read(value: &Value) -> Result<Option<Self>, &'static str>;
}

impl ReadField for Amount {
    fn read(value: &Value) -> Result<Option<Self>, &'static str> {
        let amount = match value {
            Value::Null => return Ok(None),
            Value::Text(text) if text.is_empty() => return Ok(None),
            Value::Text(text) | Value::Decimal(text) => text.parse(),
            Value::Integer(integer) => integer.to_string().parse(),
            _ => return Err("an amount"),
        };
        amount.map(Some).map_err(|_| "an amount")
    }
}

impl ReadField for String {
    fn read(value: &Value) -> Result<Option<Self>, &'static str> {
        match value {
            Value::Null => Ok(None),
            Value::Text(text) => Ok(Some(text.clone())),
            Value::Integer(integer) => Ok(Some(integer.to_string())),
            Value::Decimal(digits) => Ok(Some(digits.clone())),
            _ => Err("a text"),
        }
    }
}

impl ReadField for PaymentStatus {
    fn read(value: &Value) -> Result<Option<Self>, &'static str> {
        match value {
            Value::Null => Ok(None),
            Value::Text(text) if !text.is_empty() => Ok(Some(text.clone().into())),
            _ => Err("a status"),
        }
    }
}

impl ReadField for i64 {
    fn read(value: &Value) -> Result<Option<Self>, &'static str> {
        match value {
            Value::Null => Ok(None),
            Value::Integer(integer) => Ok(Some(*integer)),
            Value::Text(text) if text.is_empty() => Ok(None),
            Value::Text(text) => text.parse().map(Some).map_err(|_| "an integer"),
            _ => Err("an integer"),
        }
    }
}

impl<T: ReadField> ReadField for Vec<T> {
    fn read(value: &Value) -> Result<Option<Self>, &'static str> {
        let items = match value {
            Value::Null => return Ok(None),
            Value::List(items) => items,
            _ => return Err("a list"),
        };
        let items = items
            .iter()
            .map(|item| T::read(item)?.ok_or("a list without null"));
        items.collect::<Result<_, _>>().map(Some)
    }
}

/// The provider's samples show JSON booleans; its notifications show them as text and digits.
impl ReadField for bool {
    fn read(value: &Value) -> Result<Option<Self>, &'static str> {
        match value {
            Value::Null => Ok(None),
            Value::Bool(bool) => Ok(Some(*bool)),
            Value::Integer(1) => Ok(Some(true)),
            Value::Integer(0) => Ok(Some(false)),
            Value::Text(text) => match text.as_str() {
                "true" | "1" => Ok(Some(true)),
                "false" | "0" => Ok(Some(false)),
                "" => Ok(None),
                _ => Err("a boolean"),
            },
            _ => Err("a boolean"),
        }
    }
}

/// Takes the first of `names` that is present out of the response.
pub(crate) fn take<T: ReadField>(
    members: &mut Vec<(String, Value)>,
    names: &[&'static str],
) -> crate::Result<Option<T>> {
    let mut taken = None;
    for name in names {
        let Some(place) = members.iter().position(|(key, _)| key == name) else {
            continue;
        };
        let (_, value) = members.remove(place);
        let read = T::read(&value).map_err(|expected| {
            crate::Error::protocol(format!("the response's field {name} is not {expected}"))
        })?;
        taken = taken.or(read);
    }
    Ok(taken)
}

pub(crate) fn require<T>(taken: Option<T>, name: &str) -> crate::Result<T> {
    taken.ok_or_else(|| crate::Error::protocol(format!("the response has no {name}")))
}
