//! The limits of a day, and what of it is used.

use super::zone::Zone;
use crate::error::{Error, Result};
use crate::types::amount::Amount;
use crate::types::language;

/// The decimals of a sum. An amount that is sent has two; others are rounded up.
const DECIMALS: usize = 8;

/// What the creates of one operation and account may come to on a day.
#[derive(Clone, Debug)]
pub(crate) struct DayLimit {
    pub(crate) max_amount: Option<Amount>,
    pub(crate) max_count: Option<i64>,
    pub(crate) zone: Zone,
}

/// The attempts that count on a day.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Used {
    pub(super) count: i64,
    /// The sum of their amounts, exact.
    pub(super) sum: i128,
}

impl DayLimit {
    /// Refuses another create with this amount, if it is one too many.
    pub(super) fn check(&self, used: Used, amount: Option<&Amount>) -> Result<()> {
        if let Some(max) = self.max_count
            && used.count >= max
        {
            let name = language::option("max_count_per_day");
            let message = format!(
                "{name}: the day has {} creates, and its limit is {max}",
                used.count
            );
            return Err(Error::guard("max_count_per_day", message));
        }
        if let Some(max) = &self.max_amount
            && used.sum.saturating_add(units(amount)) > units(Some(max))
        {
            let name = language::option("max_per_day");
            let message = format!(
                "{name}: the day has creates of {} already, and this one would exceed its limit of {max}",
                plain(used.sum)
            );
            return Err(Error::guard("max_per_day", message));
        }
        Ok(())
    }
}

impl Used {
    /// Adds attempts: their number can be negative.
    pub(super) fn add(&mut self, attempts: i64, amount: Option<&Amount>) {
        self.count = self.count.saturating_add(attempts);
        let sum = units(amount).saturating_mul(i128::from(attempts));
        self.sum = self.sum.saturating_add(sum);
    }

    /// As a database returns them.
    #[cfg(feature = "postgresql")]
    pub(super) fn read(count: &str, sum: &str) -> Option<Self> {
        let sum: Amount = sum.parse().ok()?;
        Some(Self {
            count: count.parse().ok()?,
            sum: units(Some(&sum)),
        })
    }
}

/// The amount as an integer; 0 if it is negative or missing. An amount that is too large for any sum
/// is the largest integer.
fn units(amount: Option<&Amount>) -> i128 {
    let text = amount.map_or("0", Amount::as_str);
    if text.starts_with('-') {
        return 0;
    }
    let (integer, fraction) = text.split_once('.').unwrap_or((text, ""));
    let (kept, rest) = fraction
        .split_at_checked(DECIMALS)
        .unwrap_or((fraction, ""));
    let digits = format!("{integer}{kept:0<DECIMALS$}");
    let rounded_up = rest.bytes().any(|digit| digit != b'0');
    digits
        .parse()
        .unwrap_or(i128::MAX)
        .saturating_add(i128::from(rounded_up))
}

/// A sum with two decimals, or more if it has them.
fn plain(sum: i128) -> String {
    let digits = format!("{sum:0>width$}", width = DECIMALS + 1);
    let (integer, fraction) = digits.split_at(digits.len() - DECIMALS);
    let fraction = fraction.trim_end_matches('0');
    format!("{integer}.{fraction:0<2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(amounts: &[&str]) -> Used {
        let mut used = Used::default();
        for amount in amounts {
            used.add(1, Some(&amount.parse().unwrap()));
        }
        used
    }

    #[test]
    fn sums_are_exact() {
        let mut ten = used(&["0.10"; 3]);
        assert_eq!((ten.count, plain(ten.sum)), (3, "0.30".to_owned()));
        ten.add(-1, Some(&"0.1".parse().unwrap()));
        assert_eq!(ten, used(&["0.2", "0"]));
        assert_eq!(
            plain(used(&["999999999999999999.99"; 2]).sum),
            "1999999999999999999.98"
        );
        assert_eq!(plain(used(&["0.005", "0.000000001"]).sum), "0.00500001");
        assert_eq!(plain(used(&["-5", "1"]).sum), "1.00");
        let huge = used(&["1e40", "1"]);
        assert_eq!(huge.sum, i128::MAX);
    }

    #[test]
    fn the_last_rouble_passes_and_no_kopeck_more() {
        let limit = DayLimit {
            max_amount: Some("10".parse().unwrap()),
            max_count: Some(3),
            zone: Zone::named("UTC", "zone").unwrap(),
        };
        let one = Some("1.00".parse().unwrap());
        limit.check(used(&["9", "0"]), one.as_ref()).unwrap();
        let error = limit.check(used(&["9.01"]), one.as_ref()).unwrap_err();
        assert_eq!(error.reason(), Some("max_per_day"));
        assert!(error.message().contains("9.01"), "{error}");
        let error = limit.check(used(&["0"; 3]), one.as_ref()).unwrap_err();
        assert_eq!(error.reason(), Some("max_count_per_day"));
    }
}
