//! The statements of the ledger in SQLite.

use rusqlite::types::ToSqlOutput;
use rusqlite::{Connection, OptionalExtension, Row, Statement, ToSql, Transaction, named_params};

use super::schema::{IS_COPY, MOVED_TO};
use crate::ledger::entry::{Key, Stored};
use crate::ledger::lock::now_ms;
use crate::ledger::query::{COLUMNS, Columns, Parameter, earlier_ids, read};
use crate::ledger::rules;
use crate::ledger::store::{Begun, Change, Imported, Noted};
use crate::types::amount::Amount;
use crate::types::ledger_event::LedgerEvent;
use crate::types::ledger_row::LedgerRow;
use crate::types::ledger_state::LedgerState;
use crate::webhook::notification::Notification;

pub(super) const IS_ROW: &str =
    "account = :account AND operation = :operation AND order_id = :order_id";

/// Reads the rows of orders.
pub(super) fn find<'a>(
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

/// Writes rows and their events in one transaction. Each statement is prepared when it is first
/// needed.
pub(super) struct Writer<'a> {
    transaction: &'a Transaction<'a>,
    insert: Option<Statement<'a>>,
    update: Option<Statement<'a>>,
    insert_event: Option<Statement<'a>>,
    import: Option<Statement<'a>>,
    /// The time of all of them.
    pub(super) now_ms: i64,
}

impl<'a> Writer<'a> {
    pub(super) fn new(transaction: &'a Transaction<'a>) -> Self {
        Self {
            transaction,
            insert: None,
            update: None,
            insert_event: None,
            import: None,
            now_ms: now_ms(),
        }
    }

    /// Writes the row of a create, or reads the row that prevents it.
    pub(super) fn begin(&mut self, change: &Change) -> rusqlite::Result<Begun> {
        if self.write(change)?.is_some() {
            return Ok(Begun::Stored(change.stored(self.now_ms)));
        }
        let existing = self.existing(change)?;
        existing
            .map(Begun::Exists)
            .ok_or(rusqlite::Error::QueryReturnedNoRows)
    }

    /// The row of the same order.
    pub(super) fn existing(&self, change: &Change) -> rusqlite::Result<Option<Stored>> {
        let key = Key::of(&change.row);
        let row = find(self.transaction, std::iter::once(&key))?.pop();
        Ok(row.flatten())
    }

    /// Writes the row and its event. Returns the time; none if it replaces another row.
    pub(super) fn write(&mut self, change: &Change) -> rusqlite::Result<Option<i64>> {
        let now = self.now_ms;
        let written = match &change.before {
            None => self.insert(change, now)?,
            Some(before) => self.update(change, before.revision, now)?,
        };
        if written == 0 {
            return Ok(None);
        }
        let event = self.event_of(change)?;
        self.insert_event(&event)?;
        Ok(Some(now))
    }

    /// The event of a change.
    fn event_of(&self, change: &Change) -> rusqlite::Result<LedgerEvent> {
        let row = &change.row;
        let from_state = change.before.map(|before| before.state);
        let (counts, began_ms) = self.counts(row, from_state)?.unzip();
        Ok(LedgerEvent {
            time_ms: self.now_ms,
            account: row.account.clone(),
            operation: row.operation.clone(),
            order_id: row.order_id.clone(),
            attempt: row.attempt,
            from_state,
            to_state: row.state,
            id: row.id,
            payment_status: row.payment_status.clone(),
            source: change.source.as_str().to_owned(),
            reason: change.reason.clone(),
            support: change.support.clone(),
            number: 0,
            counts,
            began_ms,
            amount: counts.and(row.amount.clone()),
        })
    }

    /// How the change to this row changes the attempts of a day, and when its attempt began. None if
    /// it does not.
    fn counts(
        &self,
        row: &LedgerRow,
        before: Option<LedgerState>,
    ) -> rusqlite::Result<Option<(i64, i64)>> {
        let Some(counted) = rules::newly_counted(before, row.state) else {
            return Ok(None);
        };
        if row.state == LedgerState::Sending {
            return Ok(Some((counted, self.now_ms)));
        }
        let sql = format!(
            "SELECT coalesce(sum(counts), 0), min(began_ms) FROM events
             WHERE {IS_ROW} AND attempt = :attempt AND counts <> 0"
        );
        let attempt = named_params! {
            ":account": row.account, ":operation": row.operation, ":order_id": row.order_id,
            ":attempt": row.attempt,
        };
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let (sum, began_ms): (i64, Option<i64>) =
            self.transaction.query_row(&sql, attempt, read)?;
        let changed = (counted != sum).then_some(counted - sum);
        Ok(changed.map(|changed| (changed, began_ms.unwrap_or(self.now_ms))))
    }

    fn insert(&mut self, change: &Change, now: i64) -> rusqlite::Result<usize> {
        let row = &change.row;
        let sql = "INSERT INTO creates (account, operation, order_id, state, attempt, amount, service, body_tag, created_ms, updated_ms)
             VALUES (:account, :operation, :order_id, :state, :attempt, :amount, :service, :body_tag, :now, :now)
             ON CONFLICT DO NOTHING";
        prepared(&mut self.insert, self.transaction, sql)?.execute(named_params! {
            ":account": row.account, ":operation": row.operation, ":order_id": row.order_id,
            ":state": row.state.as_str(), ":attempt": row.attempt,
            ":amount": row.amount.as_ref().map(Amount::as_str), ":service": row.service,
            ":body_tag": change.body_tag, ":now": now,
        })
    }

    fn update(&mut self, change: &Change, revision: i64, now: i64) -> rusqlite::Result<usize> {
        let row = &change.row;
        let sql = format!(
            "UPDATE creates SET state = :state, attempt = :attempt, amount = :amount, service = :service,
                 body_tag = coalesce(:body_tag, body_tag), id = :id, id_source = :id_source,
                 earlier_ids = :earlier_ids, has_unidentified_attempt = :has_unidentified_attempt,
                 payment_status = :payment_status, reason = :reason, updated_ms = :now,
                 revision = revision + 1
             WHERE {IS_ROW} AND revision = :revision"
        );
        prepared(&mut self.update, self.transaction, &sql)?.execute(named_params! {
            ":account": row.account, ":operation": row.operation, ":order_id": row.order_id,
            ":state": row.state.as_str(), ":attempt": row.attempt,
            ":amount": row.amount.as_ref().map(Amount::as_str), ":service": row.service,
            ":body_tag": change.body_tag, ":id": row.id, ":id_source": row.id_source,
            ":earlier_ids": earlier_ids(row), ":has_unidentified_attempt": row.has_unidentified_attempt,
            ":payment_status": row.payment_status, ":reason": row.reason, ":now": now,
            ":revision": revision,
        })
    }

    fn insert_event(&mut self, event: &LedgerEvent) -> rusqlite::Result<usize> {
        let sql = "INSERT INTO events (time_ms, account, operation, order_id, attempt, from_state, to_state, id, payment_status, source, reason, counts, began_ms, amount, support)
             VALUES (:time, :account, :operation, :order_id, :attempt, :from_state, :to_state, :id, :payment_status, :source, :reason, :counts, :began_ms, :amount, :support)";
        prepared(&mut self.insert_event, self.transaction, sql)?.execute(named_params! {
            ":time": event.time_ms, ":account": event.account, ":operation": event.operation,
            ":order_id": event.order_id, ":attempt": event.attempt,
            ":from_state": event.from_state.map(LedgerState::as_str),
            ":to_state": event.to_state.as_str(), ":id": event.id,
            ":payment_status": event.payment_status, ":source": event.source,
            ":reason": event.reason, ":counts": event.counts, ":began_ms": event.began_ms,
            ":amount": event.amount.as_ref().map(Amount::as_str), ":support": event.support,
        })
    }

    /// Inserts a row of another ledger with its events. Returns whether there was none.
    pub(super) fn import(&mut self, imported: &Imported) -> rusqlite::Result<bool> {
        let Stored {
            row,
            revision,
            body_tag,
        } = &imported.stored;
        let sql = "INSERT INTO creates (account, operation, order_id, state, attempt, amount, service, body_tag,
                 id, id_source, earlier_ids, has_unidentified_attempt, payment_status, reason,
                 created_ms, updated_ms, revision)
             VALUES (:account, :operation, :order_id, :state, :attempt, :amount, :service, :body_tag,
                 :id, :id_source, :earlier_ids, :has_unidentified_attempt, :payment_status, :reason,
                 :created_ms, :updated_ms, :revision)
             ON CONFLICT DO NOTHING";
        let inserted =
            prepared(&mut self.import, self.transaction, sql)?.execute(named_params! {
                ":account": row.account, ":operation": row.operation, ":order_id": row.order_id,
                ":state": row.state.as_str(), ":attempt": row.attempt,
                ":amount": row.amount.as_ref().map(Amount::as_str), ":service": row.service,
                ":body_tag": body_tag, ":id": row.id, ":id_source": row.id_source,
                ":earlier_ids": earlier_ids(row),
                ":has_unidentified_attempt": row.has_unidentified_attempt,
                ":payment_status": row.payment_status, ":reason": row.reason,
                ":created_ms": row.created_ms, ":updated_ms": row.updated_ms, ":revision": revision,
            })?;
        if inserted == 0 {
            return Ok(false);
        }
        for event in &imported.events {
            self.insert_event(event)?;
        }
        Ok(true)
    }
}

/// The statement, prepared if it was not.
fn prepared<'slot, 'a>(
    slot: &'slot mut Option<Statement<'a>>,
    connection: &'a Connection,
    sql: &str,
) -> rusqlite::Result<&'slot mut Statement<'a>> {
    let statement = match slot.take() {
        Some(statement) => statement,
        None => connection.prepare(sql)?,
    };
    Ok(slot.insert(statement))
}

/// The fact that blocks creates, and its value.
pub(super) fn block(connection: &Connection) -> rusqlite::Result<Option<(String, String)>> {
    let sql = "SELECT name, value FROM facts WHERE name IN (?1, ?2) ORDER BY name DESC LIMIT 1";
    let mut statement = connection.prepare(sql)?;
    let fact = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
    statement.query_row([MOVED_TO, IS_COPY], fact).optional()
}

/// The statuses that were recorded for the subject of a notification.
pub(super) fn noted(
    connection: &Connection,
    event: &Notification,
    subject: &str,
) -> rusqlite::Result<Vec<String>> {
    let sql = "SELECT payment_status FROM notifications WHERE account = :account AND type = :type AND subject = :subject";
    let mut statement = connection.prepare(sql)?;
    let subject = named_params! { ":account": event.account.as_deref().unwrap_or_default(), ":type": event.kind, ":subject": subject };
    let statuses = statement.query_map(subject, |row| row.get(0))?;
    statuses.collect()
}

pub(super) fn insert_notification(
    transaction: &Transaction<'_>,
    noted: &Noted,
) -> rusqlite::Result<usize> {
    transaction.execute(
        "INSERT INTO notifications (account, type, subject, payment_status, noted_ms)
         VALUES (:account, :type, :subject, :payment_status, :noted_ms) ON CONFLICT DO NOTHING",
        named_params! {
            ":account": noted.account, ":type": noted.kind, ":subject": noted.subject,
            ":payment_status": noted.payment_status, ":noted_ms": noted.time_ms,
        },
    )
}

pub(super) fn read_row(row: &Row<'_>) -> rusqlite::Result<Stored> {
    read(&mut SqliteColumns::new(row))
}

/// The columns of a row, one after the other.
pub(super) struct SqliteColumns<'a> {
    row: &'a Row<'a>,
    next: usize,
}

impl<'a> SqliteColumns<'a> {
    pub(super) fn new(row: &'a Row<'a>) -> Self {
        Self { row, next: 0 }
    }

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
