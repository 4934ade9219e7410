//! Settling rows by reports. Threads that report at the same time share one transaction.

use rusqlite::Connection;

use super::entry::Key;
use super::lock::LockDeadline;
use super::rows::find;
use super::rules::{self, Report};
use super::schema::write_row;
use super::store::{Durability, Store, now_ms, write};
use super::waiting::{Item, Settled};
use crate::error::Result;

impl Store {
    /// Records a report in the row of its order. None if there is no such row.
    ///
    /// The thread that gets the lock settles every report that waits, so that a thousand statuses
    /// do not open the file a thousand times.
    pub(super) fn settle(
        &self,
        key: Key,
        report: Report,
        deadline: LockDeadline,
    ) -> Result<Option<Settled>> {
        let process = self.process.get();
        let result = process.waiting.add(key, report);
        let mut taken = Vec::new();
        let settled = self.with_connection(deadline, |connection| {
            // Another thread may have settled this report meanwhile.
            taken = process.waiting.take();
            settle_all(connection, &taken)
        });
        match settled {
            Ok(settled) => {
                for (item, settled) in taken.into_iter().zip(settled) {
                    // The thread may have stopped waiting.
                    _ = item.result.send(Ok(settled));
                }
            }
            Err(error) => {
                for item in taken {
                    _ = item.result.send(Err(error.clone()));
                }
                return result.try_recv().unwrap_or(Err(error));
            }
        }
        let lost = || self.failed("another thread did not settle the status");
        result.recv().unwrap_or_else(|_| Err(lost()))
    }
}

fn settle_all(
    connection: &mut Connection,
    items: &[Item],
) -> rusqlite::Result<Vec<Option<Settled>>> {
    let (settled, is_changed) = apply(connection, items)?;
    if !is_changed {
        return Ok(settled);
    }
    write(connection, Durability::Full, |transaction| {
        // The rows may have changed before the transaction began.
        let mut all = Vec::with_capacity(items.len());
        for item in items {
            let mut settled = apply_one(transaction, item)?;
            if let Some((Settled { row, .. }, true)) = &mut settled {
                row.updated_ms = now_ms();
                write_row(transaction, row)?;
            }
            all.push(settled.map(|(settled, _)| settled));
        }
        Ok(all)
    })
}

/// What the reports do to the rows, and whether they change one.
fn apply(
    connection: &Connection,
    items: &[Item],
) -> rusqlite::Result<(Vec<Option<Settled>>, bool)> {
    let mut is_changed = false;
    let mut all = Vec::with_capacity(items.len());
    for item in items {
        let settled = apply_one(connection, item)?;
        is_changed |= settled.as_ref().is_some_and(|(_, changed)| *changed);
        all.push(settled.map(|(settled, _)| settled));
    }
    Ok((all, is_changed))
}

fn apply_one(connection: &Connection, item: &Item) -> rusqlite::Result<Option<(Settled, bool)>> {
    let row = find(connection, &item.key)?;
    Ok(row.map(|mut row| {
        let subject = rules::subject(&row, &item.report);
        let is_changed = rules::settle(&mut row, &item.report);
        (Settled { row, subject }, is_changed)
    }))
}
