//! A ledger in a PostgreSQL database, which many machines share. Each operation is one statement in
//! a transaction of its own, so that it works through PgBouncer in transaction mode.

mod begin;
mod check;
mod claims;
mod database;
mod first_use;
mod limit_sql;
mod rows;
mod schema;
mod session;
mod sql;
mod take_back;

use std::path::Path;
use std::time::Instant;

use super::lock::LockDeadline;
use super::store::{Session, Store};
use crate::error::{Error, Result};
use crate::net::tls::TlsRoots;
pub(super) use database::Postgresql;
pub(super) use schema::schema_sql;
use session::PostgresqlSession;
use take_back::{MAX_WAIT, take_back};

impl Store for Postgresql {
    fn location(&self) -> &str {
        &self.location
    }

    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn is_serial(&self) -> bool {
        false
    }

    fn open(&self, deadline: LockDeadline) -> Result<Box<dyn Session + '_>> {
        Ok(Box::new(PostgresqlSession::open(self, deadline)?))
    }

    fn failed(&self, reason: &str) -> Error {
        Postgresql::failed(self, reason)
    }

    fn backup(&self, _: &Path, _: LockDeadline) -> Result<()> {
        let advice = "backup: this ledger is in PostgreSQL; use the backups of the database";
        Err(Error::invalid_argument("backup", "unusable", advice))
    }

    /// Creates whose begin is unclear are settled first, because no other process does it.
    fn close(&self) {
        if let Err(error) = take_back(self, Instant::now() + MAX_WAIT) {
            log::debug!(target: "alikassa", "{}", error.message());
        }
        self.pool.get().close();
    }

    fn close_at_once(&self) {}

    fn trust(&self, roots: &TlsRoots) {
        self.pool.trust(roots);
    }

    fn notice(&self) -> Option<String> {
        let notices = self.pool.get().target().notices();
        (!notices.is_empty()).then(|| format!("ledger: {}", notices.join("; ")))
    }
}
