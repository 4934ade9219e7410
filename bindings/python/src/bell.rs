//! Bells: how the core's threads wake the tasks of an event loop.
//!
//! A thread that took the interpreter for it would take it from the loop, and there are as many threads as calls
//! (`docs/performance.md`). So, where the system can, it writes a byte to a socket that the loop watches.

use std::collections::VecDeque;
#[cfg(unix)]
use std::io::{Read as _, Write as _};
#[cfg(unix)]
use std::os::{fd::AsRawFd as _, unix::net::UnixStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use pyo3::exceptions::PyNotImplementedError;
use pyo3::prelude::*;

use crate::boundary;

/// Where the bells of one event loop hang, each with a number.
#[pyclass(frozen, module = "alikassa._native")]
pub(crate) struct Belfry(Arc<Tower>);

#[pymethods]
impl Belfry {
    /// A belfry whose loop watches `fileno`, or one that calls `tell` when the first bell rings; the latter where the
    /// former is not to be had.
    #[new]
    #[pyo3(signature = (tell = None, /))]
    fn new(tell: Option<Bound<'_, PyAny>>) -> PyResult<Self> {
        let line = match tell {
            Some(tell) => Line::Function(tell.unbind()),
            None => Line::socket()?,
        };
        Ok(Self(Arc::new(Tower {
            line,
            hung: AtomicU64::new(0),
            rung: Mutex::default(),
        })))
    }

    /// What can be read from as long as a bell that rang has not been heard.
    fn fileno(&self) -> PyResult<i32> {
        self.0.line.fileno()
    }

    /// Hangs up the bell at this rope, for good, and gives its number.
    #[pyo3(signature = (rope, /))]
    fn hang(&self, rope: &Bound<'_, Rope>) -> u64 {
        let hang = || {
            (
                Arc::clone(&self.0),
                self.0.hung.fetch_add(1, Ordering::Relaxed),
            )
        };
        rope.get().0.get_or_init(hang).1
    }

    /// The bells that rang and have not been heard, in their order, at most so many.
    #[pyo3(signature = (at_most, /))]
    fn rung(&self, at_most: usize) -> Vec<u64> {
        let rung = self.0.lock();
        self.0.quieten(&rung);
        rung.iter().take(at_most).copied().collect()
    }

    /// The first of the bells that rang has been heard.
    fn heard(&self) {
        let mut rung = self.0.lock();
        rung.pop_front();
        self.0.quieten(&rung);
    }
}

/// What rings one bell; before it hangs, nothing.
#[pyclass(frozen, module = "alikassa._native")]
#[derive(Clone)]
pub(crate) struct Rope(Arc<OnceLock<(Arc<Tower>, u64)>>);

#[pymethods]
impl Rope {
    #[new]
    fn new() -> Self {
        Self(Arc::default())
    }

    /// Rings the bell; from any thread.
    pub(crate) fn pull(&self) {
        if let Some((tower, number)) = self.0.get() {
            tower.ring(*number);
        }
    }
}

struct Tower {
    line: Line,
    hung: AtomicU64,
    rung: Mutex<VecDeque<u64>>,
}

impl Tower {
    fn lock(&self) -> MutexGuard<'_, VecDeque<u64>> {
        self.rung.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ring(&self, number: u64) {
        let mut rung = self.lock();
        rung.push_back(number);
        let is_first = rung.len() == 1;
        // The loop wakes at once, and should not wait for this lock then.
        drop(rung);
        if is_first {
            self.line.tell();
        }
    }

    /// Takes back what the loop was told, if there is nothing to hear. Under the lock: whoever rings next tells it anew.
    fn quieten(&self, rung: &MutexGuard<'_, VecDeque<u64>>) {
        if rung.is_empty() {
            self.line.take_back();
        }
    }
}

/// How a loop is told.
enum Line {
    /// Both ends stay until nobody can ring any more, so that a ring finds no closed socket.
    #[cfg(unix)]
    Socket {
        loops: UnixStream,
        ringers: UnixStream,
    },
    Function(Py<PyAny>),
}

impl Line {
    #[cfg(unix)]
    fn socket() -> PyResult<Self> {
        let (loops, ringers) = UnixStream::pair()?;
        loops.set_nonblocking(true)?;
        ringers.set_nonblocking(true)?;
        Ok(Self::Socket { loops, ringers })
    }

    #[cfg(not(unix))]
    fn socket() -> PyResult<Self> {
        Err(PyNotImplementedError::new_err(()))
    }

    fn fileno(&self) -> PyResult<i32> {
        match self {
            #[cfg(unix)]
            Self::Socket { loops, .. } => Ok(loops.as_raw_fd()),
            Self::Function(_) => Err(PyNotImplementedError::new_err(())),
        }
    }

    fn tell(&self) {
        match self {
            // A socket that is full tells the loop too.
            #[cfg(unix)]
            Self::Socket { ringers, .. } => drop((&*ringers).write(&[0])),
            Self::Function(tell) => boundary::wake(tell),
        }
    }

    fn take_back(&self) {
        match self {
            // What is left, the loop comes back for.
            #[cfg(unix)]
            Self::Socket { loops, .. } => drop((&*loops).read(&mut [0; 64])),
            Self::Function(_) => {}
        }
    }
}
