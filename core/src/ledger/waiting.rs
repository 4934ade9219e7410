//! Reports that wait to be settled together. The thread that adds the first of them settles all.

use std::mem::{replace, take};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::entry::Key;
use super::rules::{Report, Subject};
use crate::error::Result;
use crate::types::ledger_row::LedgerRow;

/// What a report says about a row, and the row after it.
#[derive(Clone, Debug)]
pub(crate) struct Settled {
    pub(crate) row: LedgerRow,
    pub(crate) subject: Subject,
}

/// The reports that wait to be settled.
#[derive(Default)]
pub(super) struct Waiting {
    state: Mutex<State>,
    gathered: Condvar,
}

#[derive(Default)]
struct State {
    items: Vec<((Key, Report), ResultSender)>,
    has_leader: bool,
    /// How many reports the leader waits for.
    group: usize,
}

/// Reports, and where their results go.
pub(super) type Group = (Vec<(Key, Report)>, Vec<ResultSender>);

/// Where the thread that reports waits for the result.
pub(super) type ResultSender = Sender<Result<Option<Settled>>>;

impl Waiting {
    /// Adds a report. If no thread settles reports now, the caller must: it is their leader.
    pub(super) fn add(
        &self,
        key: Key,
        report: Report,
    ) -> (Receiver<Result<Option<Settled>>>, Option<Leader<'_>>) {
        let (result, receiver) = channel();
        let mut state = self.lock();
        let leads = !replace(&mut state.has_leader, true);
        state.items.push(((key, report), result));
        if state.items.len() == state.group {
            self.gathered.notify_one();
        }
        (receiver, leads.then_some(Leader(self)))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Held by the thread that settles the reports that wait.
pub(super) struct Leader<'a>(&'a Waiting);

impl Leader<'_> {
    /// Waits until there are as many reports as a group has, but not longer than `max_wait`.
    /// Returns whether there is any.
    pub(super) fn gather(&self, group: usize, max_wait: Duration) -> bool {
        let mut state = self.0.lock();
        state.group = group;
        let is_small = |state: &mut State| state.items.len() < group;
        let gathered = &self.0.gathered;
        let waited = gathered.wait_timeout_while(state, max_wait, is_small);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        !state.items.is_empty()
    }

    /// The reports.
    pub(super) fn take(&self) -> Group {
        take(&mut self.0.lock().items).into_iter().unzip()
    }

    /// The last reports for this leader. The next report that is added has another.
    pub(super) fn take_last(&self) -> Group {
        let mut state = self.0.lock();
        state.has_leader = false;
        take(&mut state.items).into_iter().unzip()
    }
}

/// After a panic the threads of the group learn that nobody settles their reports.
impl Drop for Leader<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            drop(self.take_last());
        }
    }
}
