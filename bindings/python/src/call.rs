//! One call: it is read from Python's arguments, run or submitted, and can be cancelled.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use alikassa::binding::{self, Call, Operation, Response};
use alikassa::{CallOptions, Client, Error, Outcome, RawRequest, Result, Value};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::boundary::{detached, guard};
use crate::channel::Channel;
use crate::error::Failure;
use crate::history::{self, HistoryPages};
use crate::inflight::CREATES;
use crate::input::{self, Arguments};
use crate::options;
use crate::output;
use crate::signals;
use crate::waker::Waker;

/// The call for one page of several.
const ITER_HISTORY: &str = "payments.iter_history";

/// A call, read from Python's arguments.
pub(crate) struct CallSpec {
    call: Call,
    options: CallOptions,
    on_update: Option<OnUpdate>,
    completion: Completion,
}

impl CallSpec {
    /// Reads a call by its name in the core; `request` is a raw request.
    pub(crate) fn read<'py>(
        reply: &Bound<'py, PyAny>,
        operation: &str,
        arguments: &Bound<'py, PyDict>,
        timeout: &Bound<'py, PyAny>,
        deadline: &Bound<'py, PyAny>,
    ) -> PyResult<Self> {
        let read = || {
            let options = options::call(timeout, deadline)?;
            let (mut on_update, mut pages) = (None, None);
            let named = Arguments(arguments);
            let call = match operation {
                "request" => Call::raw(read_request(&named)?),
                "payments.wait" | "payouts.wait" => {
                    let call = Call::named(operation, named.fields("order")?)?;
                    on_update = OnUpdate::read(&named, "on_update", reply)?;
                    call.interval(named.seconds("interval")?)
                }
                ITER_HISTORY => {
                    let history = named.any("pages")?;
                    let history = history.cast::<HistoryPages>().map_err(PyErr::from)?;
                    pages = Some(history.clone().unbind());
                    let call = history.get().next_call()?;
                    call.ok_or_else(|| Error::internal("there is no further page"))?
                }
                _ => Call::named(operation, input::fields(arguments)?)?,
            };
            Ok(Self {
                completion: Completion::new(reply, &call, pages),
                call,
                options,
                on_update,
            })
        };
        read().map_err(|failure: Failure| {
            failure.raise_as(reply.py(), |error| refuse(operation, arguments, error))
        })
    }
}

fn read_request(arguments: &Arguments<'_, '_>) -> Result<RawRequest, Failure> {
    Ok(RawRequest::new(
        arguments.required_text("path")?,
        input::body(&arguments.any("data")?)?,
        arguments.required_text("cert")?.parse()?,
        arguments.flag("read")?,
    ))
}

/// The error of a call whose arguments did not convert.
fn refuse(operation: &str, arguments: &Bound<'_, PyDict>, error: Error) -> Error {
    let named = Arguments(arguments);
    let order_id = match operation {
        "request" => named.order_id("data"),
        "payments.wait" | "payouts.wait" => named.order_id("order"),
        ITER_HISTORY => return Call::refused(history::OPERATION, None, error),
        _ => input::order_id(arguments),
    };
    if operation != "request" {
        let error = with_advice(operation, error);
        return Call::refused(operation, order_id.as_deref(), error);
    }
    let path = named.required_text("path");
    let path = path.as_deref().unwrap_or(operation);
    // Unless it is declared a read, it could have been a create.
    let read = named.flag("read").unwrap_or(false);
    Call::raw_refused(path, order_id.as_deref(), read, error)
}

/// A typed field accepts fewer types than a body does, and its own error names them.
fn with_advice(operation: &str, error: Error) -> Error {
    let (Some(name), Some("type")) = (error.field(), error.reason()) else {
        return error;
    };
    if let "id" | "order_id" = name {
        return Error::invalid_argument(name, "type", format!("{name}: pass a string"));
    }
    let operation = Operation::named(operation).ok();
    let fields = operation.and_then(Operation::request_fields).into_iter();
    let field = fields.flatten().find(|field| field.name == name);
    // No field accepts null, so this returns the error for a wrong type.
    let own = field.and_then(|field| field.check(Value::Null).err());
    own.unwrap_or(error)
}

/// Runs a call and returns its response. The main thread lets the pool run it, so that a signal can
/// end the wait.
pub(crate) fn run<'py>(
    py: Python<'py>,
    client: &Client,
    spec: CallSpec,
) -> PyResult<Bound<'py, PyAny>> {
    if signals::is_main_thread(py)? {
        run_on_pool(py, client, spec)
    } else {
        run_here(py, client, spec)
    }
}

fn run_on_pool<'py>(
    py: Python<'py>,
    client: &Client,
    spec: CallSpec,
) -> PyResult<Bound<'py, PyAny>> {
    let running = RunningCall::submit(py, client, spec, || ());
    let result = running.wait(py);
    output::log_notices(py, client.take_notices());
    running.completion.convert(py, &result?)
}

fn run_here<'py>(py: Python<'py>, client: &Client, spec: CallSpec) -> PyResult<Bound<'py, PyAny>> {
    let raised = Arc::new(Mutex::new(None));
    let call = match spec.on_update {
        None => track_create(spec.call),
        Some(on_update) => {
            let raised = Arc::clone(&raised);
            spec.call.on_update(Box::new(move |status| {
                match Python::try_attach(|py| on_update.call(py, status)) {
                    Some(Ok(())) => ControlFlow::Continue(()),
                    failed => {
                        *raised.lock().unwrap_or_else(PoisonError::into_inner) =
                            failed.and_then(PyResult::err);
                        ControlFlow::Break(())
                    }
                }
            }))
        }
    };
    let result = py.detach(|| client.execute(call, &spec.options));
    let raised = raised.lock().unwrap_or_else(PoisonError::into_inner).take();
    output::log_notices(py, client.take_notices());
    match raised {
        Some(raised) => Err(raised),
        None => spec.completion.convert(py, &detached(py, || result)?),
    }
}

/// Makes the interpreter's shutdown wait for a create, so that its outcome reaches the ledger.
fn track_create(call: Call) -> Call {
    if !call.creates() {
        return call;
    }
    let in_flight = CREATES.begin();
    // A create never calls it. The call keeps it until it ends, even if its caller gave up before.
    call.on_update(Box::new(move |_| {
        let _guard = &in_flight;
        ControlFlow::Continue(())
    }))
}

/// What a call on the pool sends to the thread that waits for it.
enum CallEvent {
    /// A status that a wait received.
    Update(Response),
    /// The result; the last event.
    Done(Result<Response>),
}

/// A call on the pool.
struct RunningCall {
    pending: binding::Pending,
    events: Arc<Channel<CallEvent>>,
    on_update: Option<OnUpdate>,
    completion: Completion,
}

impl RunningCall {
    /// Submits a call; `wake` is called after each event, on the thread that sent it.
    fn submit(
        py: Python<'_>,
        client: &Client,
        spec: CallSpec,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let (events, wake) = (Channel::new(), Arc::new(wake));
        let call = if spec.on_update.is_some() {
            let (events, wake) = (Arc::clone(&events), Arc::clone(&wake));
            spec.call.on_update(Box::new(move |status| {
                events.send(CallEvent::Update(status.clone()));
                wake();
                ControlFlow::Continue(())
            }))
        } else {
            track_create(spec.call)
        };
        let sender = Arc::clone(&events);
        let done = move |result| {
            sender.send(CallEvent::Done(result));
            wake();
        };
        Self {
            pending: py.detach(|| client.submit(call, &spec.options, done)),
            events,
            on_update: spec.on_update,
            completion: spec.completion,
        }
    }

    /// Waits for the response on the main thread.
    fn wait(&self, py: Python<'_>) -> PyResult<Response> {
        loop {
            match self.events.recv(py) {
                Ok(CallEvent::Done(result)) => return detached(py, || result),
                Ok(CallEvent::Update(status)) => self.update(py, &status)?,
                Err(raised) => {
                    self.cancel(raised.value(py));
                    return Err(raised);
                }
            }
        }
    }

    /// Calls `on_update` on this thread. An exception from it ends the call and is raised as it is.
    fn update(&self, py: Python<'_>, status: &Response) -> PyResult<()> {
        let Some(on_update) = &self.on_update else {
            return Ok(());
        };
        on_update
            .call(py, status)
            .inspect_err(|_| py.detach(|| self.pending.cancel()))
    }

    /// Stops waiting for the call and sets the outcome on the exception that interrupted it.
    fn cancel(&self, raised: &Bound<'_, PyAny>) {
        raised.py().detach(|| self.pending.cancel());
        let events = std::iter::from_fn(|| self.events.try_recv());
        let results = events.filter_map(|event| match event {
            CallEvent::Done(result) => Some(result),
            CallEvent::Update(_) => None,
        });
        let result = results.last();
        self.completion.set_outcome(raised, result.as_ref());
    }
}

/// A call in flight for asyncio.
#[pyclass(frozen, module = "alikassa._native")]
pub(crate) struct Pending {
    client: Client,
    running: RunningCall,
}

impl Pending {
    pub(crate) fn start(py: Python<'_>, client: &Client, spec: CallSpec, waker: &Waker) -> Self {
        let waker = waker.clone();
        Self {
            client: client.clone(),
            running: RunningCall::submit(py, client, spec, move || waker.wake()),
        }
    }
}

#[pymethods]
impl Pending {
    /// Passes each status received so far to `on_update`, whose exception ends the call and is
    /// raised as it is. Returns the response, or None while there is none.
    fn receive<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        guard(py, || {
            while let Some(event) = self.running.events.try_recv() {
                match event {
                    CallEvent::Update(status) => self.running.update(py, &status)?,
                    CallEvent::Done(result) => {
                        output::log_notices(py, self.client.take_notices());
                        let response = detached(py, || result)?;
                        return self.running.completion.convert(py, &response).map(Some);
                    }
                }
            }
            Ok(None)
        })
    }

    /// Stops waiting and sets the call's outcome on the exception `raised`.
    #[pyo3(signature = (raised, /))]
    fn cancel(&self, raised: &Bound<'_, PyAny>) -> PyResult<()> {
        guard(raised.py(), || {
            self.running.cancel(raised);
            Ok(())
        })
    }
}

/// How a call ends: its response is converted, or the exception that interrupted it gets its
/// outcome.
struct Completion {
    reply: Py<PyAny>,
    /// The pages to which the response belongs.
    pages: Option<Py<HistoryPages>>,
    creates: bool,
    order_id: Option<String>,
}

impl Completion {
    fn new(reply: &Bound<'_, PyAny>, call: &Call, pages: Option<Py<HistoryPages>>) -> Self {
        Self {
            reply: reply.clone().unbind(),
            pages,
            creates: call.creates(),
            order_id: call.order_id().map(str::to_owned),
        }
    }

    /// Converts the response to the class `reply`. If that fails, the caller does not see the
    /// response, so the exception gets the outcome.
    fn convert<'py>(&self, py: Python<'py>, response: &Response) -> PyResult<Bound<'py, PyAny>> {
        if let Some(pages) = &self.pages {
            detached(py, || pages.get().advance(response))?;
        }
        output::response(self.reply.bind(py), response)
            .inspect_err(|raised| self.set_outcome(raised.value(py), None))
    }

    /// Sets the outcome on an exception that is not the library's. The call may have ended at the
    /// same moment, with `result`.
    fn set_outcome(&self, raised: &Bound<'_, PyAny>, result: Option<&Result<Response>>) {
        let error = result.and_then(|result| result.as_ref().err());
        // The caller does not see the response, so a create's outcome is unknown to it.
        let unseen = self.creates.then_some(Outcome::Unknown);
        let outcome = error.and_then(Error::outcome).or(unseen);
        // An exception without attributes is raised all the same.
        let _ = raised.setattr("alikassa_outcome", outcome.map(Outcome::as_str));
        let _ = raised.setattr("order_id", self.order_id.as_deref());
    }
}

/// The Python function that receives the statuses of a wait, each as a `reply`.
struct OnUpdate {
    reply: Py<PyAny>,
    function: Py<PyAny>,
}

impl OnUpdate {
    fn read<'py>(
        arguments: &Arguments<'_, 'py>,
        name: &str,
        reply: &Bound<'py, PyAny>,
    ) -> Result<Option<Self>, Failure> {
        arguments.check_function(name, "pass a function of one argument")?;
        arguments.read(name, |any| {
            Ok(Self {
                reply: reply.clone().unbind(),
                function: any.clone().unbind(),
            })
        })
    }

    fn call(&self, py: Python<'_>, status: &Response) -> PyResult<()> {
        let status = output::response(self.reply.bind(py), status)?;
        self.function.call1(py, (status,)).map(drop)
    }
}
