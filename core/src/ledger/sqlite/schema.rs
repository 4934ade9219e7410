//! The schema of the ledger's SQLite file.

use rusqlite::{Connection, OptionalExtension, Transaction};

use crate::ledger::query::is_open;

/// `AliK`. It distinguishes a ledger from the file of another program.
pub(super) const APPLICATION_ID: i64 = 0x416c_694b;

/// The version of the schema below.
pub(super) const VERSION: i64 = 4;

const CREATES: &str = "
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
    revision INTEGER NOT NULL DEFAULT 0,
    leased_until_ms INTEGER,
    PRIMARY KEY (account, operation, order_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE notifications (
    account TEXT NOT NULL,
    type TEXT NOT NULL,
    subject TEXT NOT NULL,
    payment_status TEXT NOT NULL,
    noted_ms INTEGER NOT NULL,
    PRIMARY KEY (account, type, subject, payment_status)
) STRICT, WITHOUT ROWID;";

const FACTS: &str = "
CREATE TABLE facts (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;";

const EVENTS: &str = "
CREATE TABLE events (
    number INTEGER PRIMARY KEY,
    time_ms INTEGER NOT NULL,
    account TEXT NOT NULL,
    operation TEXT NOT NULL,
    order_id TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    from_state TEXT,
    to_state TEXT NOT NULL,
    id INTEGER,
    payment_status TEXT,
    source TEXT NOT NULL,
    reason TEXT,
    counts INTEGER,
    began_ms INTEGER,
    amount TEXT,
    support TEXT
) STRICT;
CREATE INDEX events_of_order ON events (order_id);
CREATE INDEX changed_creates ON creates (updated_ms);
CREATE INDEX open_creates ON creates (created_ms) WHERE ";

/// Finds the attempts of a day. Most events change none.
const EVENTS_OF_DAY: &str =
    "CREATE INDEX events_of_day ON events (account, operation, began_ms) WHERE counts <> 0";

/// What version 1 lacks. It did not record why an order was sent again, so an earlier attempt may
/// have been released.
const FROM_VERSION_1: &str = "
ALTER TABLE creates ADD COLUMN id_source TEXT;
ALTER TABLE creates ADD COLUMN earlier_ids TEXT NOT NULL DEFAULT '';
ALTER TABLE creates ADD COLUMN has_unidentified_attempt INTEGER NOT NULL DEFAULT 0;
UPDATE creates SET has_unidentified_attempt = 1 WHERE attempt > 1;";

/// What version 2 lacks. Its index has the same rows, but another text of its condition.
const FROM_VERSION_2: &str = "
ALTER TABLE creates ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
ALTER TABLE creates ADD COLUMN leased_until_ms INTEGER;
DROP INDEX open_creates;";

/// The events that versions 1 and 2 did not keep: how the rows of the last three days were found.
/// So they count on the day on which they were created.
const EVENTS_OF_ROWS: &str = "
INSERT INTO events (time_ms, account, operation, order_id, attempt, to_state, id, payment_status,
    source, counts, began_ms, amount)
SELECT updated_ms, account, operation, order_id, attempt, state, id, payment_status, 'call', 1,
    created_ms, amount
    FROM creates WHERE state NOT IN ('not_sent', 'rejected')
        AND created_ms > (SELECT max(created_ms) FROM creates) - 259200000;";

/// What version 3 lacks. Only the attempts of the last three days are counted: older days have no
/// limits any more.
const FROM_VERSION_3: &str = "
ALTER TABLE events ADD COLUMN counts INTEGER;
ALTER TABLE events ADD COLUMN began_ms INTEGER;
ALTER TABLE events ADD COLUMN amount TEXT;
ALTER TABLE events ADD COLUMN support TEXT;
UPDATE events AS e SET counts = 1, began_ms = e.time_ms, amount = c.amount
    FROM creates AS c
    WHERE e.to_state = 'sending' AND e.time_ms > (SELECT max(time_ms) FROM events) - 259200000
        AND c.account = e.account AND c.operation = e.operation AND c.order_id = e.order_id;
UPDATE events AS e SET counts = -1, began_ms = b.began_ms, amount = b.amount
    FROM events AS b
    WHERE e.to_state IN ('not_sent', 'rejected') AND b.counts = 1 AND b.order_id = e.order_id
        AND b.account = e.account AND b.operation = e.operation AND b.attempt = e.attempt
        AND NOT EXISTS (SELECT 1 FROM events AS later WHERE later.order_id = e.order_id
            AND later.account = e.account AND later.operation = e.operation
            AND later.attempt = e.attempt AND later.number > e.number);";

/// The fact that the file is a copy that may lack the newest rows.
pub(super) const IS_COPY: &str = "is_copy";

/// The fact that the ledger moved, and where to.
pub(super) const MOVED_TO: &str = "moved_to";

/// The fact that names this ledger. A copy has the name of its original.
pub(super) const IDENTITY: &str = "identity";

/// Why a file is refused that a newer library changed.
pub(super) const NEWER: &str = "the ledger was created by a newer version of the library";

/// What a file is.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Kind {
    Ours,
    /// A ledger with an older version of the schema.
    Older(i64),
    Newer,
    Foreign,
    Empty,
}

pub(super) fn kind(connection: &Connection) -> rusqlite::Result<Kind> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    Ok(match (pragma("application_id")?, pragma("user_version")?) {
        (APPLICATION_ID, VERSION) => Kind::Ours,
        (APPLICATION_ID, version @ 1..VERSION) => Kind::Older(version),
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

/// Creates the schema, or brings that of an older version up to date.
pub(super) fn make(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    // Another process may have done it before this transaction began.
    let events = format!("{EVENTS}{};{EVENTS_OF_DAY}", is_open());
    let steps: &[&str] = match kind(transaction)? {
        Kind::Empty => &[CREATES, FACTS, &events],
        Kind::Older(1) => &[
            FROM_VERSION_1,
            FACTS,
            FROM_VERSION_2,
            &events,
            EVENTS_OF_ROWS,
        ],
        Kind::Older(2) => &[FROM_VERSION_2, &events, EVENTS_OF_ROWS],
        Kind::Older(_) => &[FROM_VERSION_3, EVENTS_OF_DAY],
        Kind::Ours | Kind::Newer | Kind::Foreign => return Ok(()),
    };
    for step in steps {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    if fact(transaction, IDENTITY)?.is_some() {
        return Ok(());
    }
    let identity = format!("{:032x}", fastrand::u128(..));
    set_fact(transaction, IDENTITY, &identity)
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
