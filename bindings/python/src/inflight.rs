//! Counts what is in flight on other threads, so that the interpreter's shutdown can wait for it.
//!
//! A foreign thread that is still attached to Python when the interpreter is finalized aborts the
//! process. A create whose process ends before its response arrives leaves its outcome out of the
//! ledger.

use std::sync::atomic::{AtomicU64, Ordering};

/// Pool threads inside Python that wake an event loop or start the thread of a signer.
pub(crate) static WAKES: Counter = Counter(AtomicU64::new(0));

/// Creates that were started and have not ended, even if no caller waits for them any more.
pub(crate) static CREATES: Counter = Counter(AtomicU64::new(0));

const CLOSED: u64 = 1;
const ONE: u64 = 2;

/// The upper half holds the process id; the lower half holds twice the count, plus one once the
/// counter is closed. A child of `fork` sees its parent's id and starts from zero, because the
/// parent's threads do not exist in it.
pub(crate) struct Counter(AtomicU64);

impl Counter {
    /// Adds one until the guard is dropped. Returns `None` once the counter is closed.
    pub(crate) fn begin(&'static self) -> Option<InFlight> {
        let process = std::process::id();
        let begun = self.update(|state| {
            let state = of_process(process, state);
            (state & CLOSED == 0).then_some(state + ONE)
        });
        begun.then_some(InFlight {
            counter: self,
            process,
        })
    }

    /// Refuses every further `begin`.
    pub(crate) fn close(&self) {
        self.update(|state| Some(of_process(std::process::id(), state) | CLOSED));
    }

    /// Whether nothing is in flight in this process.
    pub(crate) fn is_idle(&self) -> bool {
        let state = of_process(std::process::id(), self.0.load(Ordering::SeqCst));
        state & u64::from(u32::MAX) & !CLOSED == 0
    }

    fn update(&self, change: impl FnMut(u64) -> Option<u64>) -> bool {
        let updated = self
            .0
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, change);
        updated.is_ok()
    }
}

/// One counted item, until it is dropped.
pub(crate) struct InFlight {
    counter: &'static Counter,
    process: u32,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        // A child of `fork` does not count what its parent began.
        let begun_here = |state: &u64| state >> 32 == u64::from(self.process);
        self.counter
            .update(|state| Some(state).filter(begun_here).map(|state| state - ONE));
    }
}

fn of_process(process: u32, state: u64) -> u64 {
    if state >> 32 == u64::from(process) {
        state
    } else {
        u64::from(process) << 32
    }
}
