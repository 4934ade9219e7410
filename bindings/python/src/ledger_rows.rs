//! The iterators of a ledger's rows and events.

use alikassa::binding::LedgerCursor;
use alikassa::{LedgerEvent, LedgerRow};
use pyo3::prelude::*;

use crate::boundary::{detached, guard};
use crate::output;

/// An iterator of rows. Threads can share it, and a forked child can go on with it.
#[pyclass(frozen, module = "alikassa._native")]
pub(crate) struct LedgerRows(LedgerCursor<LedgerRow, alikassa::LedgerRows>);

impl LedgerRows {
    pub(crate) fn new(rows: alikassa::LedgerRows) -> Self {
        Self(LedgerCursor::new(rows))
    }
}

#[pymethods]
impl LedgerRows {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        guard(py, || {
            let row = next(py, &self.0)?;
            row.map(|row| output::ledger_row(py, &row)).transpose()
        })
    }
}

/// An iterator of events. Threads can share it, and a forked child can go on with it.
#[pyclass(frozen, module = "alikassa._native")]
pub(crate) struct LedgerEvents(LedgerCursor<LedgerEvent, alikassa::LedgerEvents>);

impl LedgerEvents {
    pub(crate) fn new(events: alikassa::LedgerEvents) -> Self {
        Self(LedgerCursor::new(events))
    }
}

#[pymethods]
impl LedgerEvents {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        guard(py, || {
            let event = next(py, &self.0)?;
            let event = event.map(|event| output::ledger_event(py, &event));
            event.transpose()
        })
    }
}

/// The next item. What was read already needs no release of the GIL, which a busy thread may keep
/// for milliseconds.
fn next<T, I>(py: Python<'_>, cursor: &LedgerCursor<T, I>) -> PyResult<Option<T>>
where
    T: Send,
    I: Clone + Iterator<Item = alikassa::Result<T>> + Send,
{
    match cursor.next_read() {
        Some(item) => Ok(Some(item)),
        None => detached(py, || cursor.next()),
    }
}
