//! What is under way in other threads, so that the interpreter's end can wait for it.
//!
//! A foreign thread that is still inside Python when the interpreter ends its life aborts the process; and a create
//! whose process ends before its answer came leaves its outcome out of the ledger.

use std::sync::atomic::{AtomicU64, Ordering};

/// Threads of the pool inside Python, to wake an event loop.
pub(crate) static WAKES: Counter = Counter(AtomicU64::new(0));

/// Creates that were begun and have not ended, whether or not somebody still waits for them.
pub(crate) static CREATES: Counter = Counter(AtomicU64::new(0));

const SHUT: u64 = 1;
const ONE: u64 = 2;

/// The process's id in the upper half, in the lower one twice the number of what is under way, odd once it is shut.
/// A child of `fork` finds its parent's number and counts anew: the parent's threads are not here.
pub(crate) struct Counter(AtomicU64);

impl Counter {
    /// Counts one more, until it is dropped. None once the counter was shut.
    pub(crate) fn begin(&'static self) -> Option<UnderWay> {
        let process = std::process::id();
        let begun = self.update(|state| {
            let state = of_process(process, state);
            (state & SHUT == 0).then_some(state + ONE)
        });
        begun.then_some(UnderWay {
            counter: self,
            process,
        })
    }

    /// Lets nothing further begin.
    pub(crate) fn shut(&self) {
        self.update(|state| Some(of_process(std::process::id(), state) | SHUT));
    }

    /// Whether nothing is under way in this process.
    pub(crate) fn is_idle(&self) -> bool {
        let state = of_process(std::process::id(), self.0.load(Ordering::SeqCst));
        state & u64::from(u32::MAX) & !SHUT == 0
    }

    fn update(&self, change: impl FnMut(u64) -> Option<u64>) -> bool {
        let updated = self
            .0
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, change);
        updated.is_ok()
    }
}

/// One of what is counted, until it is dropped.
pub(crate) struct UnderWay {
    counter: &'static Counter,
    process: u32,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        // What the parent began is not counted in its child.
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
