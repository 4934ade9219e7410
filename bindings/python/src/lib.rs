//! The Python binding: values are converted, the core is called, its answer is converted back.
//!
//! The package `alikassa` (in `python/src`) stands above this module and gives it its documentation and types.

#![allow(
    clippy::doc_markdown,
    reason = "what Python shows is written in Python's form"
)]

mod boundary;
mod bulk;
mod client;
mod convert;
mod error;
mod history;
mod inflight;
mod ledger;
mod notification;

mod waker;

use alikassa::{Digest, DigestMode};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::boundary::{detached, guard};

#[pymodule(gil_used = false)]
mod _native {
    #[pymodule_export]
    use crate::bulk::StatusStream;

    #[pymodule_export]
    use crate::client::{NativeClient, Pending};

    #[pymodule_export]
    use crate::history::HistoryPages;

    #[pymodule_export]
    use crate::ledger::Ledger;

    #[pymodule_export]
    use crate::waker::{Waker, WakerSet};

    #[pymodule_export]
    use crate::{SigningKey, VerifyingKey, canonical_json, environment, parse_response};
    use pyo3::prelude::*;

    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "the name is Python's")]
    const __version__: &str = alikassa::VERSION;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        let py = module.py();
        let end = wrap_pyfunction!(crate::end, module)?;
        py.import("atexit")?.call_method1("register", (end,))?;
        crate::watch_forks(module)
    }
}

/// Systems without fork have nothing to watch.
fn watch_forks(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let os = module.py().import("os")?;
    let Some(register) = os.getattr_opt("register_at_fork")? else {
        return Ok(());
    };
    let after = wrap_pyfunction!(after_fork, module)?;
    let hooks = PyDict::new(module.py());
    hooks.set_item("before", wrap_pyfunction!(before_fork, module)?)?;
    hooks.set_item("after_in_parent", &after)?;
    hooks.set_item("after_in_child", &after)?;
    register.call((), Some(&hooks)).map(drop)
}

/// Let no thread be inside a ledger during a fork.
#[pyfunction]
fn before_fork(py: Python<'_>) {
    boundary::before_fork(py);
}

/// Let threads into ledgers again.
#[pyfunction]
fn after_fork() {
    boundary::after_fork();
}

/// Wait for creates on their way, and let no thread of the pool enter Python any more; called at the interpreter's
/// end.
#[pyfunction]
fn end(py: Python<'_>) -> PyResult<()> {
    guard(py, || boundary::end(py))
}

/// Give the canonical bytes of a request's body, those that are signed and sent.
///
/// Args:
///     data: A mapping with string keys. None is JSON's null; str, bool, int of 64 bits, `decimal.Decimal` (written
///         as a string), list, tuple and mappings are taken, all else is refused, binary floats first.
///
/// Raises:
///     InvalidArgumentError: A value has no place in a body; `field` is its path, `reason` says why.
///
/// Source: PHP's `json_encode`, with which the provider's samples sign.
#[pyfunction]
#[pyo3(signature = (data, /))]
fn canonical_json<'py>(py: Python<'py>, data: &Bound<'py, PyAny>) -> PyResult<Vec<u8>> {
    guard(py, || {
        let body = convert::body(data).map_err(|failure| failure.raise(py))?;
        detached(py, || alikassa::canonical_json(&body))
    })
}

/// Read an answer's body as JSON.
#[pyfunction]
#[pyo3(signature = (body, /))]
fn parse_response<'py>(py: Python<'py>, body: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    guard(py, || {
        let value = detached(py, || alikassa::binding::parse_response(body))?;
        convert::to_python(py, &value)
    })
}

/// Give the options that the environment sets, by name; there is need of an account unless the caller has one.
#[pyfunction]
#[pyo3(signature = (has_account, /))]
fn environment(py: Python<'_>, has_account: bool) -> PyResult<Vec<(&'static str, String)>> {
    guard(py, || {
        detached(py, || alikassa::binding::environment(has_account))
    })
}

/// A merchant's private key, from `load` or `from_pem`; it may be shared by threads.
#[pyclass(frozen, module = "alikassa")]
pub(crate) struct SigningKey(pub(crate) alikassa::SigningKey);

#[pymethods]
impl SigningKey {
    /// Open ``private.pem`` with ``password.txt`` in a folder as AliKassa's archive unpacks.
    ///
    /// Args:
    ///     path: The folder, as str or `os.PathLike`.
    ///
    /// Raises:
    ///     KeyLoadError: The key does not open; `reason` says why.
    #[staticmethod]
    fn load(py: Python<'_>, path: &Bound<'_, PyAny>) -> PyResult<Self> {
        guard(py, || {
            let folder = convert::folder(path, "path").map_err(|f| f.raise(py))?;
            Self::opened(py, || alikassa::SigningKey::load(folder))
        })
    }

    /// Open a key in PEM form.
    ///
    /// Args:
    ///     pem: The file's content, as bytes or str.
    ///     password: The password of an encrypted key, as bytes or str. The bytes of a ``password.txt`` will do too:
    ///         should the key not open with it as it is, it is tried without a byte-order mark and one line end.
    ///
    /// Raises:
    ///     KeyLoadError: The key does not open; `reason` says why.
    ///     InvalidArgumentError: `pem` or `password` is neither bytes nor str.
    #[staticmethod]
    #[pyo3(signature = (pem, password = None))]
    fn from_pem(
        py: Python<'_>,
        pem: &Bound<'_, PyAny>,
        password: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        guard(py, || {
            let pem = convert::secret(pem, "pem").map_err(|f| f.raise(py))?;
            let password = password
                .map(|password| convert::secret(password, "password"))
                .transpose()
                .map_err(|f| f.raise(py))?;
            Self::opened(py, || {
                alikassa::SigningKey::from_pem(
                    &pem,
                    password.as_ref().map(|bytes| bytes.as_slice()),
                )
            })
        })
    }

    /// Give the signature of `data` as the header `Sign` holds it: RSASSA-PKCS1-v1_5, in base64.
    ///
    /// Args:
    ///     data: The bytes to sign.
    ///     digest: ``"sha1"`` or ``"sha256"``.
    ///
    /// Raises:
    ///     InvalidArgumentError: There is no such digest, or an argument is of another type.
    #[pyo3(signature = (data, digest = "sha1"))]
    fn sign(&self, py: Python<'_>, data: &Bound<'_, PyAny>, digest: &str) -> PyResult<String> {
        guard(py, || {
            let data = convert::bytes(data, "data").map_err(|f| f.raise(py))?;
            detached(py, || self.0.sign(&data, digest.parse::<Digest>()?))
        })
    }

    /// The size of the key in bits.
    #[getter]
    fn bits(&self) -> usize {
        self.0.bits()
    }

    fn __repr__(&self) -> String {
        format!("SigningKey(bits={})", self.0.bits())
    }
}

impl SigningKey {
    fn opened(
        py: Python<'_>,
        open: impl FnOnce() -> alikassa::Result<alikassa::SigningKey> + Send,
    ) -> PyResult<Self> {
        let key = detached(py, open)?;
        boundary::notify(py, key.notice());
        Ok(Self(key))
    }
}

/// A public key that checks signatures, from `load` or `from_pem`; it may be shared by threads.
#[pyclass(frozen, module = "alikassa")]
pub(crate) struct VerifyingKey(pub(crate) alikassa::VerifyingKey);

#[pymethods]
impl VerifyingKey {
    /// Open ``public.pem`` in a folder as AliKassa's archive unpacks.
    ///
    /// Args:
    ///     path: The folder, as str or `os.PathLike`.
    ///
    /// Raises:
    ///     KeyLoadError: The key does not open; `reason` says why.
    #[staticmethod]
    fn load(py: Python<'_>, path: &Bound<'_, PyAny>) -> PyResult<Self> {
        guard(py, || {
            let folder = convert::folder(path, "path").map_err(|f| f.raise(py))?;
            detached(py, || alikassa::VerifyingKey::load(folder)).map(Self)
        })
    }

    /// Open a public key, or the public key of a certificate, in PEM form.
    ///
    /// Args:
    ///     pem: The file's content, as bytes or str.
    ///
    /// Raises:
    ///     KeyLoadError: The key does not open; `reason` says why.
    ///     InvalidArgumentError: `pem` is neither bytes nor str.
    #[staticmethod]
    fn from_pem(py: Python<'_>, pem: &Bound<'_, PyAny>) -> PyResult<Self> {
        guard(py, || {
            let pem = convert::secret(pem, "pem").map_err(|f| f.raise(py))?;
            detached(py, || alikassa::VerifyingKey::from_pem(&pem)).map(Self)
        })
    }

    /// Check a signature of `data` and give the digest that matched.
    ///
    /// Args:
    ///     data: The bytes that were signed.
    ///     signature: The signature in base64.
    ///     digest: ``"sha1"``, ``"sha256"``, or ``"auto"`` for either.
    ///
    /// Raises:
    ///     SignatureMismatchError: It does not match, or is no base64.
    ///     InvalidArgumentError: There is no such digest, or an argument is of another type.
    #[pyo3(signature = (data, signature, digest = "auto"))]
    fn verify(
        &self,
        py: Python<'_>,
        data: &Bound<'_, PyAny>,
        signature: &Bound<'_, PyAny>,
        digest: &str,
    ) -> PyResult<&'static str> {
        guard(py, || {
            let data = convert::bytes(data, "data").map_err(|f| f.raise(py))?;
            let signature = convert::lossy(signature, "signature").map_err(|f| f.raise(py))?;
            let matched = detached(py, || {
                self.0
                    .verify(&data, &signature, digest.parse::<DigestMode>()?)
            })?;
            Ok(matched.as_str())
        })
    }

    fn __repr__(&self) -> String {
        format!("VerifyingKey(bits={})", self.0.bits())
    }
}
