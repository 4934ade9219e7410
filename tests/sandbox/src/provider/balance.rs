//! The account's balance.

use serde::Serialize;

use crate::money::{Money, decimals};

/// The account's balance in the format of the response.
#[derive(Clone, Serialize)]
#[expect(clippy::struct_field_names, reason = "the provider's names")]
pub(crate) struct Balance {
    currency: &'static str,
    #[serde(serialize_with = "decimals::<8, _, _>")]
    balance: Money,
    #[serde(serialize_with = "decimals::<8, _, _>")]
    hold: Money,
    #[serde(serialize_with = "decimals::<8, _, _>")]
    rolling_reserve: Money,
    #[serde(serialize_with = "decimals::<8, _, _>")]
    pending_payouts: Money,
}

pub(super) const CURRENCY: &str = "RUB";

impl Balance {
    /// The balance of the documents' example, or the given one.
    pub(super) fn documented(balance: Option<Money>) -> Self {
        Self {
            currency: CURRENCY,
            balance: balance.unwrap_or(Money::hundredths(9_384)),
            hold: Money::ZERO,
            rolling_reserve: Money::ZERO,
            pending_payouts: Money::whole(1234),
        }
    }

    pub(crate) fn set(&mut self, balance: Money) {
        self.balance = balance;
    }

    pub(super) fn available(&self) -> Money {
        self.balance
    }

    /// Reserves an amount for a payout. Returns the balance before, or none if it is insufficient.
    pub(super) fn reserve(&mut self, amount: Money) -> Option<Money> {
        let before = self.balance;
        if before < amount {
            return None;
        }
        self.balance -= amount;
        self.pending_payouts += amount;
        Some(before)
    }

    /// Ends a reservation: `paid` is spent, and the rest returns to the balance.
    pub(super) fn release(&mut self, amount: Money, paid: Money) {
        self.pending_payouts -= amount;
        self.balance += amount - paid;
    }

    pub(super) fn credit(&mut self, available: Money, held: Money) {
        self.balance += available;
        self.hold += held;
    }
}
