//! A create for the ledger, and its outcome.

use crate::error::{Error, Outcome};
use crate::types::ledger_row::LedgerState;

/// Which create a row is about.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) account: String,
    pub(crate) operation: String,
    pub(crate) order_id: String,
}

/// A create that is about to be sent.
pub(crate) struct Entry<'a> {
    pub(crate) key: Key,
    pub(crate) amount: Option<&'a str>,
    pub(crate) service: Option<&'a str>,
    /// The HMAC of the body. It shows whether two creates have the same body, without revealing the
    /// card number.
    pub(crate) body_tag: Vec<u8>,
}

/// The outcome of a create.
pub(crate) struct Completion {
    pub(super) state: LedgerState,
    pub(super) id: Option<i64>,
    pub(super) payment_status: Option<String>,
}

impl Completion {
    pub(crate) fn accepted(id: Option<i64>, payment_status: Option<String>) -> Self {
        Self {
            state: LedgerState::Accepted,
            id,
            payment_status,
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
        }
    }
}
