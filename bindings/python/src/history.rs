//! The pages of the history, as one iterator turns them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use alikassa::binding::{Call, Response};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::boundary::{detached, guard};
use crate::convert;

/// The call whose pages are turned.
pub(crate) const OPERATION: &str = "payments.history";

/// Which page comes next.
#[pyclass(frozen, module = "alikassa._native")]
pub(crate) struct HistoryPages(Mutex<alikassa::binding::HistoryPages>);

#[pymethods]
impl HistoryPages {
    #[new]
    #[pyo3(signature = (fields, /))]
    fn new(py: Python<'_>, fields: &Bound<'_, PyDict>) -> PyResult<Self> {
        guard(py, || {
            let fields = convert::fields(fields);
            let fields = fields.map_err(|failure| {
                failure.raise_as(py, |error| Call::refused(OPERATION, None, error))
            })?;
            Ok(Self(Mutex::new(alikassa::binding::HistoryPages::new(
                fields,
            ))))
        })
    }

    /// Whether there can be another page.
    #[getter]
    fn more(&self, py: Python<'_>) -> PyResult<bool> {
        guard(py, || detached(py, || Ok(self.next_call()?.is_some())))
    }
}

impl HistoryPages {
    /// The call for the next page.
    pub(crate) fn next_call(&self) -> alikassa::Result<Option<Call>> {
        self.lock().next_call()
    }

    /// Takes note of a page that came.
    pub(crate) fn turn(&self, page: &Response) -> alikassa::Result<()> {
        self.lock().read(page)
    }

    fn lock(&self) -> MutexGuard<'_, alikassa::binding::HistoryPages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
