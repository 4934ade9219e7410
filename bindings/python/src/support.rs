//! What a program reads of the record for the provider's support.

use alikassa::Phase;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::boundary::guard;
use crate::output::Support;

#[pymethods]
impl Support {
    /// When the first attempt started, in milliseconds since 1970.
    #[getter]
    fn time_ms(&self) -> i64 {
        self.0.time_ms()
    }

    /// The path of the request, such as ``"v1/payout"``.
    #[getter]
    fn path(&self) -> &str {
        self.0.path()
    }

    /// The SHA-256 of the request's body in hexadecimal digits.
    ///
    /// None if the body contains a card number or the number of a recipient: whoever tries all
    /// numbers would find it by its hash.
    #[getter]
    fn body_sha256(&self, py: Python<'_>) -> PyResult<Option<&str>> {
        guard(py, || Ok(self.0.body_sha256()))
    }

    /// The first 12 characters of the header `Sign` of the last attempt.
    #[getter]
    fn sign(&self) -> &str {
        self.0.sign()
    }

    /// The HTTP status of the last attempt; None without a response.
    #[getter]
    fn http_status(&self) -> Option<u16> {
        self.0.http_status()
    }

    /// The response to the last attempt, masked, in one line and at most 2000 characters.
    #[getter]
    fn response(&self, py: Python<'_>) -> PyResult<Option<&str>> {
        guard(py, || Ok(self.0.response()))
    }

    /// The attempts: the first one, and the last 19.
    #[getter]
    fn attempts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.attempts().iter().map(SupportAttempt::from))
    }

    /// Return the record as English text of several lines, for the chat of the provider's support.
    ///
    /// Its time is UTC.
    fn to_text(&self, py: Python<'_>) -> PyResult<String> {
        guard(py, || Ok(self.0.to_text()))
    }

    /// Without the response, since logs show it.
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!(
            "Support(time_ms={}, path={}, http_status={})",
            self.time_ms(),
            self.path().into_pyobject(py)?.repr()?,
            self.http_status().into_pyobject(py)?.repr()?,
        ))
    }
}

/// One attempt to send a request.
#[pyclass(frozen, eq, hash, get_all, module = "alikassa._native")]
#[derive(Clone, Eq, Hash, PartialEq)]
pub(crate) struct SupportAttempt {
    /// When it started, in milliseconds since 1970.
    time_ms: i64,
    /// How long it took, in milliseconds.
    duration_ms: i64,
    /// The HTTP status of the response; None without one.
    http_status: Option<u16>,
    /// The code of the error if there is no response, such as ``"transport"``.
    code: Option<&'static str>,
    /// How far the request got before the network failed.
    phase: Option<&'static str>,
}

#[pymethods]
impl SupportAttempt {
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!(
            "SupportAttempt(time_ms={}, duration_ms={}, http_status={}, code={}, phase={})",
            self.time_ms,
            self.duration_ms,
            self.http_status.into_pyobject(py)?.repr()?,
            self.code.into_pyobject(py)?.repr()?,
            self.phase.into_pyobject(py)?.repr()?,
        ))
    }
}

impl From<&alikassa::SupportAttempt> for SupportAttempt {
    fn from(attempt: &alikassa::SupportAttempt) -> Self {
        Self {
            time_ms: attempt.time_ms,
            duration_ms: attempt.duration_ms,
            http_status: attempt.http_status,
            code: attempt.code,
            phase: attempt.phase.map(Phase::as_str),
        }
    }
}
