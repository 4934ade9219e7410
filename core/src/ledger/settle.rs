//! Settling rows by reports. Threads that report at the same time share one transaction.

use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::entry::Key;
use super::lock::LockDeadline;
use super::rows::Finder;
use super::rules::{self, Report};
use super::schema::write_row;
use super::store::{Durability, Store, now_ms, write};
use super::waiting::{Group, Leader, ResultSender, Settled};
use crate::error::Result;

/// How long the first report of a group waits for others, at most. The network takes longer.
const MAX_GATHERING: Duration = Duration::from_millis(1);

/// How long a thread settles the reports of others, at most: its own call waits, and so do creates.
const MAX_LEADING: Duration = Duration::from_millis(10);

impl Store {
    /// Records a report in the row of its order. None if there is no such row.
    ///
    /// If `group` is above 1, the thread with the first report waits a moment for as many reports and
    /// settles all of them, so that a thousand statuses do not open the file a thousand times.
    pub(super) fn settle(
        &self,
        key: Key,
        report: Report,
        group: usize,
        deadline: LockDeadline,
    ) -> Result<Option<Settled>> {
        if group <= 1 {
            let reports = [(key, report)];
            let settled = self.with_connection(deadline, |connection| {
                settle_all(connection, &mut Finder::new(connection)?, &reports)
            })?;
            return Ok(settled.into_iter().next().flatten());
        }
        let process = self.process.get();
        let (result, leader) = process.waiting.add(key, report);
        if let Some(leader) = leader {
            self.settle_groups(&leader, group, deadline);
        }
        let late = || self.failed("timed out waiting for another thread's ledger access");
        let settled = result.recv_timeout(deadline.remaining());
        settled.unwrap_or_else(|_| Err(late()))
    }

    /// Settles the reports that wait, and with the same connection those that follow soon.
    fn settle_groups(&self, leader: &Leader<'_>, group: usize, deadline: LockDeadline) {
        let end = Instant::now() + MAX_LEADING;
        let gather = || leader.gather(group, MAX_GATHERING.min(deadline.remaining()));
        gather();
        let connected = self.with_connection(deadline, |connection| {
            let mut rows = Finder::new(connection)?;
            let mut settle = |(reports, results): Group| {
                let settled = settle_all(connection, &mut rows, &reports);
                send(
                    results,
                    settled.map_err(|error| self.failed(&error.to_string())),
                );
            };
            loop {
                settle(leader.take());
                if !gather() || Instant::now() > end {
                    break;
                }
            }
            settle(leader.take_last());
            Ok(())
        });
        if let Err(error) = connected {
            let (_, results) = leader.take_last();
            send(results, Err(error));
        }
    }
}

/// Returns to each thread the result of its report. A thread may have stopped waiting.
fn send(results: Vec<ResultSender>, settled: Result<Vec<Option<Settled>>>) {
    match settled {
        Ok(settled) => {
            for (result, settled) in results.into_iter().zip(settled) {
                _ = result.send(Ok(settled));
            }
        }
        Err(error) => {
            for result in results {
                _ = result.send(Err(error.clone()));
            }
        }
    }
}

fn settle_all(
    connection: &Connection,
    rows: &mut Finder<'_>,
    reports: &[(Key, Report)],
) -> rusqlite::Result<Vec<Option<Settled>>> {
    let settle = |report| settle_one(rows, report);
    let read: Vec<_> = reports
        .iter()
        .map(settle)
        .collect::<rusqlite::Result<_>>()?;
    if !read.iter().flatten().any(|(_, is_changed)| *is_changed) {
        return Ok(without_changes(read));
    }
    write(connection, Durability::Full, |transaction| {
        // The rows may have changed before the transaction began.
        let mut settled = Vec::with_capacity(reports.len());
        for report in reports {
            let mut one = settle_one(rows, report)?;
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
    rows: &mut Finder<'_>,
    (key, report): &(Key, Report),
) -> rusqlite::Result<Option<(Settled, bool)>> {
    Ok(rows.find(key)?.map(|mut row| {
        let subject = rules::subject(&row, report);
        let is_changed = rules::settle(&mut row, report);
        (Settled { row, subject }, is_changed)
    }))
}

fn without_changes(settled: Vec<Option<(Settled, bool)>>) -> Vec<Option<Settled>> {
    let settled = settled.into_iter();
    settled.map(|one| one.map(|(settled, _)| settled)).collect()
}
