//! The ledger's file, and new connections to it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rusqlite::Connection;

use super::connection;
use super::days::Days;
use super::file::{LedgerFile, REMOVED, REPLACED};
use super::schema::{self, IDENTITY, Kind, NEWER};
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::lock::{ForkBlock, LockDeadline, TimedMutex};
use crate::sync::process_local::ProcessLocal;

/// The maximum wait when the log is moved into the file at the end.
pub(super) const CHECKPOINT_WAIT: Duration = Duration::from_secs(1);

pub(in crate::ledger) struct Sqlite {
    pub(super) file: LedgerFile,
    /// The path, for messages.
    pub(super) location: String,
    /// Serialises the threads of a process. This is fairer than SQLite's own waiting, which polls.
    pub(super) threads: ProcessLocal<Arc<TimedMutex>>,
    /// What of some days is used.
    pub(super) days: ProcessLocal<Days>,
    /// The process that last used the file; 0 if none did.
    user: AtomicU32,
    /// The ledger's own name for itself, once the file was seen to be a ledger.
    identity: OnceLock<Option<String>>,
}

impl Sqlite {
    pub(in crate::ledger) fn new(path: PathBuf) -> Self {
        Self {
            location: path.display().to_string(),
            file: LedgerFile::new(path),
            threads: ProcessLocal::new(Arc::default(), Arc::default),
            days: ProcessLocal::new(Days::default(), Days::default),
            user: AtomicU32::new(0),
            identity: OnceLock::new(),
        }
    }

    /// A log that cannot be moved now stays, which loses nothing.
    pub(super) fn move_log(&self, fork: &ForkBlock) {
        if self.user.load(Ordering::SeqCst) != std::process::id() {
            return;
        }
        let connected = self.connect(fork, LockDeadline::for_lock(CHECKPOINT_WAIT));
        let moved = connected.and_then(|connection| {
            self.check(&connection)?;
            connection::checkpoint(&connection).map_err(|error| self.failed_in_sqlite(&error))
        });
        match moved {
            Ok(()) => self.user.store(0, Ordering::SeqCst),
            Err(error) => log::debug!(target: "alikassa", "{}", error.message()),
        }
    }

    /// A new connection, for a caller that keeps other threads out. The file may be another ledger.
    pub(super) fn connect(&self, _fork: &ForkBlock, deadline: LockDeadline) -> Result<Connection> {
        let no_file = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::PermissionDenied => self.failed_or_denied(&error.to_string()),
            _ => self.failed(&error.to_string()),
        };
        let fail = |error: rusqlite::Error| self.failed_in_sqlite(&error);
        self.file.make().map_err(no_file)?;
        let path = self.file.resolved().map_err(no_file)?;
        let mut connection = connection::open(path, deadline).map_err(fail)?;
        self.file.check().map_err(no_file)?;
        self.user.store(std::process::id(), Ordering::SeqCst);
        if self.identity.get().is_none() {
            connection::prepare(&mut connection, deadline)
                .map_err(fail)?
                .map_err(|reason| self.failed(reason))?;
        }
        Ok(connection)
    }

    /// Checks that it is still the same ledger, with this version of the schema. A newer library may
    /// have changed it, and the file system may give a new file the number of the old one.
    pub(super) fn check(&self, connection: &Connection) -> Result<()> {
        let fail = |error: rusqlite::Error| self.failed_in_sqlite(&error);
        if !schema::is_current(connection).map_err(fail)? {
            return Err(self.failed(match schema::kind(connection).map_err(fail)? {
                Kind::Newer => NEWER,
                _ => REPLACED,
            }));
        }
        let identity = schema::fact(connection, IDENTITY).map_err(fail)?;
        if *self.identity.get_or_init(|| identity.clone()) != identity {
            return Err(self.failed(REPLACED));
        }
        Ok(())
    }

    /// SQLite names neither the user nor the file that it may not use.
    pub(super) fn failed_in_sqlite(&self, error: &rusqlite::Error) -> Error {
        use rusqlite::ErrorCode::{CannotOpen, PermissionDenied, ReadOnly};
        match error.sqlite_error_code() {
            Some(CannotOpen | PermissionDenied | ReadOnly) => {
                self.failed_or_denied(&error.to_string())
            }
            _ => self.failed(&error.to_string()),
        }
    }

    fn failed_or_denied(&self, reason: &str) -> Error {
        if self.file.is_removed() {
            return self.failed(REMOVED);
        }
        match self.file.denied() {
            Some(denied) => self.failed(&format!("{reason}: {denied}")),
            None => self.failed(reason),
        }
    }

    pub(super) fn failed(&self, reason: &str) -> Error {
        let message = format!("ledger: {}: {reason}", self.location);
        Error::new(ErrorKind::Ledger, message)
    }
}
