//! Where panics stop and the GIL is released; nothing else does either.

use std::panic::{AssertUnwindSafe, catch_unwind};

use alikassa::binding::panic_text;
use alikassa::{Error, Result};
use pyo3::prelude::*;

use crate::error;

/// Runs the body of a function that Python calls.
///
/// Without it a panic would become a `PanicException`, which `except Exception` does not catch.
pub(crate) fn guard<T>(py: Python<'_>, body: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    catch_unwind(AssertUnwindSafe(body))
        .unwrap_or_else(|panic| Err(error::raise(py, &Error::internal(panic_text(&*panic)))))
}

/// Runs the core's code with the GIL released.
pub(crate) fn detached<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T> + Send,
) -> PyResult<T> {
    py.detach(work).map_err(|error| error::raise(py, &error))
}
