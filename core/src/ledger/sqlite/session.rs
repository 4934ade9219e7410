//! One connection to the ledger's file, and the statements that run on it.

use rusqlite::{Connection, Row, Transaction, TransactionBehavior, named_params, params_from_iter};

use super::connection;
use super::database::Sqlite;
use super::days::Today;
use super::schema::{self, IS_COPY, MOVED_TO};
use super::statements::{
    IS_ROW, SqliteColumns, Writer, block, find, insert_notification, noted, read_row,
};
use crate::error::{Error, Result};
use crate::ledger::day_limit::Used;
use crate::ledger::entry::{Key, Stored};
use crate::ledger::lock::{ForkBlock, Guard, LockDeadline, block_fork, now_ms};
use crate::ledger::query::{EventQuery, Query, read_event};
use crate::ledger::store::{Begin, Begun, Change, Durability, Imported, Noted, Session};
use crate::ledger::zone::Zone;
use crate::types::ledger_event::LedgerEvent;
use crate::webhook::notification::Notification;

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

    /// Runs `operation` in a read transaction.
    pub(super) fn run<T>(
        &self,
        operation: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T> {
        self.within(TransactionBehavior::Deferred, |transaction| {
            operation(transaction)
        })
    }

    /// Runs `operation` in an exclusive write transaction and commits it.
    pub(super) fn transact<T>(
        &self,
        durability: Durability,
        operation: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let synchronous = match durability {
            Durability::Full => "FULL",
            Durability::Process => "NORMAL",
        };
        self.connection
            .pragma_update(None, "synchronous", synchronous)
            .map_err(|error| self.store.failed_in_sqlite(&error))?;
        self.within(TransactionBehavior::Immediate, operation)
    }

    /// Each statement outside a transaction would lock and unlock the file.
    fn within<T>(
        &self,
        behavior: TransactionBehavior,
        operation: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let fail = |error: rusqlite::Error| self.store.failed_in_sqlite(&error);
        // It is the only transaction of its connection.
        let transaction = Transaction::new_unchecked(&self.connection, behavior).map_err(fail)?;
        self.store.check(&transaction)?;
        let output = operation(&transaction).map_err(fail)?;
        transaction.commit().map_err(fail)?;
        Ok(output)
    }

    /// Why creates are blocked.
    fn blocked(&self, (name, value): &(String, String)) -> Error {
        if name == MOVED_TO {
            return self
                .store
                .failed(&format!("the ledger moved to {value}: use that one"));
        }
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
            let read = |row: &Row<'_>| read_event(&mut SqliteColumns::new(row));
            let events = statement.query_map(params_from_iter(parameters), read)?;
            events.collect()
        })
    }

    fn begin(&mut self, begins: &[Begin]) -> Result<Vec<Begun>> {
        let days = self.store.days.get();
        let begun = self.transact(Durability::Full, |transaction| {
            if let Some(fact) = block(transaction)? {
                return Ok(Err(fact));
            }
            let mut writer = Writer::new(transaction);
            let mut today = Today::new(&days, writer.now_ms);
            for begin in begins {
                used_of(begin, &mut today, transaction)?;
            }
            let begin = |begin| begin_one(begin, &mut writer, &mut today, transaction);
            begins
                .iter()
                .map(begin)
                .collect::<rusqlite::Result<_>>()
                .map(Ok)
        })?;
        begun.map_err(|fact| self.blocked(&fact))
    }

    fn used(&mut self, account: &str, operation: &str, zone: &Zone) -> Result<Used> {
        let days = self.store.days.get();
        let mut today = Today::new(&days, now_ms());
        self.run(|connection| today.used(connection, account, operation, zone))
    }

    fn write(&mut self, changes: &[Change], durability: Durability) -> Result<Vec<Option<i64>>> {
        self.transact(durability, |transaction| {
            let mut writer = Writer::new(transaction);
            changes.iter().map(|change| writer.write(change)).collect()
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
                && Writer::new(transaction).write(change)?.is_none()
            {
                return Ok(false);
            }
            let noted = Noted {
                account: event.account.clone().unwrap_or_default(),
                kind: event.kind.clone(),
                subject: subject.to_owned(),
                payment_status: event.payment_status.as_str().to_owned(),
                time_ms: now_ms(),
            };
            insert_notification(transaction, &noted)?;
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

    fn check(&mut self) -> Result<Vec<String>> {
        let block = self.run(block)?;
        let blocked = block.map(|fact| self.blocked(&fact).message().to_owned());
        Ok(blocked
            .into_iter()
            .chain(self.store.file.notice())
            .collect())
    }

    fn import(&mut self, rows: &[Imported]) -> Result<Vec<bool>> {
        self.transact(Durability::Full, |transaction| {
            let mut writer = Writer::new(transaction);
            rows.iter().map(|row| writer.import(row)).collect()
        })
    }

    fn import_notifications(&mut self, notifications: &[Noted]) -> Result<()> {
        self.transact(Durability::Full, |transaction| {
            for noted in notifications {
                insert_notification(transaction, noted)?;
            }
            Ok(())
        })
    }

    fn resume(&mut self, reason: &str) -> Result<()> {
        self.transact(Durability::Full, |transaction| {
            if schema::fact(transaction, IS_COPY)?.is_some() {
                schema::delete_fact(transaction, IS_COPY)?;
                schema::set_fact(transaction, RESUMED, &format!("{} {reason}", now_ms()))?;
            }
            Ok(())
        })
    }
}

/// Writes the row of a create, unless another row or a limit of the day prevents it.
fn begin_one(
    begin: &Begin,
    writer: &mut Writer<'_>,
    today: &mut Today<'_>,
    connection: &Connection,
) -> rusqlite::Result<Begun> {
    let change = &begin.change;
    if let Some(limit) = &begin.day_limit {
        // An order that the ledger has is a duplicate, whatever the limits are.
        if let Some(existing) = writer.existing(change)?
            && change.before.map(|before| before.revision) != Some(existing.revision)
        {
            return Ok(Begun::Exists(existing));
        }
        let of_day = used_of(begin, today, connection)?.unwrap_or_default();
        if let Err(error) = limit.check(of_day, change.row.amount.as_ref()) {
            return Ok(Begun::Refused(error));
        }
    }
    let result = writer.begin(change)?;
    if let Begun::Stored(stored) = &result {
        today.add(&stored.row);
    }
    Ok(result)
}

/// What of the day of this create is used, if it has limits.
fn used_of(
    begin: &Begin,
    today: &mut Today<'_>,
    connection: &Connection,
) -> rusqlite::Result<Option<Used>> {
    let Some(limit) = &begin.day_limit else {
        return Ok(None);
    };
    let row = &begin.change.row;
    let used = today.used(connection, &row.account, &row.operation, &limit.zone)?;
    Ok(Some(used))
}
