//! The ledger.

use alikassa::NoteResult;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::boundary::{detached, guard};
use crate::error::{Failure, wrong_type};
use crate::input;
use crate::output;

/// A record of the creates of one or more accounts, in a SQLite file.
///
/// Threads and processes can share it. It can be used after fork and can be pickled.
///
/// A client with a ledger writes each create to it before sending it. It refuses a create whose
/// order is in flight, unknown or already accepted. Do not use a network file system: its locks are
/// unreliable.
///
/// Args:
///     path: The file, as str or `os.PathLike`; it is created on first use.
///
/// Raises:
///     InvalidArgumentError: The path is empty, or has the wrong type.
#[pyclass(frozen, module = "alikassa")]
pub(crate) struct Ledger(pub(crate) alikassa::Ledger);

#[pymethods]
impl Ledger {
    #[new]
    fn new(py: Python<'_>, path: &Bound<'_, PyAny>) -> PyResult<Self> {
        guard(py, || {
            let path = input::path(path, "ledger").map_err(|f| f.raise(py))?;
            detached(py, || alikassa::Ledger::new(path)).map(Self)
        })
    }

    /// The file, as an absolute path.
    #[getter]
    fn path<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.0.path().as_os_str().into_pyobject(py)?.into_any())
    }

    /// Return the open rows, oldest first.
    ///
    /// A row is open while it is ``sending``, ``unknown``, or ``accepted`` with a status that is
    /// not final. A ``sending`` row belongs to a call in flight, or to one whose process ended.
    ///
    /// Raises:
    ///     LedgerError: The file cannot be read.
    fn open<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        guard(py, || {
            let rows = detached(py, || self.0.open())?;
            rows.iter().map(|row| output::ledger_row(py, row)).collect()
        })
    }

    /// Return the row of an order, open or not; None if the ledger does not have it.
    ///
    /// Args:
    ///     operation: The row's operation, such as ``"payouts.create"``.
    ///     order_id: The merchant's id of the order.
    ///     account: The account's UUID, if several accounts have the order in this ledger.
    ///
    /// Raises:
    ///     InvalidArgumentError: Several accounts have the order.
    ///     LedgerError: The file cannot be read.
    #[pyo3(signature = (operation, order_id, account = None))]
    fn get<'py>(
        &self,
        py: Python<'py>,
        operation: &Bound<'py, PyAny>,
        order_id: &Bound<'py, PyAny>,
        account: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        guard(py, || {
            let read = || {
                Ok((
                    input::text(operation, "operation")?,
                    input::text(order_id, "order_id")?,
                    account.map(|any| input::text(any, "account")).transpose()?,
                ))
            };
            let (operation, order_id, account) =
                read().map_err(|failure: Failure| failure.raise(py))?;
            let account = account.as_deref();
            let row = detached(py, || self.0.get_in(account, &operation, &order_id))?;
            row.map(|row| output::ledger_row(py, &row)).transpose()
        })
    }

    /// Return the rows that changed at a time or later, open or not, the one that changed first
    /// first.
    ///
    /// Args:
    ///     since: The time as an int, in milliseconds since 1970, like `LedgerRow.updated_ms`; 0
    ///         for all rows.
    ///
    /// Raises:
    ///     InvalidArgumentError: `since` is not an int, or out of range.
    ///     LedgerError: The file cannot be read.
    #[pyo3(signature = (since = None))]
    #[pyo3(text_signature = "($self, since=0)")]
    fn rows<'py>(
        &self,
        py: Python<'py>,
        since: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Vec<Bound<'py, PyAny>>> {
        guard(py, || {
            let since = since.map_or(Ok(0), |any| input::integer(any, "since"));
            let since = since.map_err(|failure| failure.raise(py))?;
            let rows = detached(py, || self.0.rows(since))?;
            rows.iter().map(|row| output::ledger_row(py, row)).collect()
        })
    }

    /// Record your own decision that a create may be sent again. It can pay an order twice.
    ///
    /// Do so only after the provider's support confirmed that the order does not exist: nothing
    /// else prevents a second payment or payout afterwards.
    ///
    /// Args:
    ///     operation: The row's operation, such as ``"payouts.create"``.
    ///     order_id: The merchant's id of the order.
    ///     reason: Why it may be sent again; it is stored in the row.
    ///     account: The account's UUID, if several accounts have the order in this ledger.
    ///
    /// Raises:
    ///     InvalidArgumentError: The row does not exist, several accounts have one, or `reason` is
    ///         empty.
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
                    input::text(operation, "operation")?,
                    input::text(order_id, "order_id")?,
                    input::text(reason, "reason")?,
                    account.map(|any| input::text(any, "account")).transpose()?,
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

    /// Copy the ledger into a new file, while it is in use.
    ///
    /// A copy made by other means can lack the newest rows, because a ledger is three files.
    ///
    /// The copy is marked: a client with the copy as its ledger reads and reconciles, but refuses
    /// creates until `resume`, because the copy does not know the orders that were sent after it
    /// was made.
    ///
    /// Args:
    ///     path: The new file, as str or `os.PathLike`.
    ///
    /// Raises:
    ///     InvalidArgumentError: The file exists, or cannot be created.
    ///     LedgerError: The ledger cannot be copied.
    fn backup(&self, py: Python<'_>, path: &Bound<'_, PyAny>) -> PyResult<()> {
        guard(py, || {
            let path = input::path(path, "path").map_err(|f| f.raise(py))?;
            detached(py, || self.0.backup(path))
        })
    }

    /// Record your own decision that a restored copy may send creates again.
    ///
    /// Do so only once you know the orders that were sent since the copy was made: an order that
    /// the copy does not have can be sent twice. A ledger that is not a copy is unchanged.
    ///
    /// Args:
    ///     reason: Why creates may be sent again; it is stored in the ledger.
    ///
    /// Raises:
    ///     InvalidArgumentError: `reason` is empty.
    ///     LedgerError: The file cannot be written.
    fn resume(&self, py: Python<'_>, reason: &Bound<'_, PyAny>) -> PyResult<()> {
        guard(py, || {
            let reason = input::text(reason, "reason").map_err(|f| f.raise(py))?;
            detached(py, || self.0.resume(&reason))
        })
    }

    /// Record a verified notification durably, and return whether it is new.
    ///
    /// If it is new, the order's row becomes ``accepted`` with the new status. That requires that
    /// the amounts are equal, that the row's status is not final, and that the row has the same
    /// `id` or none.
    ///
    /// Args:
    ///     event: The `Notification` from ``notifications.verify``, or a copy of it.
    ///
    /// Returns:
    ///     ``"new"``; ``"seen"``: the same notification was recorded before; ``"stale"``: a final
    ///     status, which never changes, was recorded before; ``"other"``: it is about another `id`
    ///     than the row of its order, or may be. Then nothing is recorded: store the notification
    ///     yourself, because somebody must look at both. Do not credit because of ``"new"``: the
    ///     process can die afterwards. Request the status, credit once with a table of your own,
    ///     and reply to the provider with 200 once that is stored.
    ///
    /// Raises:
    ///     InvalidArgumentError: `event` is not a `Notification`.
    ///     LedgerError: The file cannot be written; do not reply to the provider with 200.
    #[pyo3(signature = (event, /))]
    fn note(&self, py: Python<'_>, event: &Bound<'_, PyAny>) -> PyResult<&'static str> {
        guard(py, || {
            let signed = signed_text(event).map_err(|f| f.raise(py))?;
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

/// The signed text of a notification, which its Python object keeps.
fn signed_text(event: &Bound<'_, PyAny>) -> Result<Vec<u8>, Failure> {
    if !event.is_instance(&output::record_class(event.py(), "Notification")?)? {
        return Err(wrong_type("event", "pass a Notification that verify gave"));
    }
    Ok(input::contents(&event.getattr("raw")?)?)
}
