//! A stream of the core that Python code drives step by step, whether it waits or wakes an event
//! loop.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use alikassa::Error;
use pyo3::prelude::*;

use crate::error;
use crate::events::CallContext;
use crate::gate::detach;
use crate::signals;

/// The next event of a stream.
pub(crate) enum Next<T> {
    NeedInput,
    Ready(T),
    Pending(Option<Duration>),
    Failed(Error),
    Done,
}

/// The name of an event and its value.
pub(crate) type Event<'py> = (&'static str, Bound<'py, PyAny>);

/// A stream of the core.
pub(crate) trait Steps: Send {
    type Item: Send;

    /// The next event, without waiting.
    fn step(&mut self) -> Next<Self::Item>;

    /// Waits for an event, at most this long.
    fn wait(&mut self, limit: Duration) -> Option<Next<Self::Item>>;
}

/// A stream that threads can share, until it is closed.
pub(crate) struct Stream<S> {
    stream: Mutex<Option<S>>,
    /// Each of its requests is a call.
    context: CallContext,
}

impl<S: Steps> Stream<S> {
    pub(crate) fn new(stream: S, context: CallContext) -> Self {
        Self {
            stream: Mutex::new(Some(stream)),
            context,
        }
    }

    pub(crate) fn step(&self, py: Python<'_>) -> Next<S::Item> {
        let step = || self.lock().as_mut().map_or(Next::Done, Steps::step);
        detach(py, || self.context.enter(step))
    }

    /// The next event other than `Pending`.
    pub(crate) fn wait(&self, py: Python<'_>) -> PyResult<Next<S::Item>> {
        loop {
            let next = match self.step(py) {
                Next::Pending(limit) => {
                    signals::wait(py, limit, |limit| self.lock().as_mut()?.wait(limit))?
                }
                next => Some(next),
            };
            match next {
                None | Some(Next::Pending(_)) => {}
                Some(next) => return Ok(next),
            }
        }
    }

    /// Changes the stream, unless it is closed.
    pub(crate) fn update(&self, py: Python<'_>, update: impl FnOnce(&mut S) + Send) {
        detach(py, || {
            if let Some(stream) = self.lock().as_mut() {
                self.context.enter(|| update(stream));
            }
        });
    }

    /// Closes the stream and returns it the first time.
    pub(crate) fn close(&self, py: Python<'_>) -> Option<S> {
        detach(py, || self.lock().take())
    }

    fn lock(&self) -> MutexGuard<'_, Option<S>> {
        self.stream.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The event for Python code; `convert` converts what is ready.
pub(crate) fn event<'py, T>(
    py: Python<'py>,
    next: Next<T>,
    convert: impl FnOnce(T) -> PyResult<Bound<'py, PyAny>>,
) -> PyResult<Event<'py>> {
    let none = py.None().into_bound(py);
    Ok(match next {
        Next::NeedInput => ("need_input", none),
        Next::Ready(item) => ("ready", convert(item)?),
        Next::Pending(None) => ("pending", none),
        Next::Pending(Some(limit)) => {
            let seconds = limit.as_secs_f64().into_pyobject(py)?;
            ("pending", seconds.into_any())
        }
        Next::Failed(error) => return Err(error::raise(py, &error)),
        Next::Done => ("done", none),
    })
}
