//! Semaphore at the processor: a signature is the one thing here that keeps it busy.
//!
//! When two hundred answers come at once, two hundred threads would sign, and an event loop or another thread of the
//! caller would wait behind all of them (`docs/performance.md`, row B7).

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::available_parallelism;

/// As many semaphore as there are processors. Each process has its own.
pub(crate) struct Semaphore {
    free: Mutex<usize>,
    freed: Condvar,
}

/// A turn, until it is dropped.
#[must_use]
pub(crate) struct Permit<'a>(&'a Semaphore);

impl Semaphore {
    pub(crate) fn new() -> Self {
        Self {
            free: Mutex::new(available_parallelism().map_or(1, usize::from)),
            freed: Condvar::new(),
        }
    }

    /// Waits for a turn: never longer than the others take to sign.
    pub(crate) fn acquire(&self) -> Permit<'_> {
        let free = self.free();
        let waited = self.freed.wait_while(free, |free| *free == 0);
        *waited.unwrap_or_else(PoisonError::into_inner) -= 1;
        Permit(self)
    }

    fn free(&self) -> MutexGuard<'_, usize> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        *self.0.free() += 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_is_waited_for_and_comes_back_also_after_a_panic() {
        let semaphore = Semaphore::new();
        let processors = *semaphore.free();
        let taken: Vec<_> = (0..processors).map(|_| semaphore.acquire()).collect();
        assert_eq!(*semaphore.free(), 0);
        std::thread::scope(|scope| {
            let (sender, has_permit) = std::sync::mpsc::channel();
            let semaphore = &semaphore;
            let waiting = scope.spawn(move || {
                let _permit = semaphore.acquire();
                sender.send(()).unwrap();
                panic!("in the middle of it");
            });
            // Neither a turn nor its end as long as none is free.
            let soon = has_permit.recv_timeout(std::time::Duration::from_millis(50));
            assert_eq!(soon, Err(std::sync::mpsc::RecvTimeoutError::Timeout));
            drop(taken);
            has_permit.recv().unwrap();
            assert!(waiting.join().is_err());
        });
        assert_eq!(*semaphore.free(), processors);
    }
}
