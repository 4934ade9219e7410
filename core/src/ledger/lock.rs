//! Waiting for the ledger: between threads, between processes, and across a fork.

use std::sync::{
    Arc, Condvar, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, TryLockError,
};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The maximum wait for a lock that another thread or process holds.
pub(crate) const MAX_LOCK_WAIT: Duration = Duration::from_secs(5);

/// Ledger operations take it shared, a fork takes it exclusively. A child that is forked during an
/// operation inherits locks that are never released.
static FORK_LOCK: RwLock<()> = RwLock::new(());

/// Blocks every ledger of this process until it is dropped.
#[must_use]
pub struct ForkLock(
    #[allow(dead_code, reason = "held for its drop")] RwLockWriteGuard<'static, ()>,
);

/// Waits for running ledger operations and blocks new ones. A binding holds this during a fork.
pub fn lock_for_fork() -> ForkLock {
    ForkLock(FORK_LOCK.write().unwrap_or_else(PoisonError::into_inner))
}

/// Blocks a fork until it is dropped.
#[must_use]
pub(super) struct ForkBlock(
    #[allow(dead_code, reason = "held for its drop")] RwLockReadGuard<'static, ()>,
);

/// Waits for a fork that is under way, and blocks the next.
pub(super) fn block_fork() -> ForkBlock {
    ForkBlock(FORK_LOCK.read().unwrap_or_else(PoisonError::into_inner))
}

/// [`block_fork`] without waiting: none while a fork is under way.
pub(super) fn try_block_fork() -> Option<ForkBlock> {
    match FORK_LOCK.try_read() {
        Ok(guard) => Some(ForkBlock(guard)),
        Err(TryLockError::Poisoned(error)) => Some(ForkBlock(error.into_inner())),
        Err(TryLockError::WouldBlock) => None,
    }
}

/// The time until which an operation waits for a lock.
#[derive(Clone, Copy)]
pub(super) struct LockDeadline(Instant);

impl LockDeadline {
    /// Until `deadline`, but not longer than [`MAX_LOCK_WAIT`].
    pub(super) fn until(deadline: Instant) -> Self {
        Self(deadline.min(Instant::now() + MAX_LOCK_WAIT))
    }

    pub(super) fn for_lock(wait: Duration) -> Self {
        Self(Instant::now() + wait)
    }

    #[cfg(feature = "postgresql")]
    pub(super) fn instant(self) -> Instant {
        self.0
    }

    pub(super) fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }
}

/// A mutex whose lock can time out.
#[derive(Default)]
pub(super) struct TimedMutex {
    locked: Mutex<bool>,
    released: Condvar,
}

pub(super) struct Guard(Arc<TimedMutex>);

impl TimedMutex {
    pub(super) fn lock(self: &Arc<Self>, deadline: LockDeadline) -> Option<Guard> {
        let locked = self.locked.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut locked, _) = self
            .released
            .wait_timeout_while(locked, deadline.remaining(), |locked| *locked)
            .unwrap_or_else(PoisonError::into_inner);
        if *locked {
            return None;
        }
        *locked = true;
        Some(Guard(Arc::clone(self)))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        *self.0.locked.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.0.released.notify_one();
    }
}

/// The time by this machine's clock, in milliseconds since 1970.
pub(super) fn now_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
