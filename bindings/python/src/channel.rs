//! A queue from pool threads to the Python thread that waits for them.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;

use crate::gate::detach;
use crate::signals::CHECK_INTERVAL;

/// Unlike `std::sync::mpsc` it does not allocate a block of slots: most calls send one value.
pub(crate) struct Channel<T> {
    queue: Mutex<VecDeque<T>>,
    sent: Condvar,
}

impl<T: Send> Channel<T> {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            queue: Mutex::default(),
            sent: Condvar::new(),
        })
    }

    pub(crate) fn send(&self, value: T) {
        self.lock().push_back(value);
        self.sent.notify_all();
    }

    pub(crate) fn try_recv(&self) -> Option<T> {
        self.lock().pop_front()
    }

    /// Waits for the next value on the main thread. Returns the exception that a signal handler
    /// raised.
    pub(crate) fn recv(&self, py: Python<'_>) -> PyResult<T> {
        loop {
            if let Some(value) = detach(py, || self.recv_for_an_interval()) {
                return Ok(value);
            }
            py.check_signals()?;
        }
    }

    fn recv_for_an_interval(&self) -> Option<T> {
        self.sent
            .wait_timeout_while(self.lock(), CHECK_INTERVAL, |queue| queue.is_empty())
            .unwrap_or_else(PoisonError::into_inner)
            .0
            .pop_front()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<T>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
