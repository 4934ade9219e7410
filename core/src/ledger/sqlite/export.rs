//! What another ledger needs of this file when it takes over.

use rusqlite::Row;

use super::database::Sqlite;
use super::schema::{self, MOVED_TO};
use super::session::SqliteSession;
use crate::error::Result;
use crate::ledger::lock::LockDeadline;
use crate::ledger::store::{Durability, Noted};

impl Sqlite {
    /// Blocks creates for good: they go to the ledger at `location` from now on.
    pub(in crate::ledger) fn move_to(&self, location: &str, deadline: LockDeadline) -> Result<()> {
        let session = SqliteSession::open(self, deadline)?;
        let known = session.transact(Durability::Full, |transaction| {
            let known = schema::fact(transaction, MOVED_TO)?;
            if known.is_none() {
                schema::set_fact(transaction, MOVED_TO, location)?;
            }
            Ok(known)
        })?;
        match known {
            Some(other) if other != location => {
                Err(self.failed(&format!("the ledger moved to {other} before")))
            }
            _ => Ok(()),
        }
    }

    /// Some notifications, and the number of the last of all that were returned until now.
    pub(in crate::ledger) fn notifications(
        &self,
        after: usize,
        limit: usize,
        deadline: LockDeadline,
    ) -> Result<(Vec<Noted>, usize)> {
        let session = SqliteSession::open(self, deadline)?;
        let sql = format!(
            "SELECT account, type, subject, payment_status, noted_ms FROM notifications
             ORDER BY account, type, subject, noted_ms LIMIT {limit} OFFSET {after}"
        );
        let notifications: Vec<Noted> = session.run(|connection| {
            let mut statement = connection.prepare(&sql)?;
            let notifications = statement.query_map([], read)?;
            notifications.collect()
        })?;
        let last = after + notifications.len();
        Ok((notifications, last))
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Noted> {
    Ok(Noted {
        account: row.get(0)?,
        kind: row.get(1)?,
        subject: row.get(2)?,
        payment_status: row.get(3)?,
        time_ms: row.get(4)?,
    })
}
