//! Who waits for a call: whether the answer is still wanted, and pauses that end when it is not.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::sync::send_guard::SendGuard;

/// How soon a pause notices that its client was closed.
const SLICE: Duration = Duration::from_millis(100);

/// The caller's side of one call.
#[derive(Debug, Default)]
pub(crate) struct CancelToken {
    /// Of the call's one create; reads do not pass it.
    pub(crate) guard: Arc<SendGuard>,
    attempts: AtomicU32,
    cancelled: Mutex<bool>,
    woken: Condvar,
}

impl CancelToken {
    /// Another request is begun for the create.
    pub(crate) fn count_attempt(&self) {
        self.attempts.fetch_add(1, Ordering::Relaxed);
    }

    /// How many requests were begun for the create.
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed)
    }

    /// Nobody waits any more: ends a pause at once.
    pub(crate) fn cancel(&self) {
        *self.lock() = true;
        self.woken.notify_all();
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        *self.lock()
    }

    /// Waits for `pause`; false when the caller left or `ends` says so before it is over.
    pub(crate) fn pause(&self, pause: Duration, ends: &dyn Fn() -> bool) -> bool {
        let until = Instant::now() + pause;
        let mut left = self.lock();
        loop {
            if *left || ends() {
                return false;
            }
            let rest = until.saturating_duration_since(Instant::now());
            if rest.is_zero() {
                return true;
            }
            left = self
                .woken
                .wait_timeout(left, rest.min(SLICE))
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
