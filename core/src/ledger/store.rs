//! The ledger's SQLite file.
//!
//! A connection is opened for each operation and closed after it. SQLite tracks its locks in
//! process memory, so a connection that is open across `fork` has wrong information about them in
//! the child (`docs/decisions/0007-ledger.md`).

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, PoisonError, RwLock, RwLockWriteGuard};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rusqlite::config::DbConfig;
use rusqlite::{
    Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior, named_params,
};

use super::entry::{Completion, Entry};
use super::schema::{APPLICATION_ID, COLUMNS, IS_OPEN, IS_ROW, SCHEMA, VERSION, read_row};
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::sync::process_local::ProcessLocal;
use crate::types::ledger_row::{LedgerRow, LedgerState};

/// The number of pages in the write-ahead log that triggers a checkpoint. It is small because
/// opening the file reads the log.
const WAL_PAGES: u32 = 64;

/// The same in bytes: SQLite's default page with its header in the log.
const LONG_WAL: u64 = WAL_PAGES as u64 * (4096 + 24);

/// The maximum wait for a lock that another thread or process holds.
pub(crate) const MAX_LOCK_WAIT: Duration = Duration::from_secs(5);

/// The pause before an operation is repeated for which SQLite does not wait itself.
const RETRY_INTERVAL: Duration = Duration::from_millis(5);

/// Ledger operations take it shared, a fork takes it exclusively. A child that is forked during an
/// operation inherits locks that are never released.
static FORK_LOCK: RwLock<()> = RwLock::new(());

/// Blocks every ledger of this process until it is dropped.
#[must_use]
pub struct ForkLock(
    #[allow(dead_code, reason = "held for its drop")] RwLockWriteGuard<'static, ()>,
);

/// Waits for running ledger operations and blocks new ones. A binding holds this during a fork.
pub fn lock_for_fork() -> ForkLock {
    ForkLock(FORK_LOCK.write().unwrap_or_else(PoisonError::into_inner))
}

/// The time until which an operation waits for a lock.
#[derive(Clone, Copy)]
pub(super) struct LockDeadline(Instant);

impl LockDeadline {
    /// Until `deadline`, but not longer than [`MAX_LOCK_WAIT`].
    pub(super) fn until(deadline: Instant) -> Self {
        Self(deadline.min(Instant::now() + MAX_LOCK_WAIT))
    }

    pub(super) fn for_lock(wait: Duration) -> Self {
        Self(Instant::now() + wait)
    }

    fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }
}

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
    path: PathBuf,
    /// Serialises the threads of this process. This is fairer than SQLite's own waiting, which
    /// polls.
    mutex: ProcessLocal<TimedMutex>,
}

impl Store {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            path,
            mutex: ProcessLocal::new(TimedMutex::default(), TimedMutex::default),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn begin(&self, entry: &Entry<'_>, deadline: LockDeadline) -> Result<i64> {
        let result = self.write(
            deadline,
            Durability::Full,
            |transaction| match existing_row(transaction, entry)? {
                Some((row, same_body)) if !row.state.allows_sending() => Ok(Err((row, same_body))),
                _ => insert_sending(transaction, entry).map(Ok),
            },
        )?;
        result.map_err(|(row, same_body)| duplicate(row, same_body))
    }

    pub(super) fn end(
        &self,
        entry: &Entry<'_>,
        attempt: i64,
        completion: &Completion,
        deadline: LockDeadline,
    ) -> Result<()> {
        self.write(deadline, Durability::Process, |transaction| {
            let sql = format!(
                "UPDATE creates SET state = :state, id = :id, payment_status = :payment_status, updated_ms = :now
                 WHERE {IS_ROW} AND attempt = :attempt AND state <> 'accepted'
                   AND (state = 'sending' OR :state = 'accepted')"
            );
            transaction.execute(
                &sql,
                named_params! {
                    ":account": entry.account, ":operation": entry.operation, ":order_id": entry.order_id,
                    ":attempt": attempt, ":state": completion.state.as_str(), ":id": completion.id,
                    ":payment_status": completion.payment_status, ":now": now_ms(),
                },
            )
        })
        .map(drop)
    }

    /// Runs `operation` in an exclusive write transaction and commits it.
    pub(super) fn write<T>(
        &self,
        deadline: LockDeadline,
        durability: Durability,
        operation: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T> {
        self.with_connection(deadline, |connection| {
            let synchronous = match durability {
                Durability::Full => "FULL",
                Durability::Process => "NORMAL",
            };
            connection.pragma_update(None, "synchronous", synchronous)?;
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let output = operation(&transaction)?;
            transaction.commit()?;
            Ok(output)
        })
    }

    /// Runs `operation` with a new connection.
    pub(super) fn with_connection<T>(
        &self,
        deadline: LockDeadline,
        operation: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let mutex = self.mutex.get();
        let _guard = mutex
            .lock(deadline)
            .ok_or_else(|| self.failed("timed out waiting for another thread's ledger access"))?;
        let _fork_lock = FORK_LOCK.read().unwrap_or_else(PoisonError::into_inner);
        let mut connection = self.connect(deadline)?;
        let output = operation(&mut connection).map_err(|error| self.failed(&error.to_string()))?;
        self.shorten_wal(&connection);
        Ok(output)
    }

    /// Lets the close of this connection checkpoint a long log and reset it. The next connection
    /// does not know how much of the log is checkpointed, so without this the log only grows.
    fn shorten_wal(&self, connection: &Connection) {
        let mut log = self.path.clone().into_os_string();
        log.push("-wal");
        if std::fs::metadata(log).is_ok_and(|log| log.len() >= LONG_WAL) {
            // If this fails, the log stays long, which only costs time.
            _ = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false);
        }
    }

    fn connect(&self, deadline: LockDeadline) -> Result<Connection> {
        self.make_file()
            .map_err(|error| self.failed(&error.to_string()))?;
        let fail = |error: rusqlite::Error| self.failed(&error.to_string());
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(&self.path, flags).map_err(fail)?;
        prepare(&connection, deadline).map_err(fail)?;
        if kind(&connection).map_err(fail)? == Kind::Empty {
            make_schema(&mut connection, deadline).map_err(fail)?;
        }
        match kind(&connection).map_err(fail)? {
            Kind::Ours => Ok(connection),
            Kind::Newer => {
                Err(self.failed("the ledger was created by a newer version of the library"))
            }
            Kind::Foreign | Kind::Empty => Err(self.failed("the file is not a ledger")),
        }
    }

    /// Creates the file before SQLite does, readable only by its owner, because it contains payment
    /// data.
    fn make_file(&self) -> std::io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&self.path) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
            _ => Ok(()),
        }
    }

    fn failed(&self, reason: &str) -> Error {
        let message = format!("ledger: {}: {reason}", self.path.display());
        Error::new(ErrorKind::Ledger, message)
    }
}

fn prepare(connection: &Connection, deadline: LockDeadline) -> rusqlite::Result<()> {
    connection.busy_timeout(deadline.remaining())?;
    // Without this, each close would checkpoint the whole log.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.pragma_update(None, "wal_autocheckpoint", WAL_PAGES)
}

#[derive(Eq, PartialEq)]
enum Kind {
    Ours,
    Newer,
    Foreign,
    Empty,
}

fn kind(connection: &Connection) -> rusqlite::Result<Kind> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    Ok(match (pragma("application_id")?, pragma("user_version")?) {
        (APPLICATION_ID, VERSION) => Kind::Ours,
        (APPLICATION_ID, _) => Kind::Newer,
        (0, 0) if is_empty(connection)? => Kind::Empty,
        _ => Kind::Foreign,
    })
}

fn is_empty(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT count(*) = 0 FROM sqlite_master", [], |row| {
        row.get(0)
    })
}

fn make_schema(connection: &mut Connection, deadline: LockDeadline) -> rusqlite::Result<()> {
    // SQLite does not wait for the lock to change the journal mode.
    while let Err(error) =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))
    {
        if error.sqlite_error_code() != Some(rusqlite::ErrorCode::DatabaseBusy)
            || deadline.remaining().is_zero()
        {
            return Err(error);
        }
        std::thread::sleep(RETRY_INTERVAL);
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if is_empty(&transaction)? {
        transaction.execute_batch(&format!("{SCHEMA}{IS_OPEN}"))?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()
}

/// The order's row, and whether its body is the same.
fn existing_row(
    transaction: &Transaction<'_>,
    entry: &Entry<'_>,
) -> rusqlite::Result<Option<(LedgerRow, bool)>> {
    let sql = format!("SELECT {COLUMNS}, body_tag = :body_tag FROM creates WHERE {IS_ROW}");
    let row = named_params! {
        ":account": entry.account, ":operation": entry.operation, ":order_id": entry.order_id,
        ":body_tag": entry.body_tag,
    };
    transaction
        .query_row(&sql, row, |row| Ok((read_row(row)?, row.get(12)?)))
        .optional()
}

fn insert_sending(transaction: &Transaction<'_>, entry: &Entry<'_>) -> rusqlite::Result<i64> {
    transaction.query_row(
        "INSERT INTO creates (account, operation, order_id, state, attempt, amount, service, body_tag, created_ms, updated_ms)
         VALUES (:account, :operation, :order_id, 'sending', 1, :amount, :service, :body_tag, :now, :now)
         ON CONFLICT DO UPDATE SET state = 'sending', attempt = attempt + 1, amount = excluded.amount,
             service = excluded.service, body_tag = excluded.body_tag, id = NULL, payment_status = NULL,
             reason = NULL, updated_ms = excluded.updated_ms
         RETURNING attempt",
        named_params! {
            ":account": entry.account, ":operation": entry.operation, ":order_id": entry.order_id,
            ":amount": entry.amount, ":service": entry.service, ":body_tag": entry.body_tag, ":now": now_ms(),
        },
        |row| row.get(0),
    )
}

fn duplicate(row: LedgerRow, same_body: bool) -> Error {
    let message = format!(
        "the ledger already has this order: its state is {}{}",
        row.state,
        if same_body {
            ""
        } else {
            ", and it was sent with different fields"
        }
    );
    let (outcome, hint) = match row.state {
        LedgerState::Accepted => (
            Outcome::Created,
            "it was created; request its status, and use a new order_id for another order",
        ),
        _ => (
            Outcome::Unknown,
            "never send it again: call resolve or reconcile, or release the row after the provider's support confirms that the order does not exist",
        ),
    };
    Error::duplicate_order(message, row, same_body)
        .with_hint(hint)
        .with_outcome(outcome)
}

pub(super) fn now_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// A mutex whose lock can time out.
#[derive(Default)]
struct TimedMutex {
    locked: Mutex<bool>,
    released: Condvar,
}

struct Guard<'a>(&'a TimedMutex);

impl TimedMutex {
    fn lock(&self, deadline: LockDeadline) -> Option<Guard<'_>> {
        let locked = self.locked.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut locked, _) = self
            .released
            .wait_timeout_while(locked, deadline.remaining(), |locked| *locked)
            .unwrap_or_else(PoisonError::into_inner);
        if *locked {
            return None;
        }
        *locked = true;
        Some(Guard(self))
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        *self.0.locked.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.0.released.notify_one();
    }
}
