//! Connections to the ledger's file.
//!
//! A connection is opened for each operation and closed after it. SQLite tracks its locks in
//! process memory, so a connection that is open across `fork` has wrong information about them in
//! the child (`docs/decisions/0007-ledger.md`).

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::schema::{self, Kind, NEWER, kind};
use crate::ledger::lock::LockDeadline;

/// The size of a page of a new file, in bytes. A create changes a few rows in each of five trees, and
/// the log gets the whole page of each. SQLite's default of 4096 made a create 5 % slower.
const PAGE_SIZE: u32 = 2048;

/// The number of pages in the write-ahead log that triggers a checkpoint. It is small because
/// opening the file reads the log.
const WAL_PAGES: u32 = 128;

/// The same in bytes: each page has a header in the log.
const LONG_WAL: u64 = WAL_PAGES as u64 * (PAGE_SIZE as u64 + 24);

/// The pause before an operation is repeated for which SQLite does not wait itself.
pub(super) const RETRY_INTERVAL: Duration = Duration::from_millis(5);

/// Opens the file, which must exist.
pub(super) fn open(path: &Path, deadline: LockDeadline) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(deadline.remaining())?;
    // Without this, each close would checkpoint the whole log.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(connection)
}

/// Makes a ledger of an empty file, brings an older one up to date, or says why neither is
/// possible.
pub(super) fn prepare(
    connection: &mut Connection,
    deadline: LockDeadline,
) -> rusqlite::Result<Result<(), &'static str>> {
    let mut found = kind(connection)?;
    if found != Kind::Ours {
        // Another process may create the tables between two statements outside a transaction.
        found = kind(&*connection.transaction()?)?;
    }
    if matches!(found, Kind::Empty | Kind::Older(_)) {
        // Another process may create the tables between these two reads.
        if found == Kind::Empty && has_log(connection)? && kind(connection)? == Kind::Empty {
            return Ok(Err(
                "the file has no tables: it was copied without its -wal file, which has the rows",
            ));
        }
        connection.pragma_update(None, "page_size", PAGE_SIZE)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        schema::make(&transaction)?;
        transaction.commit()?;
        found = kind(connection)?;
    }
    Ok(match found {
        Kind::Ours if has_log(connection)? => Ok(()),
        Kind::Ours => use_log(connection, deadline).map(Ok)?,
        Kind::Older(_) | Kind::Newer => Err(NEWER),
        Kind::Foreign | Kind::Empty => Err("the file is not a ledger"),
    })
}

/// Whether the file has a write-ahead log. A file gets its tables before its log, so that a file
/// with a log and without tables is known to lack its `-wal` file.
fn has_log(connection: &Connection) -> rusqlite::Result<bool> {
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    Ok(mode.eq_ignore_ascii_case("wal"))
}

fn use_log(connection: &Connection, deadline: LockDeadline) -> rusqlite::Result<()> {
    // SQLite does not wait for the lock to change the journal mode.
    while let Err(error) =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))
    {
        if error.sqlite_error_code() != Some(ErrorCode::DatabaseBusy)
            || deadline.remaining().is_zero()
        {
            return Err(error);
        }
        std::thread::sleep(RETRY_INTERVAL);
    }
    Ok(())
}

/// Lets the close of this connection checkpoint a long log and reset it. The next connection does
/// not know how much of the log is checkpointed, so without this the log only grows.
pub(super) fn shorten_log(connection: &Connection, path: &Path) {
    if has_long_log(path) {
        checkpoint_on_close(connection);
    }
}

fn has_long_log(path: &Path) -> bool {
    let mut log = path.to_path_buf().into_os_string();
    log.push("-wal");
    std::fs::metadata(log).is_ok_and(|log| log.len() >= LONG_WAL)
}

/// Moves the log into the file, so that the file alone has every row. If another process uses the
/// ledger, that process does it later.
pub(super) fn checkpoint(connection: &Connection) -> rusqlite::Result<()> {
    checkpoint_on_close(connection);
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}

fn checkpoint_on_close(connection: &Connection) {
    // If this fails, the log stays long, which only costs time.
    _ = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false);
}
