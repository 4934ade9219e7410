//! Where panics stop, and threads enter the binding.

use std::panic::{AssertUnwindSafe, catch_unwind};

use alikassa::binding::panic_text;
use alikassa::{Error, Result};
use pyo3::prelude::*;

use crate::error;
use crate::gate::{Inside, detach};

/// Runs the body of a function that Python calls.
///
/// Without it a panic would become a `PanicException`, which `except Exception` does not catch.
pub(crate) fn guard<T>(py: Python<'_>, body: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    let _inside = Inside::enter(py);
    catch_unwind(AssertUnwindSafe(body))
        .unwrap_or_else(|panic| Err(error::raise(py, &Error::internal(panic_text(&*panic)))))
}

/// Runs the core's code with the GIL released.
pub(crate) fn detached<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T> + Send,
) -> PyResult<T> {
    detach(py, work).map_err(|error| error::raise(py, &error))
}
