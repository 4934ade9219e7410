//! Wakers: how the core's threads wake the tasks of an asyncio event loop.
//!
//! A pool thread that attaches to the interpreter takes it away from the event loop, and there are
//! as many such threads as calls (`docs/performance.md`). So, where the system allows it, a pool
//! thread writes a byte to a socket that the loop watches.

use std::collections::VecDeque;
#[cfg(unix)]
use std::io::{Read as _, Write as _};
#[cfg(unix)]
use std::os::{fd::AsRawFd as _, unix::net::UnixStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use pyo3::exceptions::PyNotImplementedError;
use pyo3::prelude::*;

use crate::inflight::WAKES;

/// The wakers of one event loop, each with a number.
#[pyclass(frozen, module = "alikassa._native")]
pub(crate) struct WakerSet(Arc<Shared>);

#[pymethods]
impl WakerSet {
    /// With `callback`, a set that calls it when the first waker wakes; without, a set whose
    /// `fileno` the loop watches, which not every system supports.
    #[new]
    #[pyo3(signature = (callback = None, /))]
    fn new(callback: Option<Bound<'_, PyAny>>) -> PyResult<Self> {
        let signal = match callback {
            Some(callback) => Signal::Callback(callback.unbind()),
            None => Signal::socket()?,
        };
        Ok(Self(Arc::new(Shared {
            signal,
            registered: AtomicU64::new(0),
            pending: Mutex::default(),
        })))
    }

    /// The descriptor that is readable while a wake-up is not acknowledged.
    fn fileno(&self) -> PyResult<i32> {
        self.0.signal.fileno()
    }

    /// Registers the waker for good and returns its number.
    #[pyo3(signature = (waker, /))]
    fn register(&self, waker: &Bound<'_, Waker>) -> u64 {
        let register = || {
            (
                Arc::clone(&self.0),
                self.0.registered.fetch_add(1, Ordering::Relaxed),
            )
        };
        waker.get().0.get_or_init(register).1
    }

    /// The wakers that woke and are not acknowledged, in order, at most `limit`.
    #[pyo3(signature = (limit, /))]
    fn pending(&self, limit: usize) -> Vec<u64> {
        let pending = self.0.lock();
        self.0.clear(&pending);
        pending.iter().take(limit).copied().collect()
    }

    /// Acknowledges the first pending wake-up.
    fn ack(&self) {
        let mut pending = self.0.lock();
        pending.pop_front();
        self.0.clear(&pending);
    }
}

/// Wakes one task from any thread; does nothing until it is registered.
#[pyclass(frozen, module = "alikassa._native")]
#[derive(Clone)]
pub(crate) struct Waker(Arc<OnceLock<(Arc<Shared>, u64)>>);

#[pymethods]
impl Waker {
    #[new]
    fn new() -> Self {
        Self(Arc::default())
    }

    /// Wakes the task; from any thread.
    pub(crate) fn wake(&self) {
        if let Some((set, number)) = self.0.get() {
            set.wake(*number);
        }
    }
}

/// A function that wakes the task of a waker, if there is one.
pub(crate) fn wake(waker: Option<Bound<'_, Waker>>) -> impl Fn() + Send + Sync + 'static {
    let waker = waker.map(|waker| waker.get().clone());
    move || waker.iter().for_each(Waker::wake)
}

struct Shared {
    signal: Signal,
    registered: AtomicU64,
    pending: Mutex<VecDeque<u64>>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, VecDeque<u64>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self, number: u64) {
        let mut pending = self.lock();
        pending.push_back(number);
        let is_first = pending.len() == 1;
        // The loop wakes at once and must not find the lock held.
        drop(pending);
        if is_first {
            self.signal.notify();
        }
    }

    /// Resets the signal if nothing is pending. The caller holds the lock, so the next waker
    /// notifies again.
    fn clear(&self, pending: &MutexGuard<'_, VecDeque<u64>>) {
        if pending.is_empty() {
            self.signal.clear();
        }
    }
}

/// How an event loop learns that a waker woke.
enum Signal {
    /// Both ends stay open until no waker is left, so that a late wake-up never finds a closed
    /// socket.
    #[cfg(unix)]
    Socket {
        reader: UnixStream,
        writer: UnixStream,
    },
    Callback(Py<PyAny>),
}

impl Signal {
    #[cfg(unix)]
    fn socket() -> PyResult<Self> {
        let (reader, writer) = UnixStream::pair()?;
        reader.set_nonblocking(true)?;
        writer.set_nonblocking(true)?;
        Ok(Self::Socket { reader, writer })
    }

    #[cfg(not(unix))]
    fn socket() -> PyResult<Self> {
        Err(PyNotImplementedError::new_err(()))
    }

    fn fileno(&self) -> PyResult<i32> {
        match self {
            #[cfg(unix)]
            Self::Socket { reader, .. } => Ok(reader.as_raw_fd()),
            Self::Callback(_) => Err(PyNotImplementedError::new_err(())),
        }
    }

    fn notify(&self) {
        match self {
            // A full socket is readable, so a failed write loses nothing.
            #[cfg(unix)]
            Self::Socket { writer, .. } => drop((&*writer).write(&[0])),
            Self::Callback(callback) => call(callback),
        }
    }

    fn clear(&self) {
        match self {
            // Bytes beyond the buffer keep the socket readable, and the loop comes back.
            #[cfg(unix)]
            Self::Socket { reader, .. } => drop((&*reader).read(&mut [0; 64])),
            Self::Callback(_) => {}
        }
    }
}

/// Calls a Python function from a pool thread, unless the interpreter is shutting down.
fn call(callback: &Py<PyAny>) {
    let Some(_in_flight) = WAKES.begin() else {
        return;
    };
    Python::try_attach(|py| {
        if let Err(raised) = callback.call0(py) {
            raised.write_unraisable(py, None);
        }
    });
}
