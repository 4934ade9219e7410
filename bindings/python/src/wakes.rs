//! Wakes of event loops that are under way in threads of the pool, so that the interpreter's end can wait for them.
//!
//! A foreign thread that is still inside Python when the interpreter ends its life aborts the process.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// The process's id in the upper half, in the lower one twice the number of wakes, odd once the interpreter ends.
/// A child of `fork` finds its parent's number and counts anew: the parent's threads are not here.
static STATE: AtomicU64 = AtomicU64::new(0);

const ENDING: u64 = 1;
const ONE: u64 = 2;

/// A wake does little and never blocks for long; the end of a program waits no longer than this.
const PATIENCE: Duration = Duration::from_secs(2);

/// One wake under way, until it is dropped.
pub(crate) struct Wake(());

impl Wake {
    /// None when the interpreter ends: then nobody is left to wake.
    pub(crate) fn begin() -> Option<Self> {
        let begun = STATE.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |state| {
            let state = of_this_process(state);
            (state & ENDING == 0).then_some(state + ONE)
        });
        begun.is_ok().then_some(Self(()))
    }
}

impl Drop for Wake {
    fn drop(&mut self) {
        STATE.fetch_sub(ONE, Ordering::SeqCst);
    }
}

/// Lets no further wake begin and waits for those under way. The GIL must be released.
pub(crate) fn end() {
    let _ = STATE.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |state| {
        Some(of_this_process(state) | ENDING)
    });
    let started = Instant::now();
    while STATE.load(Ordering::SeqCst) & u64::from(u32::MAX) > ENDING
        && started.elapsed() < PATIENCE
    {
        thread::sleep(Duration::from_millis(1));
    }
}

fn of_this_process(state: u64) -> u64 {
    let process = u64::from(std::process::id()) << 32;
    if state >> 32 << 32 == process {
        state
    } else {
        process
    }
}
