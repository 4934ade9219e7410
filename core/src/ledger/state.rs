//! The state of a row from its word.

use std::str::FromStr;

use crate::error::{Error, Result};
use crate::types::ledger_state::LedgerState;

/// Parses the state in lower case: `"not_sent"`.
impl FromStr for LedgerState {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::read(text).ok_or_else(|| {
            let words = Self::ALL.map(|state| format!("\"{state}\"")).join(", ");
            let message = format!("state: use one of {words}");
            Error::invalid_argument("state", "state", message)
        })
    }
}
