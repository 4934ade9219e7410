//! Reports that wait to be settled together. The thread that adds the first of them settles all.

use std::mem::{replace, take};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::entry::Key;
use super::rules::{Report, Subject};
use crate::error::Result;
use crate::types::ledger_row::LedgerRow;
use crate::types::ledger_state::LedgerState;

/// What a report says about a row, and the row after it.
#[derive(Clone, Debug)]
pub(crate) struct Settled {
    /// The state of the row before it.
    pub(crate) from: LedgerState,
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
    items: Vec<((Key, Report), Done)>,
    has_leader: bool,
    /// How many of the reports a thread waits for.
    awaited: usize,
    /// How many of these the leader waits for. It follows how many calls are in flight.
    group: usize,
}

/// Takes the result of a report, on the thread that settles it. It is dropped if nobody does.
pub(crate) type Done = Box<dyn FnOnce(Result<Option<Settled>>) + Send>;

/// Reports, and where their results go.
pub(super) type Group = (Vec<(Key, Report)>, Vec<Done>);

impl Waiting {
    /// Adds a report. If no thread settles reports now, the caller must: it is their leader.
    pub(super) fn add(
        &self,
        reported: (Key, Report),
        done: Done,
        is_awaited: bool,
        group: usize,
    ) -> Option<Leader<'_>> {
        let mut state = self.lock();
        let leads = !replace(&mut state.has_leader, true);
        state.items.push((reported, done));
        state.awaited += usize::from(is_awaited);
        state.group = group;
        if !state.gathers() {
            self.gathered.notify_one();
        }
        leads.then_some(Leader(self))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Held by the thread that settles the reports that wait.
pub(super) struct Leader<'a>(&'a Waiting);

impl Leader<'_> {
    /// Waits until threads wait for as many reports as a group has, but not longer than `max_wait`.
    /// Returns whether there is any report.
    pub(super) fn gather(&self, max_wait: Duration) -> bool {
        let state = self.0.lock();
        let gathered = &self.0.gathered;
        let waited = gathered.wait_timeout_while(state, max_wait, |state| state.gathers());
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        !state.items.is_empty()
    }

    /// The reports.
    pub(super) fn take(&self) -> Group {
        self.0.lock().take()
    }

    /// The last reports for this leader. The next report that is added has another.
    pub(super) fn take_last(&self) -> Group {
        let mut state = self.0.lock();
        state.has_leader = false;
        state.take()
    }
}

impl State {
    /// Whether more reports are expected soon.
    fn gathers(&self) -> bool {
        self.group > 1 && self.awaited < self.group
    }

    fn take(&mut self) -> Group {
        self.awaited = 0;
        take(&mut self.items).into_iter().unzip()
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
