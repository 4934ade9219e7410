//! What must happen before the interpreter ends.

use std::thread;
use std::time::{Duration, Instant};

use pyo3::prelude::*;

use crate::gate;
use crate::inflight::{CREATES, WAKES};

/// How long the interpreter's shutdown waits for hooks, which may be slow, and then for wake-ups and
/// threads inside the binding, which are short and never block for long.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(2);

/// How often the shutdown checks whether everything has ended.
const POLL_INTERVAL: Duration = Duration::from_millis(1);

/// Registers the shutdown with `atexit`.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let shutdown = wrap_pyfunction!(shutdown, module)?;
    let atexit = module.py().import("atexit")?;
    atexit.call_method1("register", (shutdown,)).map(drop)
}

/// Waits for creates in flight, each up to its own deadline, then until the hooks have their events,
/// and then until no pool thread is inside Python and no other thread inside the binding. Another
/// Ctrl-C ends the wait for creates.
#[pyfunction]
fn shutdown(py: Python<'_>) -> PyResult<()> {
    let waited = wait_for_creates(py);
    deliver_events(py)?;
    // An object in a cycle may never be freed.
    without_gil(py, alikassa::binding::checkpoint_all)?;
    WAKES.close();
    gate::close();
    let started = Instant::now();
    while !(WAKES.is_idle() && gate::is_empty()) && started.elapsed() < SHUTDOWN_GRACE {
        yield_gil(py)?;
    }
    waited
}

/// The thread that runs the hooks needs the GIL for it.
fn deliver_events(py: Python<'_>) -> PyResult<()> {
    if !is_finalizing(py)? {
        py.detach(|| alikassa::binding::flush_events(SHUTDOWN_GRACE));
    }
    Ok(())
}

fn wait_for_creates(py: Python<'_>) -> PyResult<()> {
    while !CREATES.is_idle() {
        yield_gil(py)?;
        py.check_signals()?;
    }
    Ok(())
}

/// Lets other threads run for a moment.
fn yield_gil(py: Python<'_>) -> PyResult<()> {
    without_gil(py, || thread::sleep(POLL_INTERVAL))
}

/// A subinterpreter that was not destroyed ends after the main one: a thread that releases the GIL
/// then never gets it back.
fn without_gil(py: Python<'_>, work: fn()) -> PyResult<()> {
    if is_finalizing(py)? {
        work();
    } else {
        py.detach(work);
    }
    Ok(())
}

fn is_finalizing(py: Python<'_>) -> PyResult<bool> {
    let sys = py.import("sys")?;
    sys.call_method0("is_finalizing")?.is_truthy()
}
