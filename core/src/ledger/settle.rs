//! Settling rows by reports. Threads that report at the same time share one transaction.

use std::time::Duration;

use rusqlite::Connection;

use super::entry::Key;
use super::lock::LockDeadline;
use super::rows::find;
use super::rules::{self, Report};
use super::schema::write_row;
use super::store::{Durability, Store, now_ms, write};
use super::waiting::{First, Settled};
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
        if !gathers {
            let reports = [(key, report)];
            let settled =
                self.with_connection(deadline, |connection| settle_all(connection, &reports))?;
            return Ok(settled.into_iter().next().flatten());
        }
        let process = self.process.get();
        let (result, first) = process.waiting.add(key, report);
        if let Some(first) = first {
            std::thread::sleep(GATHERING.min(deadline.remaining()));
            self.settle_group(&first, deadline);
        }
        let late = || self.failed("timed out waiting for another thread's ledger access");
        let settled = result.recv_timeout(deadline.remaining());
        settled.unwrap_or_else(|_| Err(late()))
    }

    fn settle_group(&self, first: &First<'_>, deadline: LockDeadline) {
        let mut results = Vec::new();
        let settled = self.with_connection(deadline, |connection| {
            let reports;
            (reports, results) = first.take();
            settle_all(connection, &reports)
        });
        // A thread may have stopped waiting for its result.
        match settled {
            Ok(settled) => {
                for (result, settled) in results.into_iter().zip(settled) {
                    _ = result.send(Ok(settled));
                }
            }
            Err(error) => {
                if results.is_empty() {
                    (_, results) = first.take();
                }
                for result in results {
                    _ = result.send(Err(error.clone()));
                }
            }
        }
    }
}

fn settle_all(
    connection: &mut Connection,
    reports: &[(Key, Report)],
) -> rusqlite::Result<Vec<Option<Settled>>> {
    let read: Vec<_> = reports
        .iter()
        .map(|report| settle_one(connection, report))
        .collect::<rusqlite::Result<_>>()?;
    if !read.iter().flatten().any(|(_, is_changed)| *is_changed) {
        return Ok(without_changes(read));
    }
    write(connection, Durability::Full, |transaction| {
        // The rows may have changed before the transaction began.
        let mut settled = Vec::with_capacity(reports.len());
        for report in reports {
            let mut one = settle_one(transaction, report)?;
            if let Some((Settled { row, .. }, true)) = &mut one {
                row.updated_ms = now_ms();
                write_row(transaction, row)?;
            }
            settled.push(one);
        }
        Ok(without_changes(settled))
    })
}

/// What a report does to the row of its order, and whether it changes the row.
fn settle_one(
    connection: &Connection,
    (key, report): &(Key, Report),
) -> rusqlite::Result<Option<(Settled, bool)>> {
    Ok(find(connection, key)?.map(|mut row| {
        let subject = rules::subject(&row, report);
        let is_changed = rules::settle(&mut row, report);
        (Settled { row, subject }, is_changed)
    }))
}

fn without_changes(settled: Vec<Option<(Settled, bool)>>) -> Vec<Option<Settled>> {
    let settled = settled.into_iter();
    settled.map(|one| one.map(|(settled, _)| settled)).collect()
}
