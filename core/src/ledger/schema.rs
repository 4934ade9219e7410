//! The schema of the ledger's SQLite file.

use rusqlite::types::FromSql;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params};

use crate::types::ledger_row::{LedgerRow, LedgerState};

/// `AliK`. It distinguishes a ledger from the file of another program.
pub(super) const APPLICATION_ID: i64 = 0x416c_694b;

/// The version of the schema below.
pub(super) const VERSION: i64 = 2;

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
    id_source TEXT,
    earlier_ids TEXT NOT NULL DEFAULT '',
    has_unidentified_attempt INTEGER NOT NULL DEFAULT 0,
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
CREATE TABLE facts (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX open_creates ON creates (created_ms) WHERE ";

/// What version 1 lacks. It did not record why an order was sent again, so an earlier attempt may
/// have been released.
const FROM_VERSION_1: &str = "
ALTER TABLE creates ADD COLUMN id_source TEXT;
ALTER TABLE creates ADD COLUMN earlier_ids TEXT NOT NULL DEFAULT '';
ALTER TABLE creates ADD COLUMN has_unidentified_attempt INTEGER NOT NULL DEFAULT 0;
UPDATE creates SET has_unidentified_attempt = 1 WHERE attempt > 1;
CREATE TABLE facts (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
PRAGMA user_version = 2;";

/// The condition for rows with an unknown outcome or a status that is not final.
pub(super) const IS_OPEN: &str = "(state IN ('sending', 'unknown')
    OR (state = 'accepted' AND ifnull(payment_status, '') NOT IN ('paid', 'cancel', 'fail')))";

pub(super) const COLUMNS: &str = "account, operation, order_id, state, attempt, amount, service, id, payment_status, reason, created_ms, updated_ms, id_source, earlier_ids, has_unidentified_attempt";

pub(super) const IS_ROW: &str =
    "account = :account AND operation = :operation AND order_id = :order_id";

/// The fact that the file is a copy that may lack the newest rows.
pub(super) const IS_COPY: &str = "is_copy";

/// The fact that names this ledger. A copy has the name of its original.
pub(super) const IDENTITY: &str = "identity";

/// What a file is.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Kind {
    Ours,
    Older,
    Newer,
    Foreign,
    Empty,
}

pub(super) fn kind(connection: &Connection) -> rusqlite::Result<Kind> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    Ok(match (pragma("application_id")?, pragma("user_version")?) {
        (APPLICATION_ID, VERSION) => Kind::Ours,
        (APPLICATION_ID, 1) => Kind::Older,
        (APPLICATION_ID, _) => Kind::Newer,
        (0, 0) if is_empty(connection)? => Kind::Empty,
        _ => Kind::Foreign,
    })
}

/// Whether a ledger has this version of the schema.
pub(super) fn is_current(connection: &Connection) -> rusqlite::Result<bool> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(version == VERSION)
}

fn is_empty(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT count(*) = 0 FROM sqlite_master", [], |row| {
        row.get(0)
    })
}

/// Creates the schema, or brings that of version 1 up to date.
pub(super) fn make(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    // Another process may have done it before this transaction began.
    match kind(transaction)? {
        Kind::Empty => {
            transaction.execute_batch(&format!("{SCHEMA}{IS_OPEN}"))?;
            transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
            transaction.pragma_update(None, "user_version", VERSION)?;
        }
        Kind::Older => transaction.execute_batch(FROM_VERSION_1)?,
        Kind::Ours | Kind::Newer | Kind::Foreign => return Ok(()),
    }
    set_fact(
        transaction,
        IDENTITY,
        &format!("{:032x}", fastrand::u128(..)),
    )
}

/// A fact about the whole file.
pub(super) fn fact(connection: &Connection, name: &str) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT value FROM facts WHERE name = ?1";
    let mut statement = connection.prepare(sql)?;
    statement.query_row([name], |row| row.get(0)).optional()
}

pub(super) fn set_fact(connection: &Connection, name: &str, value: &str) -> rusqlite::Result<()> {
    let sql = "INSERT INTO facts (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value";
    connection.execute(sql, [name, value]).map(drop)
}

pub(super) fn delete_fact(connection: &Connection, name: &str) -> rusqlite::Result<()> {
    connection
        .execute("DELETE FROM facts WHERE name = ?1", [name])
        .map(drop)
}

/// Reads [`COLUMNS`], in their order: looking each up by its name takes longer than reading it.
pub(super) fn read_row(row: &Row<'_>) -> rusqlite::Result<LedgerRow> {
    let mut columns = Columns { row, next: 0 };
    Ok(LedgerRow {
        account: columns.read()?,
        operation: columns.read()?,
        order_id: columns.read()?,
        // A state of a newer version must block another create.
        state: LedgerState::read(&columns.read::<String>()?).unwrap_or(LedgerState::Unknown),
        attempt: columns.read()?,
        amount: columns
            .read::<Option<String>>()?
            .and_then(|amount| amount.parse().ok()),
        service: columns.read()?,
        id: columns.read()?,
        payment_status: columns.read()?,
        reason: columns.read()?,
        created_ms: columns.read()?,
        updated_ms: columns.read()?,
        id_source: columns.read()?,
        earlier_ids: columns
            .read::<String>()?
            .split_terminator(',')
            .filter_map(|id| id.parse().ok())
            .collect(),
        has_unidentified_attempt: columns.read()?,
    })
}

struct Columns<'a> {
    row: &'a Row<'a>,
    next: usize,
}

impl Columns<'_> {
    fn read<T: FromSql>(&mut self) -> rusqlite::Result<T> {
        let value = self.row.get(self.next);
        self.next += 1;
        value
    }
}

/// Writes what can change in a row after it was sent.
pub(super) fn write_row(transaction: &Transaction<'_>, row: &LedgerRow) -> rusqlite::Result<()> {
    let sql = format!(
        "UPDATE creates SET state = :state, attempt = :attempt, id = :id, id_source = :id_source,
             earlier_ids = :earlier_ids, has_unidentified_attempt = :has_unidentified_attempt,
             payment_status = :payment_status, reason = :reason, updated_ms = :updated_ms
         WHERE {IS_ROW}"
    );
    let earlier_ids: Vec<String> = row.earlier_ids.iter().map(i64::to_string).collect();
    transaction.prepare(&sql)?.execute(named_params! {
        ":account": row.account, ":operation": row.operation, ":order_id": row.order_id,
        ":state": row.state.as_str(), ":attempt": row.attempt, ":id": row.id,
        ":id_source": row.id_source, ":earlier_ids": earlier_ids.join(","),
        ":has_unidentified_attempt": row.has_unidentified_attempt,
        ":payment_status": row.payment_status, ":reason": row.reason, ":updated_ms": row.updated_ms,
    })?;
    Ok(())
}
