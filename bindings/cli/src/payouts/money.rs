//! Amounts whose sum is exact.

use std::fmt;
use std::ops::AddAssign;
use std::str::FromStr;

use alikassa::{PayoutRequest, Value};

/// An amount in hundredths. The amounts of a payout have at most 18 digits before them.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Cents(u128);

/// Reads what the library accepts as the amount of a payout.
impl FromStr for Cents {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let invalid = || "this is not an amount".to_owned();
        let mut fields = PayoutRequest::FIELDS.iter();
        let field = fields.find(|field| field.name == "amount");
        let checked = field.ok_or_else(invalid)?.check(Value::from(text));
        let checked = checked.map_err(|error| error.message().to_owned())?;
        let text = checked.as_str().unwrap_or_default();
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = format!("{whole}{fraction:0<2}");
        digits.parse().map(Self).map_err(|_| invalid())
    }
}

impl AddAssign for Cents {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}
