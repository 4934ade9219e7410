//! Backups. A restored copy lacks the orders that were sent after it was made, so it carries a mark
//! that blocks creates until the merchant decides.

use std::fs::OpenOptions;
use std::path::Path;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::connection::RETRY_INTERVAL;
use super::database::Sqlite;
use super::schema::{IS_COPY, set_fact};
use super::session::SqliteSession;
use crate::error::{Error, Result};
use crate::ledger::lock::{LockDeadline, now_ms};

/// The pages that are copied at once: all of them, so that the copy is one moment of the ledger.
const ALL_PAGES: i32 = i32::MAX;

/// Copies the ledger into a new file. The copy gets its name when it is complete and marked.
pub(super) fn backup(store: &Sqlite, path: &Path, deadline: LockDeadline) -> Result<()> {
    let unusable = |error: std::io::Error| {
        let message = format!("path: {}: {error}", path.display());
        Error::invalid_argument("path", "unusable", message)
    };
    if path.try_exists().map_err(unusable)? {
        return Err(unusable(std::io::ErrorKind::AlreadyExists.into()));
    }
    let mut part = path.to_path_buf().into_os_string();
    part.push(".part");
    let part = Path::new(&part);
    create(part).map_err(unusable)?;
    let session = SqliteSession::open(store, deadline);
    let copied = session.and_then(|session| {
        store.check(&session.connection)?;
        copy(&session.connection, part, deadline).map_err(|error| store.failed_in_sqlite(&error))
    });
    let named = copied.and_then(|()| std::fs::rename(part, path).map_err(unusable));
    if named.is_err() {
        // If this fails, the file is still named as a part.
        _ = std::fs::remove_file(part);
    }
    named
}

/// Creates the file, readable only by its owner. A file that exists is not overwritten.
fn create(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn copy(connection: &Connection, path: &Path, deadline: LockDeadline) -> rusqlite::Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut copy = Connection::open_with_flags(path, flags)?;
    let backup = Backup::new(connection, &mut copy)?;
    while backup.step(ALL_PAGES)? != StepResult::Done {
        if deadline.remaining().is_zero() {
            return Err(rusqlite::Error::SqliteFailure(
                rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY),
                None,
            ));
        }
        std::thread::sleep(RETRY_INTERVAL);
    }
    drop(backup);
    // Without a log the copy is one file.
    copy.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
    set_fact(&copy, IS_COPY, &now_ms().to_string())?;
    copy.close().map_err(|(_, error)| error)
}
