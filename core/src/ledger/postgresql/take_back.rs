//! Taking back creates whose begin is unclear.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::database::{Connections, IfUnclear, Postgresql};
use super::sql::Sql;
use crate::error::Result;

/// The maximum wait for it. An operation does it before its own work.
pub(super) const MAX_WAIT: Duration = Duration::from_secs(1);

/// Takes back the creates of this process. It cannot come too early: a begin that arrives after it
/// writes nothing.
pub(super) fn take_back(store: &Postgresql, deadline: Instant) -> Result<()> {
    let claims = store.claims.get();
    let mut connections = Connections::new(store, deadline.min(Instant::now() + MAX_WAIT));
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
