//! Creates whose begin has no clear answer: nothing was sent, and their rows may say that it was.
//! Only the process that began them knows, so it takes them back as soon as it can.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::database::{Connections, IfUnclear, Postgresql};
use super::sql::Sql;
use crate::error::Result;

/// The maximum wait for taking back earlier creates, which an operation does before its own work.
const MAX_WAIT: Duration = Duration::from_secs(1);

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

    fn first(&self) -> Option<Claim> {
        let claims = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        claims.first().cloned()
    }

    fn remove(&self, claim: &Claim) {
        let mut claims = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        claims.retain(|other| other.row != claim.row);
    }
}

/// Takes back the creates of this process. It cannot come too early: a begin that arrives after it
/// writes nothing.
pub(super) fn settle(store: &Postgresql) -> Result<()> {
    let claims = store.claims.get();
    let mut connections = Connections::new(store, Instant::now() + MAX_WAIT);
    while let Some(claim) = claims.first() {
        let row = Value::Array(vec![claim.row.clone()]).to_string();
        let revision = claim.revision.map(|revision| revision.to_string());
        let limit = MAX_WAIT.as_millis().to_string();
        let parameters = [
            Some(row.as_str()),
            Some(limit.as_str()),
            revision.as_deref(),
        ];
        let sql = Sql::new(&store.schema, false).take_back();
        connections.run(&sql, &parameters, IfUnclear::Repeat)?;
        claims.remove(&claim);
    }
    Ok(())
}
