//! Where errors change: the core's into the exception classes of `alikassa._errors`.

use alikassa::{Answer, Error, Outcome, Result};
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

/// Says on an exception that is not ours what became of the call it interrupted.
pub(crate) fn mark(raised: &Bound<'_, PyAny>, result: Option<&Result<Answer>>) {
    let error = result.and_then(|result| result.as_ref().err());
    let outcome = error.and_then(Error::outcome).map(Outcome::as_str);
    // An exception that takes no attributes matters more than what they would say.
    let _ = raised.setattr("alikassa_outcome", outcome);
    let _ = raised.setattr("order_id", error.and_then(Error::order_id));
}
