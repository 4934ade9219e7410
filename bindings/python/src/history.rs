//! The pages of the history, one call each.

use std::sync::{Mutex, MutexGuard, PoisonError};

use alikassa::binding::{self, Call, Response};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::boundary::{detached, guard};
use crate::input;

/// The operation that returns a page.
pub(crate) const OPERATION: &str = "payments.history";

/// The position in the history: which page is next.
#[pyclass(frozen, module = "alikassa._native")]
pub(crate) struct HistoryPages(Mutex<binding::HistoryPages>);

#[pymethods]
impl HistoryPages {
    #[new]
    #[pyo3(signature = (fields, /))]
    fn new(py: Python<'_>, fields: &Bound<'_, PyDict>) -> PyResult<Self> {
        guard(py, || {
            let fields = input::fields(fields, OPERATION).map_err(|failure| {
                failure.raise_as(py, |error| Call::refused(OPERATION, None, error))
            })?;
            Ok(Self(Mutex::new(binding::HistoryPages::new(fields))))
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

    /// Moves on to the page after this one.
    pub(crate) fn advance(&self, page: &Response) -> alikassa::Result<()> {
        self.lock().read(page)
    }

    fn lock(&self) -> MutexGuard<'_, binding::HistoryPages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
