//! The Python binding: it converts arguments, calls the core and converts the response.
//!
//! The package `alikassa` (in `python/src`) builds on this module and holds the documentation and
//! types.

#![allow(
    clippy::doc_markdown,
    reason = "Python shows this documentation, so it uses Python's markup"
)]

#[cfg(panic = "abort")]
compile_error!("panics are caught at the boundary; build with panic = \"unwind\"");

mod boundary;
mod call;
mod channel;
mod client;
mod error;
mod events;
mod foreign;
mod fork;
mod gate;
mod history;
mod inflight;
mod input;
mod key;
mod ledger;
mod ledger_rows;
mod limits;
mod notification;
mod options;
mod output;
mod reconcile;
mod shutdown;
mod signals;
mod signer;
mod statuses;
mod stream;
mod support;
mod waker;

use pyo3::prelude::*;

use crate::boundary::{detached, guard};

#[pymodule(gil_used = false)]
mod _native {
    #[pymodule_export]
    use crate::call::Pending;

    #[pymodule_export]
    use crate::client::NativeClient;

    #[pymodule_export]
    use crate::events::next_events;

    #[pymodule_export]
    use crate::history::HistoryPages;

    #[pymodule_export]
    use crate::key::{SigningKey, VerifyingKey};

    #[pymodule_export]
    use crate::ledger::Ledger;

    #[pymodule_export]
    use crate::signer::SignatureRequest;

    #[pymodule_export]
    use crate::ledger_rows::{LedgerEvents, LedgerRows};

    #[pymodule_export]
    use crate::options::environment;

    #[pymodule_export]
    use crate::reconcile::ReconcileStream;

    #[pymodule_export]
    use crate::statuses::StatusStream;

    #[pymodule_export]
    use crate::output::Support;

    #[pymodule_export]
    use crate::support::SupportAttempt;

    #[pymodule_export]
    use crate::waker::{Waker, WakerSet};

    #[pymodule_export]
    use crate::{canonical_json, parse_response, report_unraisable};

    use pyo3::prelude::*;

    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "the name is Python's")]
    const __version__: &str = alikassa::VERSION;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        alikassa::binding::Language::Python.set();
        alikassa::binding::claim_events();
        crate::shutdown::register(module)?;
        crate::fork::register(module)
    }
}

/// Return the canonical bytes of a request's body, which are signed and sent.
///
/// Args:
///     data: A mapping with string keys. Accepted values: None (JSON's null), str, bool, int of 64
///         bits, `decimal.Decimal` (written as a string), list, tuple and mappings. Every other
///         type is refused, float among them.
///
/// Raises:
///     InvalidArgumentError: A value is invalid in a body; `field` is its path, `reason` says why.
///
/// Source: PHP's `json_encode`, which the provider's samples sign with.
#[pyfunction]
#[pyo3(signature = (data, /))]
fn canonical_json<'py>(py: Python<'py>, data: &Bound<'py, PyAny>) -> PyResult<Vec<u8>> {
    guard(py, || {
        let body = input::body(data).map_err(|failure| failure.raise(py))?;
        detached(py, || alikassa::canonical_json(&body))
    })
}

/// Reports an exception of `source`, such as a function of the caller, that nothing can raise.
#[pyfunction]
#[pyo3(signature = (raised, source = None, /))]
#[allow(
    clippy::needless_pass_by_value,
    reason = "PyO3 passes options by value"
)]
fn report_unraisable(raised: Bound<'_, PyAny>, source: Option<Bound<'_, PyAny>>) {
    let py = raised.py();
    PyErr::from_value(raised).write_unraisable(py, source.as_ref());
}

/// Parse a response's body as JSON.
#[pyfunction]
#[pyo3(signature = (body, /))]
fn parse_response<'py>(py: Python<'py>, body: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    guard(py, || {
        let value = detached(py, || alikassa::binding::parse_response(body))?;
        output::to_python(py, &value)
    })
}
