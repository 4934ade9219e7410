//! The ledger's SQLite file.
//!
//! A connection is opened for each step and closed after it: SQLite keeps its locks in the memory of a process, so
//! a connection open across `fork` would lie to the child about them (`docs/decisions/0007-ledger.md`).

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, PoisonError, RwLock, RwLockWriteGuard};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rusqlite::config::DbConfig;
use rusqlite::{
    Connection, OpenFlags, OptionalExtension, Row, Transaction, TransactionBehavior, named_params,
};

use super::entry::{Completion, Entry};
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::sync::process_local::ProcessLocal;
use crate::types::ledger_row::{LedgerRow, LedgerState};
use crate::webhook::notification::Notification;

/// `AliK`, so that another program's file is not locked for a ledger.
const APPLICATION_ID: i64 = 0x416c_694b;

/// Of the schema below.
const VERSION: i64 = 1;

const IS_OPEN: &str = "(state IN ('sending', 'unknown')
    OR (state = 'accepted' AND ifnull(payment_status, '') NOT IN ('paid', 'cancel', 'fail')))";

/// Rejected, not sent and released are what was thought of an order; that the provider has it is a fact.
const MAY_BE_ACCEPTED: &str =
    "(state <> 'accepted' OR ifnull(payment_status, '') NOT IN ('paid', 'cancel', 'fail'))";

const SCHEMA: &str = "
CREATE TABLE creates (
    account TEXT NOT NULL,
    operation TEXT NOT NULL,
    order_id TEXT NOT NULL,
    state TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    amount TEXT,
    service TEXT,
    body_tag BLOB NOT NULL,
    id INTEGER,
    payment_status TEXT,
    reason TEXT,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    PRIMARY KEY (account, operation, order_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE notifications (
    account TEXT NOT NULL,
    type TEXT NOT NULL,
    subject TEXT NOT NULL,
    payment_status TEXT NOT NULL,
    noted_ms INTEGER NOT NULL,
    PRIMARY KEY (account, type, subject, payment_status)
) STRICT, WITHOUT ROWID;
CREATE INDEX open_creates ON creates (created_ms) WHERE ";

const COLUMNS: &str = "account, operation, order_id, state, attempt, amount, service, id, payment_status, reason, created_ms, updated_ms";

const IS_ROW: &str = "account = :account AND operation = :operation AND order_id = :order_id";

/// Pages in the write-ahead log before they are moved into the file; few, as each opening reads the log.
const WAL_PAGES: u32 = 64;

/// The same in bytes: SQLite's usual page and its head in the log.
const LONG_WAL: u64 = WAL_PAGES as u64 * (4096 + 24);

/// How long to wait before asking again for what SQLite refuses without waiting.
const RETRY_INTERVAL: Duration = Duration::from_millis(5);

/// Steps share it, and a fork has it to itself: a child that got its parent's memory from the middle of a step finds
/// locks there that nobody gives back.
static FORK_LOCK: RwLock<()> = RwLock::new(());

/// Keeps every ledger of this process shut until it is dropped.
#[must_use]
pub struct ForkLock(
    #[allow(dead_code, reason = "it is there to be dropped")] RwLockWriteGuard<'static, ()>,
);

/// Waits for every step under way and lets no other begin; for a binding, around a fork.
pub fn lock_for_fork() -> ForkLock {
    ForkLock(FORK_LOCK.write().unwrap_or_else(PoisonError::into_inner))
}

/// Until when to wait for others.
#[derive(Clone, Copy)]
pub(super) struct LockDeadline(Instant);

impl LockDeadline {
    pub(super) fn for_lock(wait: Duration) -> Self {
        Self(Instant::now() + wait)
    }

    fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }
}

/// How sure a write has to be before the next step.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Durability {
    /// On the disk: a create follows, or a decision was made.
    Full,
    /// Safe from a crash of the process; if the machine loses it, the row is open and `reconcile` finds out.
    Process,
}

pub(super) struct Store {
    path: PathBuf,
    /// Threads of this process take turns here, which is fairer than SQLite's waiting between attempts.
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
        let begun = self.write(
            deadline,
            Durability::Full,
            |transaction| match existing_row(transaction, entry)? {
                Some((row, same_body)) if !row.state.allows_sending() => Ok(Err((row, same_body))),
                _ => insert_sending(transaction, entry).map(Ok),
            },
        )?;
        begun.map_err(|(row, same_body)| duplicate(row, same_body))
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

    pub(super) fn find(
        &self,
        account: &str,
        operation: &str,
        order_id: &str,
        deadline: LockDeadline,
    ) -> Result<Option<LedgerRow>> {
        self.with_connection(deadline, |connection| {
            find(connection, account, operation, order_id)
        })
    }

    pub(super) fn open_rows(&self, deadline: LockDeadline) -> Result<Vec<LedgerRow>> {
        self.with_connection(deadline, |connection| {
            let sql = format!("SELECT {COLUMNS} FROM creates WHERE {IS_OPEN} ORDER BY created_ms");
            let mut statement = connection.prepare(&sql)?;
            let rows = statement.query_map([], read_row)?;
            rows.collect()
        })
    }

    pub(super) fn accept(
        &self,
        row: LedgerRow,
        id: Option<i64>,
        payment_status: &str,
        deadline: LockDeadline,
    ) -> Result<LedgerRow> {
        let accepted = self.write(deadline, Durability::Full, |transaction| {
            let sql = format!(
                "UPDATE creates SET state = 'accepted', id = ifnull(:id, id), payment_status = :payment_status, updated_ms = :now
                 WHERE {IS_ROW} AND attempt = :attempt AND {MAY_BE_ACCEPTED}"
            );
            transaction.execute(
                &sql,
                named_params! {
                    ":account": row.account, ":operation": row.operation, ":order_id": row.order_id,
                    ":attempt": row.attempt, ":id": id, ":payment_status": payment_status, ":now": now_ms(),
                },
            )?;
            find(transaction, &row.account, &row.operation, &row.order_id)
        })?;
        Ok(accepted.unwrap_or(row))
    }

    pub(super) fn release(
        &self,
        account: Option<&str>,
        operation: &str,
        order_id: &str,
        reason: &str,
        deadline: LockDeadline,
    ) -> Result<()> {
        let rows = self.write(deadline, Durability::Full, |transaction| {
            let is_meant = "operation = :operation AND order_id = :order_id AND (:account IS NULL OR account = :account)";
            let sql = format!("SELECT count(*) FROM creates WHERE {is_meant}");
            let row = named_params! { ":operation": operation, ":order_id": order_id, ":account": account };
            let rows: i64 = transaction.query_row(&sql, row, |row| row.get(0))?;
            if rows == 1 {
                let sql = format!(
                    "UPDATE creates SET state = 'released', reason = :reason, updated_ms = :now WHERE {is_meant}"
                );
                transaction.execute(
                    &sql,
                    named_params! {
                        ":operation": operation, ":order_id": order_id, ":account": account,
                        ":reason": reason, ":now": now_ms(),
                    },
                )?;
            }
            Ok(rows)
        })?;
        let refuse = |field, reason, message| Err(Error::invalid_argument(field, reason, message));
        match rows {
            0 => refuse(
                "order_id",
                "unknown",
                "order_id: the ledger has no such create; the operation is the row's, such as \"payouts.create\"",
            ),
            1 => Ok(()),
            _ => refuse(
                "account",
                "required",
                "account: several accounts have this order in the ledger; name one",
            ),
        }
    }

    /// Runs `step` in a transaction that is the only one to write, and commits it.
    pub(super) fn write<T>(
        &self,
        deadline: LockDeadline,
        durability: Durability,
        step: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T> {
        self.with_connection(deadline, |connection| {
            let synchronous = match durability {
                Durability::Full => "FULL",
                Durability::Process => "NORMAL",
            };
            connection.pragma_update(None, "synchronous", synchronous)?;
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = step(&transaction)?;
            transaction.commit()?;
            Ok(done)
        })
    }

    fn with_connection<T>(
        &self,
        deadline: LockDeadline,
        step: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let mutex = self.mutex.get();
        let _mine = mutex
            .lock(deadline)
            .ok_or_else(|| self.failed("another call of this process is at it for too long"))?;
        let _step = FORK_LOCK.read().unwrap_or_else(PoisonError::into_inner);
        let mut connection = self.connect(deadline)?;
        let done = step(&mut connection).map_err(|error| self.failed(&error.to_string()))?;
        self.shorten_wal(&connection);
        Ok(done)
    }

    /// Lets closing move a long log into the file and begin a new one. Whoever opens the file next does not know how much
    /// of the log was moved before, and could only make it longer.
    fn shorten_wal(&self, connection: &Connection) {
        let mut log = self.path.clone().into_os_string();
        log.push("-wal");
        if std::fs::metadata(log).is_ok_and(|log| log.len() >= LONG_WAL) {
            // A log that stays long costs time, and nothing else.
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
            Kind::Newer => Err(self.failed("a newer version of the library made this ledger")),
            Kind::Foreign | Kind::Empty => Err(self.failed("this file is no ledger")),
        }
    }

    /// Makes the file before SQLite would, readable by its owner alone: it tells who was paid how much.
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

    fn failed(&self, why: &str) -> Error {
        let message = format!("ledger: {}: {why}", self.path.display());
        Error::new(ErrorKind::Ledger, message)
    }
}

fn prepare(connection: &Connection, deadline: LockDeadline) -> rusqlite::Result<()> {
    connection.busy_timeout(deadline.left())?;
    // Closing after each step must not move the whole log into the file each time.
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
    // SQLite does not wait for its turn to change the journal mode.
    while let Err(error) =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))
    {
        if error.sqlite_error_code() != Some(rusqlite::ErrorCode::DatabaseBusy)
            || deadline.left().is_zero()
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

/// The order's row, and whether it was sent with the same body.
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

/// Records what a notification says of a row whose amount is the notification's.
pub(super) fn apply_notification(
    transaction: &Transaction<'_>,
    event: &Notification,
) -> rusqlite::Result<()> {
    let (Some(account), Some(order_id)) = (&event.account, &event.order_id) else {
        return Ok(());
    };
    let operation = format!("{}s.create", event.kind);
    let row = find(transaction, account, &operation, order_id)?;
    if row.is_some_and(|row| row.amount.is_some() && row.amount == event.amount) {
        let sql = format!(
            "UPDATE creates SET state = 'accepted', id = ifnull(:id, id), payment_status = :payment_status, updated_ms = :now
             WHERE {IS_ROW} AND {MAY_BE_ACCEPTED}"
        );
        transaction.execute(
            &sql,
            named_params! {
                ":account": account, ":operation": operation, ":order_id": order_id, ":id": event.id,
                ":payment_status": event.payment_status.as_str(), ":now": now_ms(),
            },
        )?;
    }
    Ok(())
}

fn find(
    connection: &Connection,
    account: &str,
    operation: &str,
    order_id: &str,
) -> rusqlite::Result<Option<LedgerRow>> {
    let sql = format!("SELECT {COLUMNS} FROM creates WHERE {IS_ROW}");
    let row = named_params! { ":account": account, ":operation": operation, ":order_id": order_id };
    connection.query_row(&sql, row, read_row).optional()
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<LedgerRow> {
    let state: String = row.get("state")?;
    let amount: Option<String> = row.get("amount")?;
    Ok(LedgerRow {
        account: row.get("account")?,
        operation: row.get("operation")?,
        order_id: row.get("order_id")?,
        // A state that this version does not know must not free the order.
        state: LedgerState::read(&state).unwrap_or(LedgerState::Unknown),
        amount: amount.and_then(|amount| amount.parse().ok()),
        service: row.get("service")?,
        id: row.get("id")?,
        payment_status: row.get("payment_status")?,
        reason: row.get("reason")?,
        created_ms: row.get("created_ms")?,
        updated_ms: row.get("updated_ms")?,
        attempt: row.get("attempt")?,
    })
}

fn duplicate(row: LedgerRow, same_body: bool) -> Error {
    let message = format!(
        "the ledger has this order already: it is {}{}",
        row.state,
        if same_body {
            ""
        } else {
            ", and was sent with other fields"
        }
    );
    let hint = match row.state {
        LedgerState::Accepted => {
            "it was created; ask for its status, and use a new order_id for another order"
        }
        _ => {
            "never send it again: ask for it with resolve or reconcile, or release the row once support says that it does not exist"
        }
    };
    Error::duplicate_order(message, row, same_body)
        .with_hint(hint)
        .with_outcome(Outcome::NotSent)
}

pub(super) fn now_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// A lock whose waiting ends.
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
            .wait_timeout_while(locked, deadline.left(), |locked| *locked)
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
