//! A semaphore that limits how many threads sign at the same time.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::available_parallelism;
use std::time::Instant;

/// A semaphore. Each process has its own.
#[derive(Debug)]
pub(crate) struct Semaphore {
    available: Mutex<usize>,
    released: Condvar,
}

/// A permit, which is released when it is dropped.
#[derive(Debug)]
#[must_use]
pub(crate) struct Permit(Arc<Semaphore>);

impl Semaphore {
    pub(crate) fn new(permits: usize) -> Arc<Self> {
        Arc::new(Self {
            available: Mutex::new(permits),
            released: Condvar::new(),
        })
    }

    /// A semaphore with one permit per processor, since signing is what uses the CPU.
    ///
    /// Without it, two hundred responses that arrive together make two hundred threads sign, and the
    /// caller's event loop waits for a processor behind all of them (`docs/performance.md`, row B7).
    pub(crate) fn of_processors() -> Arc<Self> {
        Self::new(available_parallelism().map_or(1, usize::from))
    }

    /// Waits for a permit.
    pub(crate) fn acquire(self: &Arc<Self>) -> Permit {
        let available = self.lock();
        let available = self
            .released
            .wait_while(available, |available| *available == 0);
        *available.unwrap_or_else(PoisonError::into_inner) -= 1;
        Permit(Arc::clone(self))
    }

    /// Waits for a permit until `end`.
    pub(crate) fn acquire_until(self: &Arc<Self>, end: Instant) -> Option<Permit> {
        let mut available = self.lock();
        while *available == 0 {
            let remaining = end.saturating_duration_since(Instant::now());
            if remaining.is_zero() {
                return None;
            }
            let waited = self.released.wait_timeout(available, remaining);
            available = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        *available -= 1;
        Some(Permit(Arc::clone(self)))
    }

    fn lock(&self) -> MutexGuard<'_, usize> {
        self.available
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        *self.0.lock() += 1;
        self.0.released.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permit_is_awaited_and_is_released_even_by_a_panic() {
        let semaphore = Semaphore::of_processors();
        let processors = *semaphore.lock();
        let taken: Vec<_> = (0..processors).map(|_| semaphore.acquire()).collect();
        assert_eq!(*semaphore.lock(), 0);
        std::thread::scope(|scope| {
            let (sender, has_permit) = std::sync::mpsc::channel();
            let semaphore = &semaphore;
            let waiting = scope.spawn(move || {
                let _permit = semaphore.acquire();
                sender.send(()).unwrap();
                panic!("while it has a permit");
            });
            // The thread waits as long as no permit is available.
            let early = has_permit.recv_timeout(std::time::Duration::from_millis(50));
            assert_eq!(early, Err(std::sync::mpsc::RecvTimeoutError::Timeout));
            drop(taken);
            has_permit.recv().unwrap();
            assert!(waiting.join().is_err());
        });
        assert_eq!(*semaphore.lock(), processors);
    }

    #[test]
    fn a_permit_is_awaited_until_a_time() {
        let semaphore = Semaphore::new(1);
        let taken = semaphore.acquire_until(Instant::now());
        assert!(taken.is_some());
        assert!(semaphore.acquire_until(Instant::now()).is_none());
        let later = Instant::now() + std::time::Duration::from_millis(20);
        assert!(semaphore.acquire_until(later).is_none());
        drop(taken);
        assert!(semaphore.acquire_until(Instant::now()).is_some());
    }
}
