//! One call: it is read from Python's arguments, run or submitted, and can be cancelled.

use std::ops::ControlFlow;
use std::sync::Arc;

use alikassa::binding::{self, Call, Operation, Response};
use alikassa::{CallOptions, Client, Error, Outcome, RawRequest, Result, Value};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::boundary::{detached, guard};
use crate::channel::Channel;
use crate::error::Failure;
use crate::events::CallContext;
use crate::gate::detach;
use crate::history::{self, HistoryPages};
use crate::inflight::CREATES;
use crate::input::{self, Arguments};
use crate::options;
use crate::output;
use crate::signals;
use crate::waker::Waker;

/// A create that is not sent.
const DRY_RUN: &str = "dry_run";

/// The call for one page of several.
const ITER_HISTORY: &str = "payments.iter_history";

/// A call, read from Python's arguments.
pub(crate) struct CallSpec {
    call: Call,
    options: CallOptions,
    /// Whether the caller receives each status of a wait.
    updates: bool,
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
            let (mut updates, mut pages) = (false, None);
            let named = Arguments(arguments);
            let call = match operation {
                "request" => Call::raw(read_request(&named)?),
                "payments.wait" | "payouts.wait" => {
                    let call = Call::named(operation, named.fields("order")?)?;
                    named.check_function("on_update", "pass a function of one argument")?;
                    updates = !named.any("on_update")?.is_none();
                    call.interval(named.seconds("interval")?)
                }
                ITER_HISTORY => {
                    let history = named.any("pages")?;
                    let history = history.cast::<HistoryPages>().map_err(PyErr::from)?;
                    pages = Some(history.clone().unbind());
                    let call = history.get().next_call()?;
                    call.ok_or_else(|| Error::internal("there is no further page"))?
                }
                DRY_RUN => preview(&named)?,
                _ => Call::named(operation, input::fields(arguments, operation)?)?,
            };
            Ok(Self {
                completion: Completion::new(reply, &call, pages),
                call,
                options,
                updates,
            })
        };
        read().map_err(|failure: Failure| {
            failure.raise_as(reply.py(), |error| refuse(operation, arguments, error))
        })
    }
}

/// The create in the arguments, which is checked and signed, but not sent.
fn preview(arguments: &Arguments<'_, '_>) -> Result<Call, Failure> {
    let is_dry_run = arguments.flag(DRY_RUN)?;
    let operation = arguments.required_text("operation")?;
    let fields = arguments.any("fields")?;
    let fields = fields.cast::<PyDict>().map_err(PyErr::from)?;
    let call = match operation.as_str() {
        "request" => Call::raw(read_request(&Arguments(fields))?),
        _ => Call::named(&operation, input::fields(fields, &operation)?)?,
    };
    Ok(call.dry_run(is_dry_run))
}

/// The create in the arguments, if they are valid.
pub(crate) fn of_create(operation: &str, arguments: &Bound<'_, PyDict>) -> Option<Call> {
    let named = Arguments(arguments);
    let call = match operation {
        "request" => Call::raw(read_request(&named).ok()?),
        DRY_RUN => preview(&named).ok()?,
        _ => {
            let row = Operation::named(operation).ok();
            row.filter(|row| row.creates.is_some())?;
            Call::named(operation, input::fields(arguments, operation).ok()?).ok()?
        }
    };
    Some(call)
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
    if operation == DRY_RUN
        && let (Ok(operation), Ok(fields)) = (named.required_text("operation"), named.any("fields"))
        && let Ok(fields) = fields.cast::<PyDict>()
    {
        return refuse(&operation, fields, error);
    }
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
    context: &CallContext,
    spec: CallSpec,
) -> PyResult<Bound<'py, PyAny>> {
    if signals::is_main_thread(py)? {
        run_on_pool(py, client, context, spec)
    } else {
        run_here(py, client, context, spec)
    }
}

fn run_on_pool<'py>(
    py: Python<'py>,
    client: &Client,
    context: &CallContext,
    spec: CallSpec,
) -> PyResult<Bound<'py, PyAny>> {
    let running = RunningCall::submit(py, client, context, spec, || ());
    running.receive(py).map(|(_, reply)| reply)
}

fn run_here<'py>(
    py: Python<'py>,
    client: &Client,
    context: &CallContext,
    spec: CallSpec,
) -> PyResult<Bound<'py, PyAny>> {
    let call = track_create(spec.call);
    let response = detached(py, || context.enter(|| client.execute(call, &spec.options)))?;
    spec.completion.convert(py, &response)
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
    completion: Completion,
}

impl RunningCall {
    /// Submits a call; `wake` is called after each event, on the thread that sent it.
    fn submit(
        py: Python<'_>,
        client: &Client,
        context: &CallContext,
        spec: CallSpec,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let (events, wake) = (Channel::new(), Arc::new(wake));
        let call = if spec.updates {
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
            pending: detach(py, || {
                context.enter(|| client.submit(call, &spec.options, done))
            }),
            events,
            completion: spec.completion,
        }
    }

    /// Waits for the next event. Whether it is the last one, and the status or the response.
    fn receive<'py>(&self, py: Python<'py>) -> PyResult<(bool, Bound<'py, PyAny>)> {
        let event = self.events.recv(py);
        let event = event.inspect_err(|raised| self.cancel(raised.value(py)))?;
        self.convert(py, event)
    }

    fn convert<'py>(
        &self,
        py: Python<'py>,
        event: CallEvent,
    ) -> PyResult<(bool, Bound<'py, PyAny>)> {
        match event {
            CallEvent::Update(status) => {
                let status = output::response(self.completion.reply.bind(py), &status)?;
                Ok((false, status))
            }
            CallEvent::Done(result) => {
                let response = detached(py, || result)?;
                Ok((true, self.completion.convert(py, &response)?))
            }
        }
    }

    /// Stops waiting for the call and sets the outcome on the exception that interrupted it.
    fn cancel(&self, raised: &Bound<'_, PyAny>) {
        detach(raised.py(), || self.pending.cancel());
        let events = std::iter::from_fn(|| self.events.try_recv());
        let results = events.filter_map(|event| match event {
            CallEvent::Done(result) => Some(result),
            CallEvent::Update(_) => None,
        });
        let result = results.last();
        self.completion.set_outcome(raised, result.as_ref());
    }
}

/// A call in flight whose events Python code receives.
#[pyclass(frozen, module = "alikassa._native")]
pub(crate) struct Pending(RunningCall);

impl Pending {
    pub(crate) fn start(
        py: Python<'_>,
        client: &Client,
        context: &CallContext,
        spec: CallSpec,
        waker: Option<Waker>,
    ) -> Self {
        let wake = move || waker.iter().for_each(Waker::wake);
        Self(RunningCall::submit(py, client, context, spec, wake))
    }
}

#[pymethods]
impl Pending {
    /// The next event, without waiting: whether it is the last one, and the status or the response.
    /// None if there is none.
    fn receive<'py>(&self, py: Python<'py>) -> PyResult<Option<(bool, Bound<'py, PyAny>)>> {
        guard(py, || {
            let event = self.0.events.try_recv();
            event.map(|event| self.0.convert(py, event)).transpose()
        })
    }

    /// The next event, as `receive`; waits for it.
    fn wait<'py>(&self, py: Python<'py>) -> PyResult<(bool, Bound<'py, PyAny>)> {
        guard(py, || self.0.receive(py))
    }

    /// Ends the call.
    fn stop(&self, py: Python<'_>) -> PyResult<()> {
        guard(py, || {
            detach(py, || self.0.pending.cancel());
            Ok(())
        })
    }

    /// Stops waiting and sets the call's outcome on the exception `raised`.
    #[pyo3(signature = (raised, /))]
    fn cancel(&self, raised: &Bound<'_, PyAny>) -> PyResult<()> {
        guard(raised.py(), || {
            self.0.cancel(raised);
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
