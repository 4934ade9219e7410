//! Settling rows by reports. Threads that report at the same time share one transaction.

use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

use super::entry::Key;
use super::inner::Inner;
use super::lock::LockDeadline;
use super::rules::{self, Report};
use super::store::{Change, Durability, Session};
use super::waiting::{Done, Group, Leader, Settled};
use crate::error::Result;

/// How long the first report of a group waits for others, at most. The network takes longer.
const MAX_GATHERING: Duration = Duration::from_millis(5);

/// How long a thread settles the reports of others, at most: its own call waits, and so do creates.
const MAX_LEADING: Duration = Duration::from_millis(50);

impl Inner {
    /// Records a report in the row of its order. None if there is no such row.
    ///
    /// The thread with the first report settles those of other threads too, so that a thousand
    /// statuses do not open the store a thousand times. If `group` is above 1, it waits a moment
    /// until threads wait for as many reports.
    pub(super) fn settle(
        &self,
        key: Key,
        report: Report,
        group: usize,
        deadline: LockDeadline,
    ) -> Result<Option<Settled>> {
        let (sender, receiver) = sync_channel(1);
        // The thread may have stopped waiting.
        let done: Done = Box::new(move |settled| _ = sender.send(settled));
        let waiting = self.waiting.get();
        if let Some(leader) = waiting.add((key, report), done, true, group) {
            self.settle_groups(&leader, deadline);
        }
        let settled = receiver.recv_timeout(deadline.remaining());
        settled.unwrap_or_else(|_| Err(self.late()))
    }

    /// [`settle`](Self::settle), without waiting for the result if another thread settles reports
    /// now: that thread passes it to `done`.
    pub(super) fn settle_soon(
        &self,
        key: Key,
        report: Report,
        group: usize,
        deadline: LockDeadline,
        done: Done,
    ) {
        let waiting = self.waiting.get();
        if let Some(leader) = waiting.add((key, report), done, false, group) {
            self.settle_groups(&leader, deadline);
        }
    }

    /// Settles the reports that wait, and in the same session those that follow soon.
    fn settle_groups(&self, leader: &Leader<'_>, deadline: LockDeadline) {
        let end = Instant::now() + MAX_LEADING;
        let gather = || leader.gather(MAX_GATHERING.min(deadline.remaining()));
        gather();
        let mut session = match self.open(deadline) {
            Ok(session) => session,
            Err(error) => return send(leader.take_last().1, Err(error)),
        };
        let mut settle = |(reports, done): Group| {
            if !reports.is_empty() {
                send(done, self.settle_all(&mut *session, &reports, deadline));
            }
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
                let from = stored.row.state;
                *result = Some(Settled { from, row, subject });
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

/// Returns the result of each report.
fn send(done: Vec<Done>, settled: Result<Vec<Option<Settled>>>) {
    match settled {
        Ok(settled) => {
            for (done, settled) in done.into_iter().zip(settled) {
                done(Ok(settled));
            }
        }
        Err(error) => {
            for done in done {
                done(Err(error.clone()));
            }
        }
    }
}
