//! Settling rows by reports. Threads that report at the same time share one transaction.

use std::time::Duration;

use rusqlite::Connection;

use super::entry::Key;
use super::lock::LockDeadline;
use super::rows::find;
use super::rules::{self, Report};
use super::schema::write_row;
use super::store::{Durability, Store, now_ms, write};
use super::waiting::{First, Item, Settled};
use crate::error::Result;

/// How long the first report of a group waits for others. The network takes longer.
const GATHERING: Duration = Duration::from_millis(2);

impl Store {
    /// Records a report in the row of its order. None if there is no such row.
    ///
    /// With `gathers`, the thread with the first report waits a moment for those of other threads
    /// and settles all of them, so that a thousand statuses do not open the file a thousand times.
    pub(super) fn settle(
        &self,
        key: Key,
        report: Report,
        gathers: bool,
        deadline: LockDeadline,
    ) -> Result<Option<Settled>> {
        let process = self.process.get();
        let (result, first) = process.waiting.add(key, report);
        if let Some(first) = first {
            if gathers {
                std::thread::sleep(GATHERING.min(deadline.remaining()));
            }
            self.settle_group(&first, deadline);
        }
        let late = || self.failed("timed out waiting for another thread's ledger access");
        let settled = result.recv_timeout(deadline.remaining());
        settled.unwrap_or_else(|_| Err(late()))
    }

    fn settle_group(&self, first: &First<'_>, deadline: LockDeadline) {
        let mut items = Vec::new();
        let settled = self.with_connection(deadline, |connection| {
            items = first.take();
            settle_all(connection, &items)
        });
        // A thread may have stopped waiting for its result.
        match settled {
            Ok(settled) => {
                for (item, settled) in items.into_iter().zip(settled) {
                    _ = item.result.send(Ok(settled));
                }
            }
            Err(error) => {
                if items.is_empty() {
                    items = first.take();
                }
                for item in items {
                    _ = item.result.send(Err(error.clone()));
                }
            }
        }
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
