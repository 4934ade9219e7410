//! Access to the ledger's file: one operation at a time, each with a connection of its own.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::connection;
use super::file::LedgerFile;
use super::lock::{LockDeadline, TimedMutex, block_fork};
use super::schema;
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
    /// Whether the file was seen to be a ledger.
    is_prepared: AtomicBool,
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
            is_prepared: AtomicBool::new(false),
        }
    }

    /// Moves the log into the file if this process used it, so that the file alone has every row.
    /// A log that cannot be moved now stays, which loses nothing.
    pub(super) fn checkpoint(&self) {
        if self.user.swap(0, Ordering::SeqCst) != std::process::id() {
            return;
        }
        let deadline = LockDeadline::for_lock(CHECKPOINT_WAIT);
        if let Err(error) =
            self.with_connection(deadline, |connection| connection::checkpoint(connection))
        {
            log::debug!(target: "alikassa", "{}", error.message());
        }
        self.user.store(0, Ordering::SeqCst);
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
        let _fork = block_fork();
        let fail = |error: rusqlite::Error| self.failed(&error.to_string());
        let mut connection = self.connect(deadline)?;
        let output = operation(&mut connection).map_err(fail)?;
        if let Ok(path) = self.file.resolved() {
            connection::shorten_log(&connection, path);
        }
        Ok(output)
    }

    fn connect(&self, deadline: LockDeadline) -> Result<Connection> {
        let no_file = |error: std::io::Error| self.failed(&error.to_string());
        let fail = |error: rusqlite::Error| self.failed(&error.to_string());
        self.file.make().map_err(no_file)?;
        let path = self.file.resolved().map_err(no_file)?;
        let mut connection = connection::open(path, deadline).map_err(fail)?;
        self.file.check().map_err(no_file)?;
        self.user.store(std::process::id(), Ordering::SeqCst);
        // It is still the file that was prepared before, but a newer library may have changed it.
        let is_prepared = self.is_prepared.load(Ordering::SeqCst);
        if is_prepared && schema::is_current(&connection).map_err(fail)? {
            return Ok(connection);
        }
        match connection::prepare(&mut connection, deadline).map_err(fail)? {
            Ok(()) => {
                self.is_prepared.store(true, Ordering::SeqCst);
                Ok(connection)
            }
            Err(reason) => Err(self.failed(reason)),
        }
    }

    pub(super) fn path(&self) -> &Path {
        self.file.given()
    }

    pub(super) fn failed(&self, reason: &str) -> Error {
        let message = format!("ledger: {}: {reason}", self.path().display());
        Error::new(ErrorKind::Ledger, message)
    }
}

/// A program that ends without closing its client leaves no log behind either.
impl Drop for Store {
    fn drop(&mut self) {
        self.checkpoint();
    }
}

/// Runs `operation` in an exclusive write transaction and commits it.
pub(super) fn write<T>(
    connection: &mut Connection,
    durability: Durability,
    operation: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let synchronous = match durability {
        Durability::Full => "FULL",
        Durability::Process => "NORMAL",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
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
