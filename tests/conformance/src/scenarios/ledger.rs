//! Changes to a ledger's file from outside the library.

use std::fs;
use std::path::Path;

use rusqlite::Connection;

use super::file::LedgerFile;
use crate::Result;

/// Holds the ledger's lock until it is dropped.
pub(super) struct Lock(#[expect(dead_code, reason = "dropping it releases the lock")] Connection);

pub(super) fn change(path: &Path, to: LedgerFile) -> Result<Option<Lock>> {
    match to {
        LedgerFile::Garbage => fs::write(path, [0xA5; 8192])?,
        LedgerFile::Locked => {
            let file = Connection::open(path)?;
            file.execute_batch("BEGIN IMMEDIATE")?;
            return Ok(Some(Lock(file)));
        }
        LedgerFile::Sending => {
            Connection::open(path)?.execute_batch("UPDATE creates SET state = 'sending'")?;
        }
    }
    Ok(None)
}
