//! The stream of open rows, driven step by step by the iterators of the Python package.

use std::time::Duration;

use alikassa::binding::{self, Call, ReconcileEvent};
use alikassa::{Client, Reconciled};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::boundary::guard;
use crate::error::{self, Failure};
use crate::events::CallContext;
use crate::gate::detach;
use crate::input::Arguments;
use crate::options;
use crate::output;
use crate::stream::{self, Event, Next, Steps, Stream};
use crate::waker::{self, Waker};

/// The open rows of a client's ledger, as they settle.
#[pyclass(frozen, module = "alikassa._native")]
pub(crate) struct ReconcileStream(Stream<binding::ReconcileStream>);

impl ReconcileStream {
    /// Starts the stream; `waker` wakes when a row may be ready.
    pub(crate) fn start<'py>(
        client: &Client,
        context: CallContext,
        arguments: &Bound<'py, PyDict>,
        timeout: &Bound<'py, PyAny>,
        deadline: &Bound<'py, PyAny>,
        waker: Option<Bound<'py, Waker>>,
    ) -> PyResult<Self> {
        let start = || -> Result<Self, Failure> {
            let call = options::call(timeout, deadline)?;
            let options = options::batch(&Arguments(arguments))?;
            let on_ready = waker::wake(waker);
            let stream = binding::ReconcileStream::new(client, options, call, on_ready)?;
            Ok(Self(Stream::new(stream, context)))
        };
        start().map_err(|failure| {
            failure.raise_as(arguments.py(), |error| {
                Call::refused("reconcile", None, error)
            })
        })
    }
}

#[pymethods]
impl ReconcileStream {
    /// The next event, without waiting: ``"ready"`` with a row; ``"pending"`` with the seconds to
    /// wait at most, even if nothing wakes; ``"done"``. Raises an error that concerns every row.
    fn step<'py>(&self, py: Python<'py>) -> PyResult<Event<'py>> {
        guard(py, || convert(py, self.0.step(py)))
    }

    /// The next event, as `step`; waits while it is ``"pending"``.
    fn wait<'py>(&self, py: Python<'py>) -> PyResult<Event<'py>> {
        guard(py, || convert(py, self.0.wait(py)?))
    }

    /// Cancels the requests in flight.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        guard(py, || {
            let stream = self.0.close(py);
            detach(py, || drop(stream));
            Ok(())
        })
    }
}

fn convert(py: Python<'_>, next: Next<Box<Reconciled>>) -> PyResult<Event<'_>> {
    stream::event(py, next, |reconciled| {
        let Reconciled {
            row,
            error,
            other_id,
            ..
        } = *reconciled;
        let error = error.map(|error| error::raise(py, &error));
        output::reconciled(py, &row, error, other_id)
    })
}

impl Steps for binding::ReconcileStream {
    type Item = Box<Reconciled>;

    fn step(&mut self) -> Next<Self::Item> {
        Self::step(self).into()
    }

    fn wait(&mut self, limit: Duration) -> Option<Next<Self::Item>> {
        Self::wait(self, limit).map(Next::from)
    }
}

impl From<ReconcileEvent> for Next<Box<Reconciled>> {
    fn from(event: ReconcileEvent) -> Self {
        match event {
            ReconcileEvent::Ready(reconciled) => Self::Ready(reconciled),
            ReconcileEvent::Pending(limit) => Self::Pending(limit),
            ReconcileEvent::Failed(error) => Self::Failed(error),
            _ => Self::Done,
        }
    }
}
