//! A create on its way into the ledger, and what became of it.

use crate::error::{Error, Outcome};
use crate::types::ledger_row::LedgerState;

/// A create about to be sent.
pub(crate) struct Entry<'a> {
    pub(crate) account: &'a str,
    pub(crate) operation: &'a str,
    pub(crate) order_id: &'a str,
    pub(crate) amount: Option<&'a str>,
    pub(crate) service: Option<&'a str>,
    /// HMAC of the body: tells a repeat from another order without giving the card number away.
    pub(crate) body_tag: Vec<u8>,
}

/// What became of it.
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
            Some(Outcome::Unknown) | None => LedgerState::Unknown,
        };
        Self {
            state,
            id: None,
            payment_status: None,
        }
    }
}
