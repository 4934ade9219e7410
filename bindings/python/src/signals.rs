//! Waiting on Python's main thread, where signal handlers run: a signal such as Ctrl-C must be able
//! to end the wait.

use std::time::Duration;

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::gate::detach;

/// How long a signal handler may have to wait.
pub(crate) const CHECK_INTERVAL: Duration = Duration::from_millis(100);

/// How long another thread waits at once; Python never runs signal handlers there.
const LONG_INTERVAL: Duration = Duration::from_secs(3600);

/// Whether this is the thread on which Python runs signal handlers.
pub(crate) fn is_main_thread(py: Python<'_>) -> PyResult<bool> {
    static CURRENT: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    static MAIN: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let current = CURRENT.import(py, "threading", "get_ident")?.call0()?;
    let main = MAIN.import(py, "threading", "main_thread")?.call0()?;
    current.eq(main.getattr("ident")?)
}

/// Calls `wait` once, for at most `limit` and at most one interval, then runs signal handlers if it
/// returned nothing.
pub(crate) fn wait<T: Send>(
    py: Python<'_>,
    limit: Option<Duration>,
    wait: impl FnOnce(Duration) -> Option<T> + Send,
) -> PyResult<Option<T>> {
    let interval = if is_main_thread(py)? {
        CHECK_INTERVAL
    } else {
        LONG_INTERVAL
    };
    let limit = limit.map_or(interval, |limit| limit.min(interval));
    let result = detach(py, || wait(limit));
    if result.is_none() {
        py.check_signals()?;
    }
    Ok(result)
}
