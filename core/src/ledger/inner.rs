//! What the clones of a ledger share.

use std::mem::take;
use std::sync::{Mutex, PoisonError};

use super::entry::{Completion, Stored};
use super::lock::{LockDeadline, MAX_LOCK_WAIT};
use super::queue::Queue;
use super::store::{Session, Store};
use super::waiting::Waiting;
use crate::error::{Error, Result};
use crate::sync::process_local::ProcessLocal;

pub(super) struct Inner {
    pub(super) store: Box<dyn Store>,
    /// Creates that wait to be recorded together.
    pub(super) queue: ProcessLocal<Queue>,
    /// Reports that wait to be settled together.
    pub(super) waiting: ProcessLocal<Waiting>,
    /// Outcomes that could not be written.
    unwritten: ProcessLocal<Mutex<Vec<(Stored, Completion)>>>,
}

impl Inner {
    pub(super) fn new(store: Box<dyn Store>) -> Self {
        Self {
            store,
            queue: ProcessLocal::new(Queue::default(), Queue::default),
            waiting: ProcessLocal::new(Waiting::default(), Waiting::default),
            unwritten: ProcessLocal::new(Mutex::default(), Mutex::default),
        }
    }

    /// Opens the store. Outcomes that could not be written before are written first.
    pub(super) fn open(&self, deadline: LockDeadline) -> Result<Box<dyn Session + '_>> {
        let mut session = self.store.open(deadline)?;
        let unwritten = {
            let process = self.unwritten.get();
            take(&mut *process.lock().unwrap_or_else(PoisonError::into_inner))
        };
        let ends: Vec<_> = unwritten
            .iter()
            .map(|(begun, completion)| (begun, completion))
            .collect();
        let ended = self.end_all(&mut *session, &ends, deadline);
        for ((begun, completion), ended) in unwritten.into_iter().zip(ended) {
            if let Err(error) = ended {
                log::debug!(target: "alikassa", "{}", error.message());
                self.write_later(begun, completion);
            }
        }
        Ok(session)
    }

    /// Keeps an outcome until the store can be opened again.
    pub(super) fn write_later(&self, begun: Stored, completion: Completion) {
        let process = self.unwritten.get();
        let mut unwritten = process.lock().unwrap_or_else(PoisonError::into_inner);
        unwritten.push((begun, completion));
    }

    /// Writes what is unwritten, and frees what this process keeps open.
    pub(super) fn close(&self) {
        let process = self.unwritten.get();
        let is_written = process
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_empty();
        if !is_written && let Err(error) = self.open(LockDeadline::for_lock(MAX_LOCK_WAIT)) {
            log::debug!(target: "alikassa", "{}", error.message());
        }
        self.store.close();
    }

    /// The error of an operation that waited too long for other threads.
    pub(super) fn late(&self) -> Error {
        self.store
            .failed("timed out waiting for another thread's ledger access")
    }

    /// Whether there is time to try again after another process changed the same row.
    pub(super) fn check(&self, deadline: LockDeadline) -> Result<()> {
        if deadline.remaining().is_zero() {
            return Err(self.store.failed("another process keeps changing the row"));
        }
        Ok(())
    }
}

/// A program that ends without closing its client leaves nothing open either.
impl Drop for Inner {
    fn drop(&mut self) {
        self.store.close_at_once();
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Duration;

    use super::*;
    use crate::ledger::sqlite::Sqlite;

    #[test]
    fn a_row_that_keeps_changing_is_an_error_at_the_deadline() {
        let inner = Inner::new(Box::new(Sqlite::new(PathBuf::from("ledger.sqlite"))));
        let early = LockDeadline::for_lock(Duration::from_secs(9));
        inner.check(early).unwrap();
        let error = inner.check(LockDeadline::for_lock(Duration::ZERO));
        let error = error.unwrap_err();
        assert!(error.message().contains("keeps changing"), "{error}");
    }
}
