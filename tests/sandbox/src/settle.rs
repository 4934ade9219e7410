//! Ending a payment or payout by hand.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::provider::Misnamed;
use crate::fields::{Names, text_or_number};
use crate::money::Money;

/// Where a payment or payout stands; all but `wait` are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the provider's words")]
pub enum Status {
    Wait,
    Paid,
    Cancel,
    Fail,
}

/// What a name belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the provider's words")]
pub enum Kind {
    Payment,
    Payout,
}

/// Which payment or payout is to get which status.
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

/// What becomes of an entry.
pub(crate) struct Outcome {
    pub(crate) status: Status,
    pub(crate) payment_amount: Option<Money>,
    pub(crate) hold_amount: Option<Money>,
}

/// Why nothing was settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettleError {
    /// Nothing has that `id` and `order_id`.
    NotFound,
    /// A payment and a payout have it.
    Ambiguous,
    /// Its status can no longer change.
    AlreadyFinal,
    /// Neither `id` nor `order_id`, or an amount that cannot be.
    Invalid(&'static str),
}

impl Settle {
    /// What has this `order_id`; the latest, if several have it.
    pub fn order_id(order_id: impl Into<String>, status: Status) -> Self {
        Self {
            order_id: Some(order_id.into()),
            ..Self::nothing(status)
        }
    }

    /// What has this `id`.
    pub fn id(id: u64, status: Status) -> Self {
        Self {
            id: Some(id.to_string()),
            ..Self::nothing(status)
        }
    }

    /// Only a payment, or only a payout.
    #[must_use]
    pub fn kind(self, kind: Kind) -> Self {
        Self {
            kind: Some(kind),
            ..self
        }
    }

    /// What was really paid, if it is not the amount asked for.
    #[must_use]
    pub fn payment_amount(self, amount: Money) -> Self {
        Self {
            payment_amount: Some(amount),
            ..self
        }
    }

    /// How much of what a payment brings goes to the hold instead of the balance.
    #[must_use]
    pub fn hold_amount(self, amount: Money) -> Self {
        Self {
            hold_amount: Some(amount),
            ..self
        }
    }

    pub(crate) fn names(&self) -> Names {
        Names {
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

    fn nothing(status: Status) -> Self {
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
    /// Without amounts of its own.
    pub(crate) fn plain(status: Status) -> Self {
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

impl From<Misnamed> for SettleError {
    fn from(misnamed: Misnamed) -> Self {
        match misnamed {
            Misnamed::Nameless => Self::Invalid(misnamed.reason()),
            Misnamed::NotFound => Self::NotFound,
            Misnamed::Ambiguous => Self::Ambiguous,
        }
    }
}

impl fmt::Display for SettleError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NotFound => Misnamed::NotFound.reason(),
            Self::Ambiguous => Misnamed::Ambiguous.reason(),
            Self::AlreadyFinal => "Its status is final already",
            Self::Invalid(reason) => reason,
        })
    }
}

impl std::error::Error for SettleError {}
