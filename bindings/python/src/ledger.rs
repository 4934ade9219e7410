//! The ledger.

use alikassa::NoteResult;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::boundary::{detached, guard};
use crate::convert::{self, Failure};

/// The creates of one or more accounts on disk, in a SQLite file; it may be shared by threads, processes and after
/// fork, and pickled.
///
/// A client with a ledger writes each create there before sending it, and refuses one whose order is on its way,
/// unknown or accepted already. Not for network file systems, whose locks cannot be relied on.
///
/// Args:
///     path: The file, as str or `os.PathLike`; it is made on first use.
///
/// Raises:
///     InvalidArgumentError: The path is empty, or no path.
#[pyclass(frozen, module = "alikassa")]
pub(crate) struct Ledger(pub(crate) alikassa::Ledger);

#[pymethods]
impl Ledger {
    #[new]
    fn new(py: Python<'_>, path: &Bound<'_, PyAny>) -> PyResult<Self> {
        guard(py, || {
            let path = convert::folder(path, "ledger").map_err(|f| f.raise(py))?;
            detached(py, || alikassa::Ledger::new(path)).map(Self)
        })
    }

    /// The file, as an absolute path.
    #[getter]
    fn path<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.0.path().as_os_str().into_pyobject(py)?.into_any())
    }

    /// Give the rows whose end is not known, oldest first: sending, unknown, and accepted with a status that is not
    /// final. A row that is sending belongs to a call on its way, or to one whose process ended.
    ///
    /// Raises:
    ///     LedgerError: The file cannot be read.
    fn open<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        guard(py, || {
            let rows = detached(py, || self.0.open())?;
            rows.iter()
                .map(|row| convert::ledger_row(py, row))
                .collect()
        })
    }

    /// Record your own decision that a create may be sent again; only do so after the provider's support confirmed
    /// that the order does not exist.
    ///
    /// Args:
    ///     operation: The row's, such as ``"payouts.create"``.
    ///     order_id: The merchant's id of the order.
    ///     reason: Why it may be sent again; it is kept in the row.
    ///     account: The account's UUID, where several accounts have the order in this ledger.
    ///
    /// Raises:
    ///     InvalidArgumentError: There is no such row, several accounts have one, or `reason` is empty.
    ///     LedgerError: The file cannot be written.
    #[pyo3(signature = (operation, order_id, reason, account = None))]
    fn release(
        &self,
        py: Python<'_>,
        operation: &Bound<'_, PyAny>,
        order_id: &Bound<'_, PyAny>,
        reason: &Bound<'_, PyAny>,
        account: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        guard(py, || {
            let read = || {
                Ok((
                    convert::text(operation, "operation")?,
                    convert::text(order_id, "order_id")?,
                    convert::text(reason, "reason")?,
                    account
                        .map(|any| convert::text(any, "account"))
                        .transpose()?,
                ))
            };
            let (operation, order_id, reason, account) =
                read().map_err(|failure: Failure| failure.raise(py))?;
            let account = account.as_deref();
            detached(py, || {
                self.0.release_in(account, &operation, &order_id, &reason)
            })
        })
    }

    /// Take note of a verified notification, durably, and say whether it is news. The order's own row becomes accepted
    /// with the status that is news, when it is open and the amounts are equal.
    ///
    /// Args:
    ///     event: The `Notification` that ``notifications.verify`` gave, or a copy of it.
    ///
    /// Returns:
    ///     ``"new"``; ``"seen"``: the same came before; ``"stale"``: a final status, which never changes, came before.
    ///     A process can die after it, so ``"new"`` is nothing to credit by: ask for the status, credit once by a table
    ///     of your own, and answer the provider with 200 when that is stored.
    ///
    /// Raises:
    ///     InvalidArgumentError: It is no `Notification`.
    ///     LedgerError: The file cannot be written: then do not answer the provider with 200.
    #[pyo3(signature = (event, /))]
    fn note(&self, py: Python<'_>, event: &Bound<'_, PyAny>) -> PyResult<&'static str> {
        guard(py, || {
            let signed = convert::signed_text(event).map_err(|f| f.raise(py))?;
            detached(py, || self.0.note_signed(&signed)).map(NoteResult::as_str)
        })
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!(
            "Ledger({})",
            self.path(py)?.repr()?.to_string_lossy()
        ))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        (slf.get_type(), (slf.get().path(py)?,)).into_pyobject(py)
    }
}
