//! Exact amounts.

use std::fmt;
use std::ops::{Add, AddAssign, Sub, SubAssign};
use std::str::FromStr;

use serde::{Deserialize, Serializer};

const DECIMALS: usize = 8;
const UNIT: u128 = 10_u128.pow(8);
/// The number of integer digits of the largest payout.
const INTEGERS: usize = 18;

/// A non-negative amount in units of 10⁻⁸, the precision of the provider's balances.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Money(u128);

/// The error for text that is not an amount: digits, optionally a point and one to eight digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseMoneyError;

impl Money {
    pub(crate) const ZERO: Self = Self(0);

    pub(crate) const fn whole(count: u128) -> Self {
        Self(count * UNIT)
    }

    pub(crate) const fn hundredths(count: u128) -> Self {
        Self(count * (UNIT / 100))
    }

    /// Parses plain decimal notation with at most this many digits before and after the point.
    pub(crate) fn parse(text: &str, integers: usize, decimals: usize) -> Option<Self> {
        let (whole, fraction) = match text.split_once('.') {
            Some((whole, fraction)) => (digits(whole, integers)?, digits(fraction, decimals)?),
            None => (digits(text, integers)?, ""),
        };
        format!("{whole}{fraction:0<DECIMALS$}")
            .parse()
            .ok()
            .map(Self)
    }

    /// A tenth, rounded down.
    pub(crate) fn tenth(self) -> Self {
        Self(self.0 / 10)
    }

    /// Decimal notation with at least `least` decimals, and more only if they are not zero.
    fn with_decimals(self, least: usize) -> String {
        let [whole, fraction] = [self.0 / UNIT, self.0 % UNIT];
        let digits = format!("{fraction:0DECIMALS$}");
        let fraction = format!("{:0<least$}", digits.trim_end_matches('0'));
        if fraction.is_empty() {
            whole.to_string()
        } else {
            format!("{whole}.{fraction}")
        }
    }
}

fn digits(text: &str, limit: usize) -> Option<&str> {
    let fits = (1..=limit).contains(&text.len());
    (fits && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

/// Serializes an amount, or null, with at least `N` decimals, which differ between fields.
pub(crate) fn decimals<const N: usize, T, S>(amount: &T, serializer: S) -> Result<S::Ok, S::Error>
where
    T: Copy + Into<Option<Money>>,
    S: Serializer,
{
    match (*amount).into() {
        Some(amount) => serializer.serialize_str(&amount.with_decimals(N)),
        None => serializer.serialize_none(),
    }
}

impl fmt::Display for Money {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.with_decimals(2))
    }
}

impl FromStr for Money {
    type Err = ParseMoneyError;

    fn from_str(text: &str) -> Result<Self, ParseMoneyError> {
        Self::parse(text, INTEGERS, DECIMALS).ok_or(ParseMoneyError)
    }
}

impl TryFrom<String> for Money {
    type Error = ParseMoneyError;

    fn try_from(text: String) -> Result<Self, ParseMoneyError> {
        text.parse()
    }
}

impl fmt::Display for ParseMoneyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an amount must be text such as \"100.00\", with at most 8 decimals")
    }
}

impl std::error::Error for ParseMoneyError {}

impl Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Money {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Money {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}
