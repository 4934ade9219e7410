//! Measures how late the machine schedules a thread, so that a busy machine does not look like a
//! slow library.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const TICK: Duration = Duration::from_millis(10);

/// How much longer than requested a thread has slept in total.
#[derive(Default)]
pub(super) struct SchedulingDelay {
    overslept_us: AtomicU64,
    stopped: AtomicBool,
}

impl SchedulingDelay {
    /// Measures until [`stop`](Self::stop) is called.
    pub(super) fn measure(&self) {
        while !self.stopped.load(Ordering::SeqCst) {
            let began = Instant::now();
            thread::sleep(TICK);
            let overslept = began.elapsed().saturating_sub(TICK).as_micros();
            let overslept = u64::try_from(overslept).unwrap_or(u64::MAX);
            self.overslept_us.fetch_add(overslept, Ordering::SeqCst);
        }
    }

    pub(super) fn total(&self) -> Duration {
        Duration::from_micros(self.overslept_us.load(Ordering::SeqCst))
    }

    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
    }
}
