//! A semaphore that limits how many threads sign at the same time: signing is what uses the CPU.
//!
//! Without it, two hundred responses that arrive together make two hundred threads sign, and the
//! caller's event loop waits for a processor behind all of them (`docs/performance.md`, row B7).

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::available_parallelism;

/// A semaphore with one permit per processor. Each process has its own.
pub(crate) struct Semaphore {
    available: Mutex<usize>,
    released: Condvar,
}

/// A permit, which is released when it is dropped.
#[must_use]
pub(crate) struct Permit<'a>(&'a Semaphore);

impl Semaphore {
    pub(crate) fn new() -> Self {
        Self {
            available: Mutex::new(available_parallelism().map_or(1, usize::from)),
            released: Condvar::new(),
        }
    }

    /// Waits for a permit. The wait is short, because a permit is held only while signing.
    pub(crate) fn acquire(&self) -> Permit<'_> {
        let available = self.lock();
        let available = self
            .released
            .wait_while(available, |available| *available == 0);
        *available.unwrap_or_else(PoisonError::into_inner) -= 1;
        Permit(self)
    }

    fn lock(&self) -> MutexGuard<'_, usize> {
        self.available
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit<'_> {
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
        let semaphore = Semaphore::new();
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
}
