//! Access to the ledger's file: one operation at a time, each with a connection of its own.

use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::connection;
use super::file::{LedgerFile, REPLACED};
use super::lock::{ForkBlock, LockDeadline, TimedMutex, block_fork, try_block_fork};
use super::schema::{self, IDENTITY};
use super::waiting::Waiting;
use crate::error::{Error, ErrorKind, Result};
use crate::sync::process_local::ProcessLocal;

/// The maximum wait when the log is moved into the file at the end.
const CHECKPOINT_WAIT: Duration = Duration::from_secs(1);

/// How durable a write is when it returns.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Durability {
    /// Survives a crash of the machine. For writes before a create and for decisions.
    Full,
    /// Survives a crash of the process. If the machine crashes, the row may stay open until
    /// `reconcile`.
    Process,
}

pub(super) struct Store {
    pub(super) file: LedgerFile,
    pub(super) process: ProcessLocal<InProcess>,
    /// The process that last used the file; 0 if none did.
    user: AtomicU32,
    /// The ledger's own name for itself, once the file was seen to be a ledger.
    identity: OnceLock<Option<String>>,
}

/// The state of one process.
#[derive(Default)]
pub(super) struct InProcess {
    /// Serialises the threads. This is fairer than SQLite's own waiting, which polls.
    mutex: TimedMutex,
    /// Reports that wait to be settled together.
    pub(super) waiting: Waiting,
}

impl Store {
    pub(super) fn new(file: LedgerFile) -> Self {
        Self {
            file,
            process: ProcessLocal::new(InProcess::default(), InProcess::default),
            user: AtomicU32::new(0),
            identity: OnceLock::new(),
        }
    }

    /// Moves the log into the file if this process used it, so that the file alone has every row.
    pub(super) fn checkpoint(&self) {
        let process = self.process.get();
        if let Some(_guard) = process.mutex.lock(LockDeadline::for_lock(CHECKPOINT_WAIT)) {
            self.move_log(&block_fork());
        }
    }

    /// A log that cannot be moved now stays, which loses nothing.
    fn move_log(&self, fork: &ForkBlock) {
        if self.user.load(Ordering::SeqCst) != std::process::id() {
            return;
        }
        let deadline = LockDeadline::for_lock(CHECKPOINT_WAIT);
        let moved = self.run(fork, deadline, |connection| {
            connection::checkpoint(connection)?;
            self.user.store(0, Ordering::SeqCst);
            Ok(())
        });
        if let Err(error) = moved {
            log::debug!(target: "alikassa", "{}", error.message());
        }
    }

    /// Runs `operation` in an exclusive write transaction and commits it.
    pub(super) fn write<T>(
        &self,
        deadline: LockDeadline,
        durability: Durability,
        operation: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T> {
        self.with_connection(deadline, |connection| {
            write(connection, durability, operation)
        })
    }

    /// Runs `operation` with a new connection.
    pub(super) fn with_connection<T>(
        &self,
        deadline: LockDeadline,
        operation: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let process = self.process.get();
        let _guard = process
            .mutex
            .lock(deadline)
            .ok_or_else(|| self.failed("timed out waiting for another thread's ledger access"))?;
        self.run(&block_fork(), deadline, operation)
    }

    /// Runs `operation` with a new connection, for a caller that keeps other threads out.
    fn run<T>(
        &self,
        _fork: &ForkBlock,
        deadline: LockDeadline,
        operation: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let fail = |error: rusqlite::Error| self.failed_in_sqlite(&error);
        let mut connection = self.connect(deadline)?;
        let output = operation(&mut connection).map_err(fail)?;
        if let Ok(path) = self.file.resolved() {
            connection::shorten_log(&connection, path);
        }
        Ok(output)
    }

    fn connect(&self, deadline: LockDeadline) -> Result<Connection> {
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
        // A newer library may have changed a file that was a ledger before.
        if self.identity.get().is_none() || !schema::is_current(&connection).map_err(fail)? {
            connection::prepare(&mut connection, deadline)
                .map_err(fail)?
                .map_err(|reason| self.failed(reason))?;
        }
        // The file system may give a new file the number of the old one.
        let identity = schema::fact(&connection, IDENTITY).map_err(fail)?;
        if *self.identity.get_or_init(|| identity.clone()) != identity {
            return Err(self.failed(REPLACED));
        }
        Ok(connection)
    }

    pub(super) fn path(&self) -> &Path {
        self.file.given()
    }

    /// SQLite names neither the user nor the file that it may not use.
    fn failed_in_sqlite(&self, error: &rusqlite::Error) -> Error {
        use rusqlite::ErrorCode::{CannotOpen, PermissionDenied, ReadOnly};
        match error.sqlite_error_code() {
            Some(CannotOpen | PermissionDenied | ReadOnly) => {
                self.failed_or_denied(&error.to_string())
            }
            _ => self.failed(&error.to_string()),
        }
    }

    fn failed_or_denied(&self, reason: &str) -> Error {
        match self.file.denied() {
            Some(denied) => self.failed(&format!("{reason}: {denied}")),
            None => self.failed(reason),
        }
    }

    pub(super) fn failed(&self, reason: &str) -> Error {
        let message = format!("ledger: {}: {reason}", self.path().display());
        Error::new(ErrorKind::Ledger, message)
    }
}

/// A program that ends without closing its client leaves no log behind either.
impl Drop for Store {
    fn drop(&mut self) {
        // No waiting: this thread may hold a lock that a forking thread waits for, such as
        // Python's GIL.
        if let Some(fork) = try_block_fork() {
            self.move_log(&fork);
        }
    }
}

/// Runs `operation` in an exclusive write transaction and commits it.
pub(super) fn write<T>(
    connection: &Connection,
    durability: Durability,
    operation: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let synchronous = match durability {
        Durability::Full => "FULL",
        Durability::Process => "NORMAL",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    // It is the only transaction of its connection.
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    let output = operation(&transaction)?;
    transaction.commit()?;
    Ok(output)
}

pub(super) fn now_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
