//! External signers: functions of Python that sign.
//!
//! Each signature is made on a thread of Python, as `gate.rs` requires of a function of the caller.

use std::sync::{Mutex, PoisonError};

use alikassa::binding;
use alikassa::{Error, VerifyingKey};
use pyo3::exceptions::{PyBaseException, PyRuntimeError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::boundary::guard;
use crate::foreign::Raised;
use crate::inflight::WAKES;
use crate::input;

/// A key whose signatures `sign` makes.
pub(crate) fn external(
    public: VerifyingKey,
    sign: &Bound<'_, PyAny>,
) -> PyResult<alikassa::SigningKey> {
    let py = sign.py();
    let start = py.import("alikassa._signer")?.getattr("start")?.unbind();
    let sign = sign.clone().unbind();
    let begin = move |request| {
        // Without a signature the request is dropped, which its caller notices.
        let Some(_in_flight) = WAKES.begin() else {
            return;
        };
        Python::try_attach(|py| {
            let request = SignatureRequest(Mutex::new(Some(request)));
            if let Err(raised) = start.call1(py, (&sign, request)) {
                raised.write_unraisable(py, None);
            }
        });
    };
    Ok(alikassa::SigningKey::started_by(public, begin))
}

/// A signature that a function of Python has to make.
#[pyclass(frozen, module = "alikassa._native")]
pub(crate) struct SignatureRequest(Mutex<Option<binding::SignatureRequest>>);

#[pymethods]
impl SignatureRequest {
    /// The message and the digest, until the request ends.
    fn arguments<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyBytes>, &'static str)> {
        let request = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let request = request
            .as_ref()
            .ok_or_else(|| PyRuntimeError::new_err("it has ended"))?;
        let message = PyBytes::new(py, request.message());
        Ok((message, request.digest().as_str()))
    }

    /// Ends the request with what the function returned.
    #[pyo3(signature = (signature, /))]
    fn finish(&self, py: Python<'_>, signature: &Bound<'_, PyAny>) -> PyResult<()> {
        guard(py, || {
            let signature = input::contents(signature).map_err(|_| {
                let of = type_name(signature);
                let message = format!("the external signer returned {of}: return bytes");
                Error::signing("wrong_type", message)
            });
            self.end(signature);
            Ok(())
        })
    }

    /// Ends the request with what the function raised.
    #[pyo3(signature = (raised, /))]
    fn fail(&self, py: Python<'_>, raised: Bound<'_, PyBaseException>) -> PyResult<()> {
        guard(py, || {
            let message = format!("the external signer raised {}", type_name(&raised));
            let raised = Raised(raised.unbind());
            self.end(Err(Error::signing("failed", message).with_foreign(raised)));
            Ok(())
        })
    }
}

impl SignatureRequest {
    fn end(&self, signature: alikassa::Result<Vec<u8>>) {
        let request = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(request) = request {
            request.finish(signature);
        }
    }
}

fn type_name(any: &Bound<'_, PyAny>) -> String {
    let name = any.get_type().name();
    name.map_or_else(|_| "an object".to_owned(), |name| name.to_string())
}
