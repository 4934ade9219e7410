//! Where panics stop, the GIL is released and signals are looked for; nothing else does these things.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use alikassa::{Answer, Call, CallOptions, Client, Error, Pending, Result, panic_text};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::error;
use crate::wakes::{self, Wake};

/// How long Ctrl-C may have to wait.
const SLICE: Duration = Duration::from_millis(100);

/// Runs the body of a function that Python calls.
///
/// Without it a panic would arrive as a `PanicException`, which `except Exception` does not catch.
pub(crate) fn guard<T>(py: Python<'_>, body: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    catch_unwind(AssertUnwindSafe(body))
        .unwrap_or_else(|panic| Err(error::raise(py, &Error::internal(panic_text(&*panic)))))
}

/// Runs a piece of the core with the GIL released.
pub(crate) fn detached<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T> + Send,
) -> PyResult<T> {
    py.detach(work).map_err(|error| error::raise(py, &error))
}

/// Runs a call to its end: on this thread or, on the main thread, so that a signal can end the waiting.
pub(crate) fn perform(
    py: Python<'_>,
    client: &Client,
    call: Call,
    options: &CallOptions,
) -> PyResult<Answer> {
    if !is_main_thread(py)? {
        return detached(py, || client.execute(call, options));
    }
    let slot = Slot::new();
    let filled = Arc::clone(&slot);
    let pending = py.detach(|| client.submit(call, options, move |result| filled.fill(result)));
    match slot.wait(py) {
        Ok(result) => result.map_err(|error| error::raise(py, &error)),
        Err(raised) => {
            cancel(raised.value(py), &pending, &slot);
            Err(raised)
        }
    }
}

/// Stops waiting for a call, and says so on the exception that interrupted it.
pub(crate) fn cancel(raised: &Bound<'_, PyAny>, call: &Pending, slot: &Slot<Result<Answer>>) {
    raised.py().detach(|| call.cancel());
    error::mark(raised, slot.take().as_ref());
}

/// Closes a client, so that a signal can end the waiting; the closing goes on then.
pub(crate) fn close(py: Python<'_>, client: &Client) -> PyResult<()> {
    if !is_main_thread(py)? {
        py.detach(|| client.close());
        return Ok(());
    }
    let slot = Slot::new();
    let (client, filled) = (client.clone(), Arc::clone(&slot));
    let close = move || {
        client.close();
        filled.fill(());
    };
    std::thread::Builder::new()
        .name("alikassa-close".to_owned())
        .spawn(close)?;
    slot.wait(py)
}

/// Calls `wake` from a thread of the pool. An interpreter that shuts down is left alone.
pub(crate) fn wake(wake: &Py<PyAny>) {
    let Some(_under_way) = Wake::begin() else {
        return;
    };
    Python::try_attach(|py| {
        if let Err(raised) = wake.call0(py) {
            raised.write_unraisable(py, None);
        }
    });
}

/// Waits until no thread of the pool is inside Python; for the end of the interpreter.
pub(crate) fn end_wakes(py: Python<'_>) {
    py.detach(wakes::end);
}

/// Logs notices of the core on this thread. A log handler that raises must not cost the caller the answer.
pub(crate) fn notify(py: Python<'_>, notices: impl IntoIterator<Item = String>) {
    for notice in notices {
        if let Err(raised) = log(py, notice) {
            raised.write_unraisable(py, None);
        }
    }
}

fn log(py: Python<'_>, notice: String) -> PyResult<()> {
    let logger = py
        .import("logging")?
        .call_method1("getLogger", ("alikassa",))?;
    logger.call_method1("warning", ("%s", notice))?;
    Ok(())
}

fn is_main_thread(py: Python<'_>) -> PyResult<bool> {
    static CURRENT: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    static MAIN: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let current = CURRENT.import(py, "threading", "get_ident")?.call0()?;
    let main = MAIN.import(py, "threading", "main_thread")?.call0()?;
    current.eq(main.getattr("ident")?)
}

/// Where another thread leaves a result.
pub(crate) struct Slot<T> {
    result: Mutex<Option<T>>,
    filled: Condvar,
}

impl<T: Send> Slot<T> {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            result: Mutex::new(None),
            filled: Condvar::new(),
        })
    }

    pub(crate) fn fill(&self, result: T) {
        *self.lock() = Some(result);
        self.filled.notify_all();
    }

    pub(crate) fn take(&self) -> Option<T> {
        self.lock().take()
    }

    /// Waits in slices, and ends with the exception that a signal's handler raised.
    fn wait(&self, py: Python<'_>) -> PyResult<T> {
        loop {
            if let Some(result) = py.detach(|| self.wait_slice()) {
                return Ok(result);
            }
            py.check_signals()?;
        }
    }

    fn wait_slice(&self) -> Option<T> {
        let empty = |result: &mut Option<T>| result.is_none();
        self.filled
            .wait_timeout_while(self.lock(), SLICE, empty)
            .unwrap_or_else(PoisonError::into_inner)
            .0
            .take()
    }

    fn lock(&self) -> MutexGuard<'_, Option<T>> {
        self.result.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
