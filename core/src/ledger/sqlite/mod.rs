//! A ledger in a SQLite file: one operation at a time, each with a connection of its own.

mod backup;
mod connection;
mod database;
mod days;
mod export;
mod file;
mod schema;
mod session;
mod statements;

use std::path::Path;

use super::lock::{LockDeadline, block_fork, try_block_fork};
use super::store::{Session, Store};
use crate::error::{Error, Result};
use crate::net::tls::TlsRoots;
use database::CHECKPOINT_WAIT;
pub(super) use database::Sqlite;
use session::SqliteSession;

impl Store for Sqlite {
    fn location(&self) -> &str {
        &self.location
    }

    fn name(&self) -> Option<&str> {
        Some(&self.location)
    }

    fn is_serial(&self) -> bool {
        true
    }

    fn open(&self, deadline: LockDeadline) -> Result<Box<dyn Session + '_>> {
        Ok(Box::new(SqliteSession::open(self, deadline)?))
    }

    fn failed(&self, reason: &str) -> Error {
        Sqlite::failed(self, reason)
    }

    fn backup(&self, path: &Path, deadline: LockDeadline) -> Result<()> {
        backup::backup(self, path, deadline)
    }

    /// Moves the log into the file if this process used it, so that the file alone has every row.
    fn close(&self) {
        let threads = self.threads.get();
        if let Some(_guard) = threads.lock(LockDeadline::for_lock(CHECKPOINT_WAIT)) {
            self.move_log(&block_fork());
        }
    }

    /// This thread may hold a lock that a forking thread waits for, such as Python's GIL.
    fn close_at_once(&self) {
        if let Some(fork) = try_block_fork() {
            self.move_log(&fork);
        }
    }

    fn trust(&self, _: &TlsRoots) {}

    fn notice(&self) -> Option<String> {
        self.file.notice()
    }
}
