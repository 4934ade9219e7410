//! Checks the value of a field of a request.

use std::net::IpAddr;

use crate::types::request_type::Rule;
use crate::types::value::Value;

/// The longest URL. Source: the payment and payout creation pages.
const MAX_URL: usize = 255;

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
