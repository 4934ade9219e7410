//! The ledger.

use alikassa::{EventFilter, NoteResult, RowFilter};
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

use crate::boundary::{detached, guard};
use crate::error::{Failure, wrong_type};
use crate::input;
use crate::ledger_rows::{LedgerEvents, LedgerRows};
use crate::output;

/// A record of the creates of one or more accounts, in a SQLite file or a PostgreSQL database.
///
/// Threads and processes can share it. It can be used after fork and can be pickled, unless its URL
/// has a password. Many machines can share a database.
///
/// A client with a ledger writes each create to it before sending it. It refuses a create whose
/// order is in flight, unknown or already accepted. Do not put the file on a network file system:
/// its locks are unreliable.
///
/// Args:
///     location: The file, as str or `os.PathLike`; it is created on first use. Or the URL of a
///         database, ``postgresql://user@host/database?schema=alikassa``, which must have the
///         tables of `schema_sql`.
///
/// Raises:
///     InvalidArgumentError: The path is empty or not UTF-8, or has the wrong type.
///     ConfigurationError: The URL cannot be used.
#[pyclass(frozen, module = "alikassa")]
pub(crate) struct Ledger(pub(crate) alikassa::Ledger);

#[pymethods]
impl Ledger {
    #[new]
    fn new(py: Python<'_>, location: &Bound<'_, PyAny>) -> PyResult<Self> {
        guard(py, || {
            let name = input::path(location, "ledger").map_err(|f| f.raise(py))?;
            detached(py, || alikassa::Ledger::named(name)).map(Self)
        })
    }

    /// Return the SQL that makes the tables of a ledger in a PostgreSQL database. The library never
    /// runs it.
    ///
    /// Args:
    ///     schema: The name of the schema, which needs no quotes.
    ///
    /// Raises:
    ///     InvalidArgumentError: The name needs quotes.
    #[staticmethod]
    #[pyo3(signature = (schema = None), text_signature = "(schema='alikassa')")]
    fn schema_sql(py: Python<'_>, schema: Option<&Bound<'_, PyAny>>) -> PyResult<String> {
        guard(py, || {
            let schema = schema.map(|any| input::text(any, "schema")).transpose();
            let schema = schema.map_err(|f| f.raise(py))?;
            let schema = schema
                .as_deref()
                .unwrap_or(alikassa::Ledger::DEFAULT_SCHEMA);
            detached(py, || alikassa::Ledger::schema_sql(schema))
        })
    }

    /// Where the ledger is: the file, as an absolute path, or the database and schema as a URL
    /// without user and password.
    #[getter]
    fn location(&self) -> &str {
        self.0.location()
    }

    /// Return an iterator of the open rows, oldest first.
    ///
    /// A row is open while it is ``sending``, ``unknown``, or ``accepted`` with a status that is
    /// not final. A ``sending`` row belongs to a call in flight, or to one whose process ended.
    ///
    /// The rows are read page by page, so that memory does not grow with their number. Threads can
    /// share the iterator. ``list(ledger.open())`` reads all rows at once.
    ///
    /// Raises:
    ///     LedgerError: The ledger cannot be read; the iterator raises it.
    fn open(&self, py: Python<'_>) -> PyResult<LedgerRows> {
        guard(py, || Ok(LedgerRows::new(self.0.open())))
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

    /// Return an iterator of the rows, open or not, the one that changed first first.
    ///
    /// Each argument selects rows; without one, all rows are returned. The rows are read page by
    /// page, as those of `open`. A row that changes during the iteration can come twice.
    ///
    /// Args:
    ///     state: Only rows in this state.
    ///     since: Only rows that changed at this time or later: an int, in milliseconds since 1970,
    ///         like `LedgerRow.updated_ms`.
    ///     account: Only rows of this account, by its UUID.
    ///
    /// Raises:
    ///     InvalidArgumentError: There is no such state, or an argument has the wrong type.
    ///     LedgerError: The ledger cannot be read; the iterator raises it.
    #[pyo3(signature = (*, state = None, since = None, account = None))]
    fn rows(
        &self,
        py: Python<'_>,
        state: Option<&Bound<'_, PyAny>>,
        since: Option<&Bound<'_, PyAny>>,
        account: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<LedgerRows> {
        guard(py, || {
            let read = || {
                let mut filter = RowFilter::new();
                if let Some(state) = state {
                    filter = filter.state(input::text(state, "state")?.parse()?);
                }
                if let Some(since) = since {
                    filter = filter.since_ms(input::integer(since, "since")?);
                }
                if let Some(account) = account {
                    filter = filter.account(input::text(account, "account")?);
                }
                Ok(filter)
            };
            let filter = read().map_err(|failure: Failure| failure.raise(py))?;
            Ok(LedgerRows::new(self.0.rows(filter)))
        })
    }

    /// Return an iterator of the events, oldest first: every change of a row.
    ///
    /// Events are only added, never changed. Each argument selects events; without one, all events
    /// are returned. They are read page by page, as the rows of `open`.
    ///
    /// Args:
    ///     operation: Only events of rows of this operation, such as ``"payouts.create"``.
    ///     order_id: Only events of this order.
    ///     account: Only events of this account, by its UUID.
    ///     since: Only events at this time or later: an int, in milliseconds since 1970, like
    ///         `LedgerEvent.time_ms`.
    ///
    /// Raises:
    ///     InvalidArgumentError: An argument has the wrong type.
    ///     LedgerError: The ledger cannot be read; the iterator raises it.
    #[pyo3(signature = (*, operation = None, order_id = None, account = None, since = None))]
    fn events(
        &self,
        py: Python<'_>,
        operation: Option<&Bound<'_, PyAny>>,
        order_id: Option<&Bound<'_, PyAny>>,
        account: Option<&Bound<'_, PyAny>>,
        since: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<LedgerEvents> {
        guard(py, || {
            let read = || {
                let mut filter = EventFilter::new();
                if let Some(operation) = operation {
                    filter = filter.operation(input::text(operation, "operation")?);
                }
                if let Some(order_id) = order_id {
                    filter = filter.order_id(input::text(order_id, "order_id")?);
                }
                if let Some(account) = account {
                    filter = filter.account(input::text(account, "account")?);
                }
                if let Some(since) = since {
                    filter = filter.since_ms(input::integer(since, "since")?);
                }
                Ok(filter)
            };
            let filter = read().map_err(|failure: Failure| failure.raise(py))?;
            Ok(LedgerEvents::new(self.0.events(filter)))
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

    /// Check that creates can be recorded, and return what the operator should know.
    ///
    /// Raises:
    ///     LedgerError: They cannot be; the message says why.
    fn check(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        guard(py, || detached(py, || self.0.check()))
    }

    /// Move the ledger in a file into this one, and return how many rows were added or changed.
    ///
    /// From then on the file refuses creates, also those of processes that have it open. Calls in
    /// flight still record their end in the file: import again when they have ended.
    ///
    /// Args:
    ///     path: The file, as str or `os.PathLike`.
    ///
    /// Raises:
    ///     InvalidArgumentError: There is no such file.
    ///     LedgerError: It is no ledger, it moved to another one before, or this ledger cannot be
    ///         written.
    fn import_from(&self, py: Python<'_>, path: &Bound<'_, PyAny>) -> PyResult<u64> {
        guard(py, || {
            let path = input::path(path, "path").map_err(|f| f.raise(py))?;
            detached(py, || self.0.import_from(path))
        })
    }

    /// Copy the ledger in a file into a new file, while it is in use.
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
        let location = PyString::new(py, self.location());
        Ok(format!("Ledger({})", location.repr()?.to_string_lossy()))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        let name = slf
            .get()
            .0
            .name()
            .map_err(|error| Failure::from(error).raise(py))?;
        (slf.get_type(), (name,)).into_pyobject(py)
    }
}

/// The signed text of a notification, which its Python object keeps.
fn signed_text(event: &Bound<'_, PyAny>) -> Result<Vec<u8>, Failure> {
    if !event.is_instance(&output::record_class(event.py(), "Notification")?)? {
        return Err(wrong_type("event", "pass a Notification that verify gave"));
    }
    Ok(input::contents(&event.getattr("raw")?)?)
}
