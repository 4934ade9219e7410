//! Creates whose begin has no clear answer: nothing was sent, and their rows may say that it was.
//! Only the process that began them knows, so it takes them back as soon as it can.

use std::sync::{Mutex, PoisonError};

use serde_json::Value;

/// The creates to take back.
#[derive(Default)]
pub(super) struct Claims(Mutex<Vec<Claim>>);

/// The begin of one create.
#[derive(Clone)]
pub(super) struct Claim {
    /// Its row, as the statement that takes it back takes it.
    pub(super) row: Value,
    /// The revision of the row that it replaces.
    pub(super) revision: Option<i64>,
}

impl Claims {
    pub(super) fn add(&self, claims: impl IntoIterator<Item = Claim>) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(claims);
    }

    pub(super) fn first(&self) -> Option<Claim> {
        let claims = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        claims.first().cloned()
    }

    pub(super) fn remove(&self, claim: &Claim) {
        let mut claims = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        claims.retain(|other| other.row != claim.row);
    }
}
