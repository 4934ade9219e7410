//! The statuses of many orders, driven step by step by the iterators of the package.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use alikassa::binding::{Call, Event, Response};
use alikassa::{BatchOptions, CallOptions, Client, Error, OrderRef};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::bell::Rope;
use crate::boundary::{self, guard};
use crate::convert::{self, Arguments, Failure};
use crate::error;

/// Many questions on their way.
#[pyclass(frozen, module = "alikassa._native")]
pub(crate) struct StatusStream {
    client: Client,
    reply: Py<PyAny>,
    /// The call that asks for one status.
    operation: String,
    /// What the caller names orders by: `id` or `order_id`.
    name: &'static str,
    /// None once it is closed.
    questions: Mutex<Option<Questions>>,
}

impl StatusStream {
    /// The bulk of `payments.statuses` or `payouts.statuses`, and what iterates over its orders. With a `wake`, pulled
    /// when there is something to be told, that may be an asynchronous iterator.
    pub(crate) fn begin<'py>(
        client: &Client,
        reply: &Bound<'py, PyAny>,
        operation: &str,
        arguments: &Bound<'py, PyDict>,
        call: CallOptions,
        wake: Option<Bound<'py, Rope>>,
    ) -> Result<(Self, Bound<'py, PyAny>), Failure> {
        let named = Arguments(arguments);
        let resource = operation.trim_end_matches(".statuses");
        let options = read_options(&named)?;
        let (name, orders) = read_orders(&named, wake.is_some())?;
        let wake = wake.map(|wake| wake.get().clone());
        let on_told = move || wake.iter().for_each(Rope::pull);
        let bulk = alikassa::binding::StatusStream::new(client, resource, options, call, on_told)?;
        let questions = Questions {
            bulk,
            asked: Vec::new(),
            refused: Vec::new(),
        };
        let bulk = Self {
            client: client.clone(),
            reply: reply.clone().unbind(),
            operation: format!("{resource}.status"),
            name,
            questions: Mutex::new(Some(questions)),
        };
        Ok((bulk, orders))
    }
}

fn read_options(arguments: &Arguments<'_, '_>) -> Result<BatchOptions, Failure> {
    arguments.check_function("on_progress", "pass a function of two arguments")?;
    let mut options = BatchOptions::default();
    options.rate = arguments.number("rate")?;
    if let Some(concurrency) = arguments.count("concurrency")? {
        options.concurrency = concurrency;
    }
    Ok(options)
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
    /// What comes next: ``"order"``, to ask for another one or to finish; ``"told"`` with a result; ``"wait"`` with
    /// the seconds after which to look again even if nothing wakes; ``"ended"``.
    fn step<'py>(&self, py: Python<'py>) -> PyResult<(&'static str, Bound<'py, PyAny>)> {
        guard(py, || {
            let next = self.next(py);
            self.show(py, next)
        })
    }

    /// What comes next, as `step`, once there is no need to wait for it.
    fn wait<'py>(&self, py: Python<'py>) -> PyResult<(&'static str, Bound<'py, PyAny>)> {
        guard(py, || {
            loop {
                let next = match self.next(py) {
                    Next::Wait(at_most) => {
                        boundary::wait(py, at_most, |at_most| self.lock().as_mut()?.wait(at_most))?
                    }
                    next => Some(next),
                };
                if let Some(next) = next {
                    return self.show(py, next);
                }
            }
        })
    }

    /// Asks for an order. One that cannot be asked for is told like any other.
    #[pyo3(signature = (order, /))]
    fn ask(&self, order: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = order.py();
        guard(py, || {
            let asked = convert::order(order, self.name)
                .map_err(|error| Call::refused(&self.operation, None, error));
            let named = order.clone().unbind();
            boundary::detached(py, || match self.lock().as_mut() {
                Some(questions) => questions.ask(asked, named),
                None => Ok(()),
            })
        })
    }

    /// There are no more orders.
    fn finish(&self, py: Python<'_>) -> PyResult<()> {
        guard(py, || {
            py.detach(|| {
                if let Some(questions) = self.lock().as_mut() {
                    questions.bulk.finish();
                }
            });
            Ok(())
        })
    }

    /// Gives up what is on its way.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        guard(py, || {
            let questions = py.detach(|| self.lock().take());
            if let Some(questions) = questions {
                py.detach(|| drop(questions.bulk));
            }
            Ok(())
        })
    }
}

impl StatusStream {
    fn lock(&self) -> MutexGuard<'_, Option<Questions>> {
        self.questions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self, py: Python<'_>) -> Next {
        py.detach(|| self.lock().as_mut().map_or(Next::Ended, Questions::next))
    }

    fn show<'py>(
        &self,
        py: Python<'py>,
        next: Next,
    ) -> PyResult<(&'static str, Bound<'py, PyAny>)> {
        let none = py.None().into_bound(py);
        Ok(match next {
            Next::Order => ("order", none),
            Next::Told(order, result) => ("told", self.tell(order.bind(py), result)?),
            Next::Wait(None) => ("wait", none),
            Next::Wait(Some(at_most)) => {
                let seconds = at_most.as_secs_f64().into_pyobject(py)?;
                ("wait", seconds.into_any())
            }
            Next::Ended => ("ended", none),
        })
    }

    fn tell<'py>(
        &self,
        order: &Bound<'py, PyAny>,
        result: alikassa::Result<Response>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = order.py();
        boundary::notify(py, self.client.take_notices());
        let result = match result {
            Ok(answer) => Ok(convert::answer(self.reply.bind(py), &answer)?),
            Err(error) => Err(error::raise(py, &error)),
        };
        convert::status_result(self.name, order, result)
    }
}

/// What an iterator does next.
enum Next {
    Order,
    /// An order, as the caller named it, and what became of it.
    Told(Py<PyAny>, alikassa::Result<Response>),
    Wait(Option<Duration>),
    Ended,
}

struct Questions {
    bulk: alikassa::binding::StatusStream,
    /// The orders asked for, each as the caller named it.
    asked: Vec<(OrderRef, Py<PyAny>)>,
    /// What cannot be asked for, until it is told.
    refused: Vec<(Py<PyAny>, Error)>,
}

impl Questions {
    fn next(&mut self) -> Next {
        if let Some((named, error)) = self.refused.pop() {
            return Next::Told(named, Err(error));
        }
        match self.bulk.step() {
            Event::NeedInput => Next::Order,
            Event::Ready(order, result) => self.told(&order, result),
            Event::Pending(at_most) => Next::Wait(at_most),
            _ => Next::Ended,
        }
    }

    fn wait(&mut self, at_most: Duration) -> Option<Next> {
        let (order, result) = self.bulk.wait(at_most)?;
        Some(self.told(&order, result))
    }

    fn told(&mut self, order: &OrderRef, result: alikassa::Result<Response>) -> Next {
        let place = self.asked.iter().position(|(asked, _)| asked == order);
        match place.map(|place| self.asked.swap_remove(place)) {
            Some((_, named)) => Next::Told(named, result),
            None => Next::Wait(None),
        }
    }

    fn ask(&mut self, order: alikassa::Result<OrderRef>, named: Py<PyAny>) {
        match order {
            Ok(order) => {
                self.asked.push((order.clone(), named));
                self.bulk.request(order);
            }
            Err(error) => self.refused.push((named, error)),
        }
    }
}
