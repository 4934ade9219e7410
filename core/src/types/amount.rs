//! Exact decimal amounts: the digits as they came, never a binary float.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use crate::types::value::Value;

/// The most digits an exponent may stand for; beyond it a number is no amount of money.
const MAX_EXPONENT: u32 = 64;

/// An exact decimal amount with the digits the provider sent.
///
/// Amounts compare as numbers; [`as_str`](Amount::as_str) gives the digits.
///
/// ```
/// let balance: alikassa::Amount = "93.84000000".parse().unwrap();
/// assert_eq!(balance, "93.84".parse().unwrap());
/// assert_eq!(balance.as_str(), "93.84000000");
/// assert!("93,84".parse::<alikassa::Amount>().is_err());
/// ```
#[derive(Clone)]
pub struct Amount(String);

impl Amount {
    /// The digits in plain notation, trailing zeros kept: `"93.84000000"`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The amount in a create's body, when it is one.
    pub(crate) fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Text(text) | Value::Decimal(text) => text.parse().ok(),
            Value::Integer(integer) => integer.to_string().parse().ok(),
            _ => None,
        }
    }

    /// Sign, integer digits without leading zeros, fraction digits without trailing zeros.
    fn parts(&self) -> (bool, &str, &str) {
        let (negative, digits) = match self.0.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, self.0.as_str()),
        };
        let (integer, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let (integer, fraction) = (
            integer.trim_start_matches('0'),
            fraction.trim_end_matches('0'),
        );
        (
            negative && !(integer.is_empty() && fraction.is_empty()),
            integer,
            fraction,
        )
    }
}

/// Reads `-?digits[.digits][e±digits]`; an exponent is written out.
impl FromStr for Amount {
    type Err = ParseAmountError;

    fn from_str(text: &str) -> Result<Self, ParseAmountError> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => {
                (mantissa, exponent.parse().map_err(|_| ParseAmountError)?)
            }
            None => (text, 0),
        };
        let (sign, digits) = match mantissa.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", mantissa),
        };
        let (integer, fraction) = match digits.split_once('.') {
            Some((integer, fraction)) if !fraction.is_empty() => (integer, fraction),
            Some(_) => return Err(ParseAmountError),
            None => (digits, ""),
        };
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if integer.is_empty() || !all_digits(integer) || !all_digits(fraction) {
            return Err(ParseAmountError);
        }
        if exponent == 0 {
            return Ok(Self(mantissa.to_owned()));
        }
        shift_point(sign, integer, fraction, exponent).map(Self)
    }
}

fn shift_point(
    sign: &str,
    integer: &str,
    fraction: &str,
    by: i32,
) -> Result<String, ParseAmountError> {
    if by.unsigned_abs() > MAX_EXPONENT {
        return Err(ParseAmountError);
    }
    let width = by.unsigned_abs() as usize;
    let (integer, fraction) = if by > 0 {
        let digits = format!("{integer}{fraction:0<width$}");
        let (integer, fraction) = digits.split_at(integer.len() + width);
        (integer.to_owned(), fraction.to_owned())
    } else {
        let digits = format!("{:0>filled$}{fraction}", integer, filled = width + 1);
        let (integer, fraction) = digits.split_at(digits.len() - fraction.len() - width);
        (integer.to_owned(), fraction.to_owned())
    };
    let point = if fraction.is_empty() { "" } else { "." };
    Ok(format!("{sign}{integer}{point}{fraction}"))
}

impl Ord for Amount {
    fn cmp(&self, other: &Self) -> Ordering {
        let ((negative, integer, fraction), (other_negative, other_integer, other_fraction)) =
            (self.parts(), other.parts());
        let magnitude = integer
            .len()
            .cmp(&other_integer.len())
            .then_with(|| integer.cmp(other_integer))
            .then_with(|| fraction.cmp(other_fraction));
        match (negative, other_negative) {
            (false, false) => magnitude,
            (true, true) => magnitude.reverse(),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Amount {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Amount {
    fn eq(&self, other: &Self) -> bool {
        self.parts() == other.parts()
    }
}

impl Eq for Amount {}

impl Hash for Amount {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parts().hash(state);
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is no decimal amount.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ParseAmountError;

impl fmt::Display for ParseAmountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a decimal amount such as \"500.00\"")
    }
}

impl std::error::Error for ParseAmountError {}

/// With the feature `rust_decimal`. An amount of more than 28 decimals, or one too large for 96
/// bits, is an error.
///
/// ```
/// use rust_decimal::Decimal;
/// let amount: alikassa::Amount = "93.84000000".parse().unwrap();
/// assert_eq!(Decimal::try_from(&amount).unwrap(), Decimal::new(9384, 2));
/// ```
#[cfg(feature = "rust_decimal")]
impl TryFrom<&Amount> for rust_decimal::Decimal {
    type Error = rust_decimal::Error;

    fn try_from(amount: &Amount) -> Result<Self, Self::Error> {
        Self::from_str_exact(amount.as_str())
    }
}

/// With the feature `rust_decimal`.
///
/// ```
/// let amount = alikassa::Amount::from(rust_decimal::Decimal::new(9384, 2));
/// assert_eq!(amount.as_str(), "93.84");
/// ```
#[cfg(feature = "rust_decimal")]
impl From<rust_decimal::Decimal> for Amount {
    fn from(decimal: rust_decimal::Decimal) -> Self {
        Self(decimal.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Amount {
        text.parse().unwrap()
    }

    #[test]
    fn keeps_the_digits_and_compares_as_numbers() {
        assert_eq!(amount("10.000000000").to_string(), "10.000000000");
        assert_eq!(amount("10.000000000"), amount("10"));
        assert_eq!(amount("-0.00"), amount("0"));
        assert!(amount("9.99") < amount("10"));
        assert!(amount("-10") < amount("-9.99"));
        assert!(amount("1.09") < amount("1.1"));
        assert_ne!(amount("1.01"), amount("1.1"));
    }

    #[test]
    fn expands_exponents() {
        for (text, plain) in [
            ("1.5e3", "1500"),
            ("1.0e+25", "10000000000000000000000000"),
            ("12.345E1", "123.45"),
            ("12e-3", "0.012"),
            ("-1234.5e-2", "-12.345"),
        ] {
            assert_eq!(amount(text).as_str(), plain, "{text}");
        }
    }

    #[test]
    fn rejects_invalid_amounts() {
        for text in [
            "",
            "-",
            ".5",
            "5.",
            "1,5",
            " 1",
            "1e",
            "1e65",
            "1e-65",
            "1e-2147483648",
            "1e999999999999",
            "NaN",
            "+1",
            "0x1",
        ] {
            assert!(text.parse::<Amount>().is_err(), "{text}");
        }
    }

    #[cfg(feature = "rust_decimal")]
    #[test]
    fn converts_to_and_from_rust_decimal_without_losing_a_digit() {
        use rust_decimal::Decimal;

        for text in ["0", "-0.01", "93.84000000", "79228162514264337593543950335"] {
            let decimal = Decimal::try_from(&amount(text)).unwrap();
            assert_eq!(Amount::from(decimal).as_str(), text);
        }
        for text in [
            "79228162514264337593543950336",
            "0.00000000000000000000000000001",
        ] {
            assert!(Decimal::try_from(&amount(text)).is_err(), "{text}");
        }
    }
}
