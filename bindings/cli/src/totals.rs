//! Counting orders and adding their amounts.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use crate::payouts::money::Cents;

/// The number and the sum of some orders.
#[derive(Clone, Copy, Default)]
pub(crate) struct Total {
    pub(crate) count: usize,
    pub(crate) sum: Cents,
}

impl AddAssign for Total {
    fn add_assign(&mut self, other: Self) {
        self.count += other.count;
        self.sum += other.sum;
    }
}

/// The totals by status or state.
#[derive(Default)]
pub(crate) struct Totals(BTreeMap<String, Total>);

impl Totals {
    pub(crate) fn add(&mut self, name: &str, amount: Cents) {
        *self.0.entry(name.to_owned()).or_default() += Total {
            count: 1,
            sum: amount,
        };
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, Total)> {
        self.0.iter().map(|(name, total)| (name.as_str(), *total))
    }
}
