//! How late the machine is by itself, so that a busy one is not taken for a slow library.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const TICK: Duration = Duration::from_millis(10);

/// What somebody who only sleeps has overslept so far.
#[derive(Default)]
pub(super) struct Lateness {
    overslept_us: AtomicU64,
    over: AtomicBool,
}

impl Lateness {
    /// Sleeps until it is over.
    pub(super) fn watch(&self) {
        while !self.over.load(Ordering::SeqCst) {
            let began = Instant::now();
            thread::sleep(TICK);
            let overslept = began.elapsed().saturating_sub(TICK).as_micros();
            let overslept = u64::try_from(overslept).unwrap_or(u64::MAX);
            self.overslept_us.fetch_add(overslept, Ordering::SeqCst);
        }
    }

    pub(super) fn so_far(&self) -> Duration {
        Duration::from_micros(self.overslept_us.load(Ordering::SeqCst))
    }

    pub(super) fn end(&self) {
        self.over.store(true, Ordering::SeqCst);
    }
}
