//! Converts the core's errors to the exception classes of `alikassa._errors`, and describes why a
//! Python value did not convert.

use alikassa::{Error, InvalidValue, Reason};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::foreign::Raised;
use crate::output;

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
        fields.set_item(name, output::to_python(py, &value)?)?;
    }
    if let Some(previous) = error.previous() {
        fields.set_item("previous", output::ledger_row(py, previous)?)?;
    }
    if let Some(body) = error.body() {
        fields.set_item("body", PyBytes::new(py, body))?;
    }
    output::set_support(&fields, error.support())?;
    if let Some(retry_after) = error.retry_after() {
        fields.set_item("retry_after", retry_after.as_secs_f64())?;
    }
    if let Some(cause) = error.cause() {
        fields.set_item("cause", exception(py, cause)?)?;
    }
    let class = py
        .import("alikassa._errors")?
        .getattr(error.kind().class())?;
    let exception = class.call((error.message(),), Some(&fields))?;
    if let Some(Raised(raised)) = error.foreign().and_then(|source| source.downcast_ref()) {
        exception.setattr("__cause__", raised)?;
    }
    Ok(exception)
}

/// Why a value did not convert.
pub(crate) enum Failure {
    /// It is invalid in a body. Its path grows while the failure returns to the outermost value.
    Value(InvalidValue),
    /// It is invalid for its option or argument.
    Argument(Error),
    /// Python code that ran during the conversion raised.
    Raised(PyErr),
}

impl Failure {
    /// The exception.
    pub(crate) fn raise(self, py: Python<'_>) -> PyErr {
        self.raise_as(py, |error| error)
    }

    /// The exception, after `refuse` added the call to the error.
    pub(crate) fn raise_as(self, py: Python<'_>, refuse: impl FnOnce(Error) -> Error) -> PyErr {
        let error = match self {
            Self::Value(invalid) => Error::from(invalid),
            Self::Argument(error) => error,
            Self::Raised(raised) => return raised,
        };
        raise(py, &refuse(error))
    }

    pub(crate) fn within_key(self, key: &str) -> Self {
        match self {
            Self::Value(invalid) => Self::Value(invalid.within_key(key)),
            other => other,
        }
    }

    pub(crate) fn within_index(self, index: usize) -> Self {
        match self {
            Self::Value(invalid) => Self::Value(invalid.within_index(index)),
            other => other,
        }
    }
}

impl From<Reason> for Failure {
    fn from(reason: Reason) -> Self {
        Self::Value(InvalidValue::new(reason))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Argument(error)
    }
}

impl From<PyErr> for Failure {
    fn from(raised: PyErr) -> Self {
        Self::Raised(raised)
    }
}

/// The failure of an option or argument of the wrong type.
pub(crate) fn wrong_type(name: &str, advice: &str) -> Failure {
    Error::invalid_argument(name, "type", format!("{name}: {advice}")).into()
}
