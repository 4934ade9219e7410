//! One connection to the ledger's file, and the statements that run on it.

use rusqlite::types::ToSqlOutput;
use rusqlite::{Connection, OptionalExtension, Row, ToSql, Transaction, TransactionBehavior};
use rusqlite::{named_params, params_from_iter};

use super::connection;
use super::database::Sqlite;
use super::schema::{self, IS_COPY};
use crate::error::{Error, Result};
use crate::ledger::entry::{Key, Stored};
use crate::ledger::lock::{ForkBlock, Guard, LockDeadline, block_fork, now_ms};
use crate::ledger::query::{
    COLUMNS, Columns, EventQuery, Parameter, Query, earlier_ids, read, read_event,
};
use crate::ledger::store::{Begun, Change, Durability, Session};
use crate::types::amount::Amount;
use crate::types::ledger_event::LedgerEvent;
use crate::webhook::notification::Notification;

const IS_ROW: &str = "account = :account AND operation = :operation AND order_id = :order_id";

/// The fact why the merchant resumed creates.
const RESUMED: &str = "resumed";

pub(super) struct SqliteSession<'a> {
    store: &'a Sqlite,
    pub(super) connection: Connection,
    // They are dropped after the connection.
    _fork: ForkBlock,
    _threads: Guard,
}

impl<'a> SqliteSession<'a> {
    pub(super) fn open(store: &'a Sqlite, deadline: LockDeadline) -> Result<Self> {
        let threads = store.threads.get();
        let threads = threads
            .lock(deadline)
            .ok_or_else(|| store.failed("timed out waiting for another thread's ledger access"))?;
        let fork = block_fork();
        let connection = store.connect(&fork, deadline)?;
        Ok(Self {
            store,
            connection,
            _fork: fork,
            _threads: threads,
        })
    }

    fn run<T>(&self, operation: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        operation(&self.connection).map_err(|error| self.store.failed_in_sqlite(&error))
    }

    /// Runs `operation` in an exclusive write transaction and commits it.
    fn transact<T>(
        &self,
        durability: Durability,
        operation: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let synchronous = match durability {
            Durability::Full => "FULL",
            Durability::Process => "NORMAL",
        };
        self.run(|connection| {
            connection.pragma_update(None, "synchronous", synchronous)?;
            // It is the only transaction of its connection.
            let transaction =
                Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
            let output = operation(&transaction)?;
            transaction.commit()?;
            Ok(output)
        })
    }

    fn is_copy(&self) -> Error {
        self.store.failed("this is a copy made by backup, and it may lack the newest orders: reconcile, check the payouts made since, then call resume")
    }
}

impl Drop for SqliteSession<'_> {
    fn drop(&mut self) {
        if let Ok(path) = self.store.file.resolved() {
            connection::shorten_log(&self.connection, path);
        }
    }
}

impl Session for SqliteSession<'_> {
    fn find(&mut self, keys: &[Key]) -> Result<Vec<Option<Stored>>> {
        self.run(|connection| find(connection, keys.iter()))
    }

    fn select(&mut self, query: &Query) -> Result<Vec<Stored>> {
        let (sql, parameters) = query.sql("creates");
        self.run(|connection| {
            let mut statement = connection.prepare(&sql)?;
            let rows = statement.query_map(params_from_iter(parameters), read_row)?;
            rows.collect()
        })
    }

    fn events(&mut self, query: &EventQuery) -> Result<Vec<LedgerEvent>> {
        let (sql, parameters) = query.sql("events");
        self.run(|connection| {
            let mut statement = connection.prepare(&sql)?;
            let read = |row: &Row<'_>| read_event(&mut SqliteColumns { row, next: 0 });
            let events = statement.query_map(params_from_iter(parameters), read)?;
            events.collect()
        })
    }

    fn begin(&mut self, changes: &[Change]) -> Result<Vec<Begun>> {
        let begun = self.transact(Durability::Full, |transaction| {
            if schema::fact(transaction, IS_COPY)?.is_some() {
                return Ok(None);
            }
            let keys: Vec<Key> = changes.iter().map(|change| Key::of(&change.row)).collect();
            let mut is_written = Vec::with_capacity(changes.len());
            for change in changes {
                is_written.push(write(transaction, change)?.is_some());
            }
            let rows = find(transaction, keys.iter())?.into_iter().flatten();
            let begun = rows.zip(is_written).map(|(row, is_written)| {
                if is_written {
                    Begun::Stored(row)
                } else {
                    Begun::Exists(row)
                }
            });
            Ok(Some(begun.collect()))
        })?;
        begun.ok_or_else(|| self.is_copy())
    }

    fn write(&mut self, changes: &[Change], durability: Durability) -> Result<Vec<Option<i64>>> {
        self.transact(durability, |transaction| {
            let changes = changes.iter();
            changes.map(|change| write(transaction, change)).collect()
        })
    }

    fn noted(&mut self, event: &Notification, subject: &str) -> Result<Vec<String>> {
        self.run(|connection| noted(connection, event, subject))
    }

    fn note(
        &mut self,
        event: &Notification,
        subject: &str,
        known: usize,
        change: Option<&Change>,
    ) -> Result<bool> {
        self.transact(Durability::Full, |transaction| {
            if noted(transaction, event, subject)?.len() != known {
                return Ok(false);
            }
            if let Some(change) = change
                && write(transaction, change)?.is_none()
            {
                return Ok(false);
            }
            insert_notification(transaction, event, subject)?;
            Ok(true)
        })
    }

    fn lease(&mut self, query: &Query, until_ms: i64) -> Result<Vec<Stored>> {
        let (sql, parameters) = query.lease_sql("creates", until_ms, "");
        self.transact(Durability::Process, |transaction| {
            let mut statement = transaction.prepare(&sql)?;
            let rows = statement.query_map(params_from_iter(parameters), read_row)?;
            rows.collect()
        })
    }

    fn end_leases(&mut self, leases: &[(Key, i64)], ended_ms: Option<i64>) -> Result<()> {
        let sql = format!(
            "UPDATE creates SET leased_until_ms = :ended WHERE {IS_ROW} AND leased_until_ms = :until"
        );
        self.transact(Durability::Process, |transaction| {
            let mut statement = transaction.prepare(&sql)?;
            for (key, until_ms) in leases {
                statement.execute(named_params! {
                    ":account": key.account, ":operation": key.operation,
                    ":order_id": key.order_id, ":until": until_ms, ":ended": ended_ms,
                })?;
            }
            Ok(())
        })
    }

    fn now_ms(&mut self) -> Result<i64> {
        Ok(now_ms())
    }

    fn resume(&mut self, reason: &str) -> Result<bool> {
        self.transact(Durability::Full, |transaction| {
            let is_copy = schema::fact(transaction, IS_COPY)?.is_some();
            if is_copy {
                schema::delete_fact(transaction, IS_COPY)?;
                schema::set_fact(transaction, RESUMED, &format!("{} {reason}", now_ms()))?;
            }
            Ok(is_copy)
        })
    }
}

fn find<'a>(
    connection: &Connection,
    keys: impl Iterator<Item = &'a Key>,
) -> rusqlite::Result<Vec<Option<Stored>>> {
    let sql = format!("SELECT {COLUMNS} FROM creates WHERE {IS_ROW}");
    let mut statement = connection.prepare(&sql)?;
    let find = |key: &Key| {
        let key = named_params! {
            ":account": key.account, ":operation": key.operation, ":order_id": key.order_id,
        };
        statement.query_row(key, read_row).optional()
    };
    keys.map(find).collect()
}

/// Writes the row and its event. Returns the time; none if it replaces another row.
fn write(transaction: &Transaction<'_>, change: &Change) -> rusqlite::Result<Option<i64>> {
    let now = now_ms();
    let written = match &change.before {
        None => insert(transaction, change, now)?,
        Some(before) => update(transaction, change, before.revision, now)?,
    };
    if written == 0 {
        return Ok(None);
    }
    insert_event(transaction, change, now)?;
    Ok(Some(now))
}

fn insert(transaction: &Transaction<'_>, change: &Change, now: i64) -> rusqlite::Result<usize> {
    let row = &change.row;
    transaction.execute(
        "INSERT INTO creates (account, operation, order_id, state, attempt, amount, service, body_tag, created_ms, updated_ms)
         VALUES (:account, :operation, :order_id, :state, :attempt, :amount, :service, :body_tag, :now, :now)
         ON CONFLICT DO NOTHING",
        named_params! {
            ":account": row.account, ":operation": row.operation, ":order_id": row.order_id,
            ":state": row.state.as_str(), ":attempt": row.attempt,
            ":amount": row.amount.as_ref().map(Amount::as_str), ":service": row.service,
            ":body_tag": change.body_tag, ":now": now,
        },
    )
}

fn update(
    transaction: &Transaction<'_>,
    change: &Change,
    revision: i64,
    now: i64,
) -> rusqlite::Result<usize> {
    let row = &change.row;
    let sql = format!(
        "UPDATE creates SET state = :state, attempt = :attempt, amount = :amount, service = :service,
             body_tag = coalesce(:body_tag, body_tag), id = :id, id_source = :id_source,
             earlier_ids = :earlier_ids, has_unidentified_attempt = :has_unidentified_attempt,
             payment_status = :payment_status, reason = :reason, updated_ms = :now,
             revision = revision + 1
         WHERE {IS_ROW} AND revision = :revision"
    );
    transaction.prepare(&sql)?.execute(named_params! {
        ":account": row.account, ":operation": row.operation, ":order_id": row.order_id,
        ":state": row.state.as_str(), ":attempt": row.attempt,
        ":amount": row.amount.as_ref().map(Amount::as_str), ":service": row.service,
        ":body_tag": change.body_tag, ":id": row.id, ":id_source": row.id_source,
        ":earlier_ids": earlier_ids(row), ":has_unidentified_attempt": row.has_unidentified_attempt,
        ":payment_status": row.payment_status, ":reason": row.reason, ":now": now,
        ":revision": revision,
    })
}

fn insert_event(
    transaction: &Transaction<'_>,
    change: &Change,
    now: i64,
) -> rusqlite::Result<usize> {
    let row = &change.row;
    let sql = "INSERT INTO events (time_ms, account, operation, order_id, attempt, from_state, to_state, id, payment_status, source, reason)
         VALUES (:now, :account, :operation, :order_id, :attempt, :from_state, :to_state, :id, :payment_status, :source, :reason)";
    transaction.prepare(sql)?.execute(named_params! {
        ":now": now, ":account": row.account, ":operation": row.operation,
        ":order_id": row.order_id, ":attempt": row.attempt,
        ":from_state": change.before.map(|before| before.state.as_str()),
        ":to_state": row.state.as_str(), ":id": row.id, ":payment_status": row.payment_status,
        ":source": change.source.as_str(), ":reason": change.reason,
    })
}

fn noted(
    connection: &Connection,
    event: &Notification,
    subject: &str,
) -> rusqlite::Result<Vec<String>> {
    let sql = "SELECT payment_status FROM notifications WHERE account = :account AND type = :type AND subject = :subject";
    let mut statement = connection.prepare(sql)?;
    let subject =
        named_params! { ":account": event.account, ":type": event.kind, ":subject": subject };
    let statuses = statement.query_map(subject, |row| row.get(0))?;
    statuses.collect()
}

fn insert_notification(
    transaction: &Transaction<'_>,
    event: &Notification,
    subject: &str,
) -> rusqlite::Result<usize> {
    transaction.execute(
        "INSERT INTO notifications (account, type, subject, payment_status, noted_ms)
         VALUES (:account, :type, :subject, :payment_status, :now)",
        named_params! {
            ":account": event.account, ":type": event.kind, ":subject": subject,
            ":payment_status": event.payment_status.as_str(), ":now": now_ms(),
        },
    )
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<Stored> {
    read(&mut SqliteColumns { row, next: 0 })
}

struct SqliteColumns<'a> {
    row: &'a Row<'a>,
    next: usize,
}

impl SqliteColumns<'_> {
    fn next<T: rusqlite::types::FromSql>(&mut self) -> rusqlite::Result<T> {
        let value = self.row.get(self.next);
        self.next += 1;
        value
    }
}

impl Columns for SqliteColumns<'_> {
    type Error = rusqlite::Error;

    fn text(&mut self) -> rusqlite::Result<Option<String>> {
        self.next()
    }

    fn integer(&mut self) -> rusqlite::Result<Option<i64>> {
        self.next()
    }

    fn boolean(&mut self) -> rusqlite::Result<bool> {
        self.next()
    }

    fn bytes(&mut self) -> rusqlite::Result<Vec<u8>> {
        self.next()
    }
}

impl ToSql for Parameter {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Integer(value) => value.to_sql(),
            Self::Text(value) => value.to_sql(),
        }
    }
}
