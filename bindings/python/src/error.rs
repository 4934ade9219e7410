//! Where errors change: the core's into the exception classes of `alikassa._errors`.

use alikassa::binding::{Call, Response};
use alikassa::{Error, Outcome, Result};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::convert;

/// The exception for an error of the core.
pub(crate) fn raise(py: Python<'_>, error: &Error) -> PyErr {
    match exception(py, error) {
        Ok(exception) => PyErr::from_value(exception),
        Err(raised) => raised,
    }
}

fn exception<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyAny>> {
    let fields = PyDict::new(py);
    for (name, value) in error.fields() {
        fields.set_item(name, convert::to_python(py, &value)?)?;
    }
    if let Some(previous) = error.previous() {
        fields.set_item("previous", convert::ledger_row(py, previous)?)?;
    }
    if let Some(body) = error.body() {
        fields.set_item("body", PyBytes::new(py, body))?;
    }
    if let Some(retry_after) = error.retry_after() {
        fields.set_item("retry_after", retry_after.as_secs_f64())?;
    }
    if let Some(cause) = error.cause() {
        fields.set_item("cause", exception(py, cause)?)?;
    }
    let class = py
        .import("alikassa._errors")?
        .getattr(error.kind().class())?;
    class.call((error.message(),), Some(&fields))
}

/// What an exception that is not ours says of the call it interrupts.
pub(crate) struct Interrupted {
    creates: bool,
    order_id: Option<String>,
}

impl Interrupted {
    pub(crate) fn new(call: &Call) -> Self {
        Self {
            creates: call.creates(),
            order_id: call.order_id().map(str::to_owned),
        }
    }

    /// Says on the exception what became of the call, which may have ended at the same moment.
    pub(crate) fn mark(&self, raised: &Bound<'_, PyAny>, ended: Option<&Result<Response>>) {
        let error = ended.and_then(|result| result.as_ref().err());
        // The caller does not get to see the answer, so it does not know.
        let unseen = self.creates.then_some(Outcome::Unknown);
        let outcome = error.and_then(Error::outcome).or(unseen);
        // An exception that takes no attributes matters more than what they would say.
        let _ = raised.setattr("alikassa_outcome", outcome.map(Outcome::as_str));
        let _ = raised.setattr("order_id", self.order_id.as_deref());
    }
}
