//! Cancelling a call, and pauses that end when it is cancelled.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::sync::send_guard::SendGuard;

/// How often a pause checks whether the client was closed.
const CHECK_INTERVAL: Duration = Duration::from_millis(100);

/// The cancellation of one call.
#[derive(Debug, Default)]
pub(crate) struct CancelToken {
    /// The guard of the call's create. Reads do not use it.
    pub(crate) guard: Arc<SendGuard>,
    attempts: AtomicU32,
    cancelled: Mutex<bool>,
    woken: Condvar,
}

impl CancelToken {
    /// Counts a request of the create.
    pub(crate) fn count_attempt(&self) {
        self.attempts.fetch_add(1, Ordering::Relaxed);
    }

    /// The number of requests that the create started.
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed)
    }

    /// Cancels the call and ends its pause at once.
    pub(crate) fn cancel(&self) {
        *self.lock() = true;
        self.woken.notify_all();
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        *self.lock()
    }

    /// Waits for `pause`. Returns false if the call is cancelled or `is_closed` returns true before
    /// it is over.
    pub(crate) fn pause(&self, pause: Duration, is_closed: &dyn Fn() -> bool) -> bool {
        let end = Instant::now() + pause;
        let mut cancelled = self.lock();
        loop {
            if *cancelled || is_closed() {
                return false;
            }
            let remaining = end.saturating_duration_since(Instant::now());
            if remaining.is_zero() {
                return true;
            }
            cancelled = self
                .woken
                .wait_timeout(cancelled, remaining.min(CHECK_INTERVAL))
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, bool> {
        self.cancelled
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
