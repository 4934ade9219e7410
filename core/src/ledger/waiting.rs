//! Reports that wait to be settled together. The thread that adds the first of them settles all.

use std::mem::take;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};

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
pub(super) struct Waiting(Mutex<Vec<((Key, Report), ResultSender)>>);

/// Where the thread that reports waits for the result.
type ResultSender = Sender<Result<Option<Settled>>>;

impl Waiting {
    /// Adds a report. The guard is for the thread that must settle the reports.
    pub(super) fn add(
        &self,
        key: Key,
        report: Report,
    ) -> (Receiver<Result<Option<Settled>>>, Option<First<'_>>) {
        let (result, receiver) = channel();
        let mut items = self.lock();
        let is_first = items.is_empty();
        items.push(((key, report), result));
        (receiver, is_first.then_some(First(self)))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<((Key, Report), ResultSender)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Held by the thread that must settle the reports that wait.
pub(super) struct First<'a>(&'a Waiting);

impl First<'_> {
    /// The reports. The next report that is added is the first of another group.
    pub(super) fn take(&self) -> (Vec<(Key, Report)>, Vec<ResultSender>) {
        take(&mut *self.0.lock()).into_iter().unzip()
    }
}

/// After a panic the threads of the group learn that nobody settles their reports.
impl Drop for First<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            drop(self.take());
        }
    }
}
