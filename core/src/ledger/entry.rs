//! A create for the ledger, its row, and its outcome.

use std::sync::Arc;

use super::day_limit::DayLimit;
use crate::error::{Error, Outcome};
use crate::types::amount::Amount;
use crate::types::ledger_row::LedgerRow;
use crate::types::ledger_state::LedgerState;

/// Which create a row is about.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct Key {
    pub(crate) account: String,
    pub(crate) operation: String,
    pub(crate) order_id: String,
}

impl Key {
    /// The key of the row.
    pub(crate) fn of(row: &LedgerRow) -> Self {
        Self {
            account: row.account.clone(),
            operation: row.operation.clone(),
            order_id: row.order_id.clone(),
        }
    }
}

/// A create that is about to be sent.
pub(crate) struct Entry {
    pub(crate) key: Key,
    pub(crate) amount: Option<Amount>,
    pub(crate) service: Option<String>,
    /// The HMAC of the body, and the id of its key. It shows whether two creates have the same body,
    /// without revealing the card number.
    pub(crate) body_tag: Vec<u8>,
    /// The limits of the day, if it has any.
    pub(crate) day_limit: Option<Arc<DayLimit>>,
}

/// A row as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(super) row: LedgerRow,
    /// Counts the changes of the row.
    pub(super) revision: i64,
    /// The tag of the body that was sent.
    pub(super) body_tag: Vec<u8>,
}

/// The place of a row in the order of some rows.
#[derive(Clone, Debug)]
pub(crate) struct Position {
    pub(super) ms: i64,
    pub(super) key: Key,
}

/// An open row that this process asks about. Until the lease ends, no other process does.
#[derive(Clone, Debug)]
pub(crate) struct Lease {
    pub(crate) row: LedgerRow,
    pub(super) until_ms: i64,
}

/// How far the open rows are leased.
#[derive(Clone, Debug)]
pub(crate) struct LeaseCursor {
    pub(super) account: String,
    /// When it began. A row that was asked about since then is not leased again.
    pub(super) started_ms: Option<i64>,
    pub(super) after: Option<Position>,
}

impl LeaseCursor {
    /// The open rows of an account.
    pub(crate) fn new(account: String) -> Self {
        Self {
            account,
            started_ms: None,
            after: None,
        }
    }
}

/// The outcome of a create.
#[derive(Clone)]
pub(crate) struct Completion {
    pub(super) state: LedgerState,
    pub(super) id: Option<i64>,
    pub(super) payment_status: Option<String>,
    /// The code of the error.
    pub(super) reason: Option<&'static str>,
    /// What was sent, for the provider's support.
    pub(super) support: Option<String>,
}

impl Completion {
    pub(crate) fn accepted(id: Option<i64>, payment_status: Option<String>) -> Self {
        Self {
            state: LedgerState::Accepted,
            id,
            payment_status,
            reason: None,
            support: None,
        }
    }

    pub(crate) fn with_support(mut self, support: Option<String>) -> Self {
        self.support = support;
        self
    }

    /// The outcome that a row of another ledger has.
    pub(super) fn of(row: &LedgerRow) -> Self {
        Self {
            state: row.state,
            id: row.id,
            payment_status: row.payment_status.clone(),
            reason: None,
            support: None,
        }
    }

    pub(crate) fn failed(error: &Error) -> Self {
        let state = match error.outcome() {
            Some(Outcome::NotSent) => LedgerState::NotSent,
            Some(Outcome::Rejected) => LedgerState::Rejected,
            Some(Outcome::Unknown | Outcome::Created) | None => LedgerState::Unknown,
        };
        Self {
            state,
            id: None,
            payment_status: None,
            reason: Some(error.code()),
            support: None,
        }
    }
}
