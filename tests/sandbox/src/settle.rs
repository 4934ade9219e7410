//! Sets the final status of a payment or payout.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::fields::{OrderRef, text_or_number};
use crate::money::Money;
use crate::provider::LookupError;

/// The status of a payment or payout. All but `wait` are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the provider's terms")]
pub enum Status {
    Wait,
    Paid,
    Cancel,
    Fail,
}

/// Whether an order is a payment or a payout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the provider's terms")]
pub enum Kind {
    Payment,
    Payout,
}

/// Selects a payment or payout, and its new status.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settle {
    #[serde(default, deserialize_with = "text_or_number")]
    id: Option<String>,
    order_id: Option<String>,
    pub(crate) kind: Option<Kind>,
    status: Status,
    payment_amount: Option<Money>,
    hold_amount: Option<Money>,
}

/// The new status of an order, with its amounts.
pub(crate) struct Outcome {
    pub(crate) status: Status,
    pub(crate) payment_amount: Option<Money>,
    pub(crate) hold_amount: Option<Money>,
}

/// Why no status was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettleError {
    /// No order has that `id` and `order_id`.
    NotFound,
    /// Both a payment and a payout match.
    Ambiguous,
    /// The status is already final.
    AlreadyFinal,
    /// Neither `id` nor `order_id` is set, or an amount is invalid.
    Invalid(&'static str),
}

impl Settle {
    /// For the order with this `order_id`, or the latest of several.
    pub fn order_id(order_id: impl Into<String>, status: Status) -> Self {
        Self {
            order_id: Some(order_id.into()),
            ..Self::empty(status)
        }
    }

    /// For the order with this `id`.
    pub fn id(id: u64, status: Status) -> Self {
        Self {
            id: Some(id.to_string()),
            ..Self::empty(status)
        }
    }

    /// Selects only payments or only payouts.
    #[must_use]
    pub fn kind(self, kind: Kind) -> Self {
        Self {
            kind: Some(kind),
            ..self
        }
    }

    /// The amount that was paid, if it differs from the requested amount.
    #[must_use]
    pub fn payment_amount(self, amount: Money) -> Self {
        Self {
            payment_amount: Some(amount),
            ..self
        }
    }

    /// The part of the credited amount that goes to the hold instead of the balance.
    #[must_use]
    pub fn hold_amount(self, amount: Money) -> Self {
        Self {
            hold_amount: Some(amount),
            ..self
        }
    }

    pub(crate) fn order_ref(&self) -> OrderRef {
        OrderRef {
            id: self.id.clone(),
            order_id: self.order_id.clone(),
        }
    }

    pub(crate) fn outcome(&self) -> Outcome {
        Outcome {
            status: self.status,
            payment_amount: self.payment_amount,
            hold_amount: self.hold_amount,
        }
    }

    fn empty(status: Status) -> Self {
        Self {
            id: None,
            order_id: None,
            kind: None,
            status,
            payment_amount: None,
            hold_amount: None,
        }
    }
}

impl Outcome {
    /// A status without amounts.
    pub(crate) fn without_amounts(status: Status) -> Self {
        Self {
            status,
            payment_amount: None,
            hold_amount: None,
        }
    }

    pub(crate) fn has_amounts(&self) -> bool {
        self.payment_amount.is_some() || self.hold_amount.is_some()
    }
}

impl From<LookupError> for SettleError {
    fn from(error: LookupError) -> Self {
        match error {
            LookupError::MissingId => Self::Invalid(error.reason()),
            LookupError::NotFound => Self::NotFound,
            LookupError::Ambiguous => Self::Ambiguous,
        }
    }
}

impl fmt::Display for SettleError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NotFound => LookupError::NotFound.reason(),
            Self::Ambiguous => LookupError::Ambiguous.reason(),
            Self::AlreadyFinal => "The status is final already",
            Self::Invalid(reason) => reason,
        })
    }
}

impl std::error::Error for SettleError {}
