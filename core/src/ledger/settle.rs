//! Settling rows by reports. Threads that report at the same time share one transaction.

use std::time::{Duration, Instant};

use super::entry::Key;
use super::inner::Inner;
use super::lock::LockDeadline;
use super::rules::{self, Report};
use super::store::{Change, Durability, Session};
use super::waiting::{Group, Leader, ResultSender, Settled};
use crate::error::Result;

/// How long the first report of a group waits for others, at most. The network takes longer.
const MAX_GATHERING: Duration = Duration::from_millis(1);

/// How long a thread settles the reports of others, at most: its own call waits, and so do creates.
const MAX_LEADING: Duration = Duration::from_millis(25);

impl Inner {
    /// Records a report in the row of its order. None if there is no such row.
    ///
    /// If `group` is above 1, the thread with the first report waits a moment for as many reports and
    /// settles all of them, so that a thousand statuses do not open the store a thousand times.
    pub(super) fn settle(
        &self,
        key: Key,
        report: Report,
        group: usize,
        deadline: LockDeadline,
    ) -> Result<Option<Settled>> {
        if group <= 1 {
            let mut session = self.open(deadline)?;
            let settled = self.settle_all(&mut *session, &[(key, report)], deadline)?;
            return Ok(settled.into_iter().next().flatten());
        }
        let waiting = self.waiting.get();
        let (result, leader) = waiting.add(key, report);
        if let Some(leader) = leader {
            self.settle_groups(&leader, group, deadline);
        }
        let late = || {
            self.store
                .failed("timed out waiting for another thread's ledger access")
        };
        let settled = result.recv_timeout(deadline.remaining());
        settled.unwrap_or_else(|_| Err(late()))
    }

    /// Settles the reports that wait, and in the same session those that follow soon.
    fn settle_groups(&self, leader: &Leader<'_>, group: usize, deadline: LockDeadline) {
        let end = Instant::now() + MAX_LEADING;
        let gather = || leader.gather(group, MAX_GATHERING.min(deadline.remaining()));
        gather();
        let mut session = match self.open(deadline) {
            Ok(session) => session,
            Err(error) => return send(leader.take_last().1, Err(error)),
        };
        let mut settle = |(reports, results): Group| {
            send(results, self.settle_all(&mut *session, &reports, deadline));
        };
        loop {
            settle(leader.take());
            if !gather() || Instant::now() > end {
                break;
            }
        }
        settle(leader.take_last());
    }

    fn settle_all(
        &self,
        session: &mut dyn Session,
        reports: &[(Key, Report)],
        deadline: LockDeadline,
    ) -> Result<Vec<Option<Settled>>> {
        let mut settled = vec![None; reports.len()];
        let mut rest: Vec<_> = reports.iter().zip(&mut settled).collect();
        loop {
            let keys: Vec<Key> = rest.iter().map(|((key, _), _)| key.clone()).collect();
            let rows = session.find(&keys)?;
            let mut changes = Vec::new();
            let mut to_write = Vec::new();
            for ((reported, result), stored) in rest.into_iter().zip(rows) {
                let Some(stored) = stored else { continue };
                let report = &reported.1;
                let mut row = stored.row.clone();
                let subject = rules::subject(&row, report);
                let is_changed = rules::settle(&mut row, report);
                if is_changed {
                    changes.push(Change::of(&stored, row.clone(), report.source));
                }
                *result = Some(Settled { row, subject });
                if is_changed {
                    to_write.push((reported, result));
                }
            }
            let times = if changes.is_empty() {
                Vec::new()
            } else {
                session.write(&changes, Durability::Full)?
            };
            // Another process, or another report of this group, changed the others meanwhile.
            rest = Vec::new();
            for ((reported, result), time) in to_write.into_iter().zip(times) {
                match (time, &mut *result) {
                    (Some(time), Some(settled)) => settled.row.updated_ms = time,
                    _ => rest.push((reported, result)),
                }
            }
            if rest.is_empty() {
                return Ok(settled);
            }
            self.check(deadline)?;
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
