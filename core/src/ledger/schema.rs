//! The schema of the ledger's SQLite file, and the conditions that its statements share.

use rusqlite::Row;

use crate::types::ledger_row::{LedgerRow, LedgerState};

/// `AliK`. It distinguishes a ledger from the file of another program.
pub(super) const APPLICATION_ID: i64 = 0x416c_694b;

/// The version of the schema below.
pub(super) const VERSION: i64 = 1;

pub(super) const SCHEMA: &str = "
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

/// The condition for rows with an unknown outcome or a status that is not final.
pub(super) const IS_OPEN: &str = "(state IN ('sending', 'unknown')
    OR (state = 'accepted' AND ifnull(payment_status, '') NOT IN ('paid', 'cancel', 'fail')))";

/// The condition for rows that become accepted when the provider reports the order. That report
/// overrides rejected, not sent and released, which are conclusions of this library or the
/// merchant.
pub(super) const MAY_BE_ACCEPTED: &str =
    "(state <> 'accepted' OR ifnull(payment_status, '') NOT IN ('paid', 'cancel', 'fail'))";

pub(super) const COLUMNS: &str = "account, operation, order_id, state, attempt, amount, service, id, payment_status, reason, created_ms, updated_ms";

pub(super) const IS_ROW: &str =
    "account = :account AND operation = :operation AND order_id = :order_id";

/// Reads [`COLUMNS`].
pub(super) fn read_row(row: &Row<'_>) -> rusqlite::Result<LedgerRow> {
    let state: String = row.get("state")?;
    let amount: Option<String> = row.get("amount")?;
    Ok(LedgerRow {
        account: row.get("account")?,
        operation: row.get("operation")?,
        order_id: row.get("order_id")?,
        // A state of a newer version must block another create.
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
