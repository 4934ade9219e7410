//! The stream of statuses, driven step by step by the iterators of the Python package.

use std::time::Duration;

use alikassa::binding::{self, Call, Response};
use alikassa::{BatchOptions, CallOptions, Client, Error, OrderRef};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::boundary::guard;
use crate::error::{self, Failure};
use crate::events::CallContext;
use crate::gate::detach;
use crate::input::{self, Arguments};
use crate::options;
use crate::output;
use crate::stream::{self, Event, Next, Steps, Stream};
use crate::waker::{self, Waker};

/// The statuses of many orders: takes orders, returns results.
#[pyclass(frozen, module = "alikassa._native")]
pub(crate) struct StatusStream {
    reply: Py<PyAny>,
    /// The operation that requests one status.
    operation: String,
    /// The field that names an order: `id` or `order_id`.
    key: &'static str,
    stream: Stream<Batch>,
}

impl StatusStream {
    /// Starts the stream of `payments.statuses` or `payouts.statuses` and returns it with the
    /// iterator of its orders. With a `waker`, which wakes when a result is ready, the orders may
    /// come from an asynchronous iterator.
    pub(crate) fn start<'py>(
        (client, context): (&Client, CallContext),
        reply: &Bound<'py, PyAny>,
        operation: &str,
        arguments: &Bound<'py, PyDict>,
        timeout: &Bound<'py, PyAny>,
        deadline: &Bound<'py, PyAny>,
        waker: Option<Bound<'py, Waker>>,
    ) -> PyResult<(Self, Bound<'py, PyAny>)> {
        let start = || {
            let arguments = Arguments(arguments);
            let call = options::call(timeout, deadline)?;
            let options = options::batch(&arguments)?;
            let (key, orders) = read_orders(&arguments, waker.is_some())?;
            let resource = operation.trim_end_matches(".statuses");
            let batch = Batch::new(client, resource, options, call, waker)?;
            let stream = Self {
                reply: reply.clone().unbind(),
                operation: format!("{resource}.status"),
                key,
                stream: Stream::new(batch, context),
            };
            Ok((stream, orders))
        };
        start().map_err(|failure: Failure| {
            failure.raise_as(reply.py(), |error| Call::refused(operation, None, error))
        })
    }
}

fn read_orders<'py>(
    arguments: &Arguments<'_, 'py>,
    asynchronous: bool,
) -> Result<(&'static str, Bound<'py, PyAny>), Failure> {
    let ids = arguments.iterator("ids", asynchronous)?;
    let order_ids = arguments.iterator("order_ids", asynchronous)?;
    match (ids, order_ids) {
        (Some(ids), None) => Ok(("id", ids)),
        (None, Some(order_ids)) => Ok(("order_id", order_ids)),
        _ => {
            let message = "ids: pass exactly one of ids and order_ids";
            Err(Error::invalid_argument("ids", "exactly_one", message).into())
        }
    }
}

#[pymethods]
impl StatusStream {
    /// The next event, without waiting: ``"need_input"``, to `request` an order or to `finish`;
    /// ``"ready"`` with a result; ``"pending"`` with the seconds to wait at most, even if nothing
    /// wakes; ``"done"``.
    fn step<'py>(&self, py: Python<'py>) -> PyResult<Event<'py>> {
        guard(py, || {
            let next = self.stream.step(py);
            self.convert(py, next)
        })
    }

    /// The next event, as `step`; waits while it is ``"pending"``.
    fn wait<'py>(&self, py: Python<'py>) -> PyResult<Event<'py>> {
        guard(py, || {
            let next = self.stream.wait(py)?;
            self.convert(py, next)
        })
    }

    /// Requests the status of an order. An invalid order becomes a result with an error.
    #[pyo3(signature = (order, /))]
    fn request(&self, order: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = order.py();
        guard(py, || {
            let read = input::order(order, self.key)
                .map_err(|error| Call::refused(&self.operation, None, error));
            let original = order.clone().unbind();
            self.stream
                .update(py, |batch| batch.request(read, original));
            Ok(())
        })
    }

    /// Declares that there are no more orders.
    fn finish(&self, py: Python<'_>) -> PyResult<()> {
        guard(py, || {
            self.stream.update(py, |batch| batch.stream.finish());
            Ok(())
        })
    }

    /// Cancels the requests in flight.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        guard(py, || {
            if let Some(batch) = self.stream.close(py) {
                detach(py, || drop(batch.stream));
            }
            Ok(())
        })
    }
}

impl StatusStream {
    fn convert<'py>(&self, py: Python<'py>, next: NextStatus) -> PyResult<Event<'py>> {
        stream::event(py, next, |(order, result)| {
            self.convert_result(order.bind(py), result)
        })
    }

    fn convert_result<'py>(
        &self,
        order: &Bound<'py, PyAny>,
        result: alikassa::Result<Response>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = order.py();
        let result = match result {
            Ok(response) => Ok(output::response(self.reply.bind(py), &response)?),
            Err(error) => Err(error::raise(py, &error)),
        };
        output::status_result(self.key, order, result)
    }
}

/// With the order as the caller passed it.
type NextStatus = Next<(Py<PyAny>, alikassa::Result<Response>)>;

struct Batch {
    stream: binding::StatusStream,
    /// The orders in flight, each with the object that the caller passed.
    requested: Vec<(OrderRef, Py<PyAny>)>,
    /// The invalid orders whose error was not returned yet.
    refused: Vec<(Py<PyAny>, Error)>,
}

impl Steps for Batch {
    type Item = (Py<PyAny>, alikassa::Result<Response>);

    fn step(&mut self) -> NextStatus {
        if let Some((original, error)) = self.refused.pop() {
            return Next::Ready((original, Err(error)));
        }
        match self.stream.step() {
            binding::Event::NeedInput => Next::NeedInput,
            binding::Event::Ready(order, result) => self.ready(&order, result),
            binding::Event::Pending(limit) => Next::Pending(limit),
            _ => Next::Done,
        }
    }

    fn wait(&mut self, limit: Duration) -> Option<NextStatus> {
        let (order, result) = self.stream.wait(limit)?;
        Some(self.ready(&order, result))
    }
}

impl Batch {
    fn new(
        client: &Client,
        resource: &str,
        options: BatchOptions,
        call: CallOptions,
        waker: Option<Bound<'_, Waker>>,
    ) -> Result<Self, Error> {
        let on_ready = waker::wake(waker);
        let stream = binding::StatusStream::new(client, resource, options, call, on_ready)?;
        Ok(Self {
            stream,
            requested: Vec::new(),
            refused: Vec::new(),
        })
    }

    fn ready(&mut self, order: &OrderRef, result: alikassa::Result<Response>) -> NextStatus {
        let mut requested = self.requested.iter();
        let position = requested.position(|(requested, _)| requested == order);
        match position.map(|position| self.requested.swap_remove(position)) {
            Some((_, original)) => Next::Ready((original, result)),
            None => Next::Pending(None),
        }
    }

    fn request(&mut self, order: alikassa::Result<OrderRef>, original: Py<PyAny>) {
        match order {
            Ok(order) => {
                self.requested.push((order.clone(), original));
                self.stream.request(order);
            }
            Err(error) => self.refused.push((original, error)),
        }
    }
}
