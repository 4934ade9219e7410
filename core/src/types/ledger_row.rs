//! What a row of the ledger holds.

use std::fmt;

use crate::types::amount::Amount;
use crate::types::value::Value;

/// A create in the ledger.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct LedgerRow {
    /// The account's UUID.
    pub account: String,
    /// `payments.create`, `payouts.create`, or the path of a raw request.
    pub operation: String,
    /// The merchant's id of the order.
    pub order_id: String,
    /// What is known of it.
    pub state: LedgerState,
    /// The amount sent.
    pub amount: Option<Amount>,
    /// The service's code.
    pub service: Option<String>,
    /// AliKassa's id, once known.
    pub id: Option<i64>,
    /// The last status known.
    pub payment_status: Option<String>,
    /// Why the merchant released it.
    pub reason: Option<String>,
    /// When it was first recorded, in milliseconds since 1970.
    pub created_ms: i64,
    /// When it last changed, in milliseconds since 1970.
    pub updated_ms: i64,
    /// Counts the sendings, so that a late answer to an earlier one cannot end a later one.
    pub(crate) attempt: i64,
}

impl LedgerRow {
    /// The public names of the fields, in order.
    pub const FIELDS: &'static [&'static str] = &[
        "account",
        "operation",
        "order_id",
        "state",
        "amount",
        "service",
        "id",
        "payment_status",
        "reason",
        "created_ms",
        "updated_ms",
    ];

    /// The values of [`FIELDS`](Self::FIELDS), named: what a binding makes its object from.
    pub fn fields(&self) -> Vec<(&'static str, Value)> {
        let text = |text: Option<&str>| text.map_or(Value::Null, Value::from);
        let amount = self.amount.as_ref();
        let values = [
            Value::from(self.account.as_str()),
            Value::from(self.operation.as_str()),
            Value::from(self.order_id.as_str()),
            Value::from(self.state.as_str()),
            amount.map_or(Value::Null, |amount| Value::Decimal(amount.to_string())),
            text(self.service.as_deref()),
            self.id.map_or(Value::Null, Value::Integer),
            text(self.payment_status.as_deref()),
            text(self.reason.as_deref()),
            Value::Integer(self.created_ms),
            Value::Integer(self.updated_ms),
        ];
        Self::FIELDS.iter().copied().zip(values).collect()
    }
}

/// What is known of a create.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum LedgerState {
    /// Recorded, and on its way; or its process ended before the answer was recorded.
    Sending,
    /// The provider knows it; the status says how far it is.
    Accepted,
    /// The provider refused it.
    Rejected,
    /// No byte of it left.
    NotSent,
    /// It may have been carried out.
    Unknown,
    /// The merchant decided that it may be sent again.
    Released,
}

impl LedgerState {
    const ALL: [Self; 6] = [
        Self::Sending,
        Self::Accepted,
        Self::Rejected,
        Self::NotSent,
        Self::Unknown,
        Self::Released,
    ];

    /// The state in lower case: `"not_sent"`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sending => "sending",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::NotSent => "not_sent",
            Self::Unknown => "unknown",
            Self::Released => "released",
        }
    }

    pub(crate) fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether a create may be sent whose row is in this state.
    pub(crate) fn allows_sending(self) -> bool {
        match self {
            Self::NotSent | Self::Rejected | Self::Released => true,
            Self::Sending | Self::Unknown | Self::Accepted => false,
        }
    }
}

impl fmt::Display for LedgerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
