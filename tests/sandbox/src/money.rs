//! Amounts, exact.

use std::fmt;
use std::ops::{Add, AddAssign, Sub, SubAssign};
use std::str::FromStr;

use serde::{Deserialize, Serializer};

const DECIMALS: usize = 8;
const UNIT: u128 = 10_u128.pow(8);
/// As many as the longest amount of a payout has.
const INTEGERS: usize = 18;

/// An amount that is not negative, in hundred-millionths, the finest the provider's balances show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Money(u128);

/// A text that is no amount: digits, or digits, a point and one to eight digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMoney;

impl Money {
    pub(crate) const ZERO: Self = Self(0);

    pub(crate) const fn whole(count: u128) -> Self {
        Self(count * UNIT)
    }

    pub(crate) const fn hundredths(count: u128) -> Self {
        Self(count * (UNIT / 100))
    }

    /// Reads plain decimal notation with no more digits than these before and after the point.
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

    /// Decimal notation with at least so many decimals, and more only if they are not zero.
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

/// Writes an amount, or null, with at least `N` decimals: the provider's fields differ in that.
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
    type Err = NoMoney;

    fn from_str(text: &str) -> Result<Self, NoMoney> {
        Self::parse(text, INTEGERS, DECIMALS).ok_or(NoMoney)
    }
}

impl TryFrom<String> for Money {
    type Error = NoMoney;

    fn try_from(text: String) -> Result<Self, NoMoney> {
        text.parse()
    }
}

impl fmt::Display for NoMoney {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an amount is a text such as \"100.00\", with at most 8 decimals")
    }
}

impl std::error::Error for NoMoney {}

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
