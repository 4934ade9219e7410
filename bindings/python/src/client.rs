//! The client object. Each call has two forms: one waits, the other wakes an event loop.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use alikassa::Client;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::boundary::{detached, guard};
use crate::call::{self, CallSpec, Pending};
use crate::channel::Channel;
use crate::error::Failure;
use crate::events::CallContext;
use crate::gate::detach;
use crate::input;
use crate::limits::{self, Functions};
use crate::notification;
use crate::options::ClientOptions;
use crate::output;
use crate::reconcile::ReconcileStream;
use crate::signals;
use crate::statuses::StatusStream;
use crate::waker::Waker;

/// A client of the core.
#[pyclass(frozen, module = "alikassa._native")]
pub(crate) struct NativeClient {
    client: Client,
    /// The function that receives the events.
    hook: Option<Py<PyAny>>,
    /// The functions in the limits.
    functions: Mutex<Functions>,
}

impl NativeClient {
    /// The context of a call that starts here.
    fn context(&self, py: Python<'_>) -> PyResult<CallContext> {
        CallContext::capture(py, self.hook.as_ref())
    }
}

#[pymethods]
impl NativeClient {
    #[new]
    #[pyo3(signature = (options, /))]
    fn new(py: Python<'_>, options: &Bound<'_, PyDict>) -> PyResult<Self> {
        guard(py, || {
            let mut options = ClientOptions::read(options).map_err(|f| f.raise(py))?;
            let hook = options.hook.take();
            let functions = Mutex::new(std::mem::take(&mut options.functions));
            let client = detached(py, || options.build())?;
            Ok(Self {
                client,
                hook,
                functions,
            })
        })
    }

    /// A client of another account that shares everything else.
    #[pyo3(signature = (account, /))]
    fn for_account(&self, account: &Bound<'_, PyAny>) -> PyResult<Self> {
        guard(account.py(), || {
            let py = account.py();
            let uuid = input::text(account, "account").map_err(|failure| failure.raise(py))?;
            let derived = self.client.for_account(uuid);
            let client = derived.map_err(|error| Failure::from(error).raise(py))?;
            let hook = self.hook.as_ref().map(|hook| hook.clone_ref(py));
            let functions = self.functions();
            let functions = functions
                .iter()
                .map(|(operation, function)| (operation.clone(), function.clone_ref(py)));
            let functions = Mutex::new(functions.collect());
            Ok(Self {
                client,
                hook,
                functions,
            })
        })
    }

    /// Runs a call, waits for its response and returns it as a `reply`.
    #[pyo3(signature = (reply, operation, arguments, timeout, deadline, /))]
    fn run<'py>(
        &self,
        reply: &Bound<'py, PyAny>,
        operation: &str,
        arguments: &Bound<'py, PyDict>,
        timeout: &Bound<'py, PyAny>,
        deadline: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        guard(reply.py(), || {
            let spec = CallSpec::read(reply, operation, arguments, timeout, deadline)?;
            call::run(reply.py(), &self.client, &self.context(reply.py())?, spec)
        })
    }

    /// Whether a function decides about numbers of recipients.
    #[getter]
    fn has_functions(&self) -> bool {
        !self.functions().is_empty()
    }

    /// The garbage collector may free a client that its own function refers to.
    #[allow(clippy::needless_pass_by_value, reason = "PyO3 passes it by value")]
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        let functions = self.functions.try_lock();
        let functions = functions.iter().flat_map(|functions| functions.iter());
        for (_, function) in functions {
            visit.call(function)?;
        }
        visit.call(&self.hook)
    }

    fn __clear__(&self) {
        let functions = std::mem::take(&mut *self.functions());
        drop(functions);
    }

    /// The function that decides about the number of a recipient, and that number. None if there is
    /// none, or the call is invalid.
    #[pyo3(signature = (operation, arguments, /))]
    fn number_to_allow<'py>(
        &self,
        operation: &str,
        arguments: &Bound<'py, PyDict>,
    ) -> PyResult<Option<(Bound<'py, PyAny>, String)>> {
        let py = arguments.py();
        guard(py, || {
            let Some(call) = call::of_create(operation, arguments) else {
                return Ok(None);
            };
            let asked = detach(py, || self.client.number_to_allow(call));
            Ok(asked.and_then(|(operation, number)| {
                Some((limits::function(&self.functions(), operation, py)?, number))
            }))
        })
    }

    /// Keeps what the function decided about a number, for the next call of this thread: `failure`
    /// says why it failed.
    #[staticmethod]
    #[pyo3(signature = (number, is_allowed, failure, /))]
    fn decide(number: String, is_allowed: bool, failure: Option<String>) {
        limits::decide(number, failure.map_or(Ok(is_allowed), Err));
    }

    /// Starts a call; `waker` wakes when there is something to receive.
    #[pyo3(signature = (reply, operation, arguments, timeout, deadline, waker = None, /))]
    fn start<'py>(
        &self,
        reply: &Bound<'py, PyAny>,
        operation: &str,
        arguments: &Bound<'py, PyDict>,
        timeout: &Bound<'py, PyAny>,
        deadline: &Bound<'py, PyAny>,
        waker: Option<Bound<'py, Waker>>,
    ) -> PyResult<Pending> {
        guard(reply.py(), || {
            let spec = CallSpec::read(reply, operation, arguments, timeout, deadline)?;
            let waker = waker.map(|waker| waker.get().clone());
            let context = self.context(reply.py())?;
            Ok(Pending::start(
                reply.py(),
                &self.client,
                &context,
                spec,
                waker,
            ))
        })
    }

    /// Starts to request the statuses of many orders, each returned as a `reply`. Returns the
    /// stream and the iterator of the orders, which may be asynchronous if there is a `waker`; it
    /// wakes when a result is ready.
    #[pyo3(signature = (reply, operation, arguments, timeout, deadline, waker = None, /))]
    fn start_statuses<'py>(
        &self,
        reply: &Bound<'py, PyAny>,
        operation: &str,
        arguments: &Bound<'py, PyDict>,
        timeout: &Bound<'py, PyAny>,
        deadline: &Bound<'py, PyAny>,
        waker: Option<Bound<'py, Waker>>,
    ) -> PyResult<(StatusStream, Bound<'py, PyAny>)> {
        guard(reply.py(), || {
            let context = self.context(reply.py())?;
            let client = (&self.client, context);
            StatusStream::start(
                client, reply, operation, arguments, timeout, deadline, waker,
            )
        })
    }

    /// Starts to request the statuses of the ledger's open rows; `waker` wakes when a row may be
    /// ready.
    #[pyo3(signature = (arguments, timeout, deadline, waker = None, /))]
    fn start_reconcile<'py>(
        &self,
        arguments: &Bound<'py, PyDict>,
        timeout: &Bound<'py, PyAny>,
        deadline: &Bound<'py, PyAny>,
        waker: Option<Bound<'py, Waker>>,
    ) -> PyResult<ReconcileStream> {
        guard(arguments.py(), || {
            let context = self.context(arguments.py())?;
            ReconcileStream::start(&self.client, context, arguments, timeout, deadline, waker)
        })
    }

    /// Verifies a notification or redirect and returns it as a `reply`. Nothing is sent.
    #[pyo3(signature = (reply, operation, arguments, /))]
    fn verify<'py>(
        &self,
        reply: &Bound<'py, PyAny>,
        operation: &str,
        arguments: &Bound<'py, PyDict>,
    ) -> PyResult<Bound<'py, PyAny>> {
        guard(reply.py(), || {
            let context = self.context(reply.py())?;
            let verified = notification::verify(&self.client, &context, operation, arguments)?;
            output::response(reply, &verified)
        })
    }

    /// The notices since the last call. Python code logs them, because a log handler is a function
    /// of the caller.
    fn take_notices(&self) -> Vec<String> {
        self.client.take_notices()
    }

    /// Refuses new calls and waits for the calls in flight.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        guard(py, || close(py, &self.client))
    }

    /// Starts to close, as `close`; `waker` wakes when the client is closed.
    #[pyo3(signature = (waker, /))]
    fn start_close(&self, waker: &Bound<'_, Waker>) -> PyResult<()> {
        guard(waker.py(), || {
            let py = waker.py();
            let waker = waker.get().clone();
            start_close(py, &self.client, move || waker.wake());
            Ok(())
        })
    }

    /// The account's UUID.
    #[getter]
    fn account(&self) -> &str {
        self.client.account_id()
    }

    /// The base URL.
    #[getter]
    fn base_url(&self) -> &str {
        self.client.base_url()
    }
}

impl NativeClient {
    fn functions(&self) -> MutexGuard<'_, Functions> {
        self.functions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Closes a client. A signal can end the wait; the client then closes in the background.
fn close(py: Python<'_>, client: &Client) -> PyResult<()> {
    if !signals::is_main_thread(py)? {
        detach(py, || client.close());
        return Ok(());
    }
    let closed = Channel::new();
    let sender = Arc::clone(&closed);
    start_close(py, client, move || sender.send(()));
    closed.recv(py)
}

/// Closes a client on a thread of its own, which then calls `closed`. If none can be started, this
/// thread does it.
fn start_close(py: Python<'_>, client: &Client, closed: impl Fn() + Clone + Send + 'static) {
    let client = client.clone();
    let close = move || {
        client.close();
        closed();
    };
    let thread = thread::Builder::new().name("alikassa-close".to_owned());
    if thread.spawn(close.clone()).is_err() {
        py.detach(close);
    }
}
