//! The keys that sign requests and verify signatures.

use alikassa::{Digest, DigestMode};
use pyo3::prelude::*;

use crate::boundary::{detached, guard};
use crate::input;
use crate::output;

/// A merchant's private key, from `load` or `from_pem`. Threads can share it.
#[pyclass(frozen, module = "alikassa")]
pub(crate) struct SigningKey(pub(crate) alikassa::SigningKey);

#[pymethods]
impl SigningKey {
    /// Load ``private.pem`` with ``password.txt`` from the folder of AliKassa's archive.
    ///
    /// Args:
    ///     path: The folder, as str or `os.PathLike`.
    ///
    /// Raises:
    ///     KeyLoadError: The key cannot be loaded; `reason` says why.
    #[staticmethod]
    fn load(py: Python<'_>, path: &Bound<'_, PyAny>) -> PyResult<Self> {
        guard(py, || {
            let folder = input::path(path, "path").map_err(|f| f.raise(py))?;
            Self::load_with(py, || alikassa::SigningKey::load(folder))
        })
    }

    /// Load a key in PEM format.
    ///
    /// Args:
    ///     pem: The file's content, as bytes or str.
    ///     password: The password of an encrypted key, as bytes or str. The bytes of a
    ///         ``password.txt`` work too: if they are not the password, they are tried without a
    ///         byte-order mark and one line end.
    ///
    /// Raises:
    ///     KeyLoadError: The key cannot be loaded; `reason` says why.
    ///     InvalidArgumentError: `pem` or `password` is neither bytes nor str.
    #[staticmethod]
    #[pyo3(signature = (pem, password = None))]
    fn from_pem(
        py: Python<'_>,
        pem: &Bound<'_, PyAny>,
        password: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        guard(py, || {
            let pem = input::secret(pem, "pem").map_err(|f| f.raise(py))?;
            let password = password
                .map(|password| input::secret(password, "password"))
                .transpose()
                .map_err(|f| f.raise(py))?;
            Self::load_with(py, || {
                alikassa::SigningKey::from_pem(
                    &pem,
                    password.as_ref().map(|bytes| bytes.as_slice()),
                )
            })
        })
    }

    /// Return the signature of `data` for the header `Sign`: RSASSA-PKCS1-v1_5, in base64.
    ///
    /// Args:
    ///     data: The bytes to sign.
    ///     digest: ``"sha1"`` or ``"sha256"``.
    ///
    /// Raises:
    ///     InvalidArgumentError: The digest is unknown, or an argument has the wrong type.
    #[pyo3(signature = (data, digest = "sha1"))]
    fn sign(&self, py: Python<'_>, data: &Bound<'_, PyAny>, digest: &str) -> PyResult<String> {
        guard(py, || {
            let data = input::bytes(data, "data").map_err(|f| f.raise(py))?;
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
    fn load_with(
        py: Python<'_>,
        open: impl FnOnce() -> alikassa::Result<alikassa::SigningKey> + Send,
    ) -> PyResult<Self> {
        let key = detached(py, open)?;
        output::log_notices(py, key.notice());
        Ok(Self(key))
    }
}

/// A public key that verifies signatures, from `load` or `from_pem`. Threads can share it.
#[pyclass(frozen, module = "alikassa")]
pub(crate) struct VerifyingKey(pub(crate) alikassa::VerifyingKey);

#[pymethods]
impl VerifyingKey {
    /// Load ``public.pem`` from the folder that AliKassa's archive unpacks to.
    ///
    /// Args:
    ///     path: The folder, as str or `os.PathLike`.
    ///
    /// Raises:
    ///     KeyLoadError: The key cannot be loaded; `reason` says why.
    #[staticmethod]
    fn load(py: Python<'_>, path: &Bound<'_, PyAny>) -> PyResult<Self> {
        guard(py, || {
            let folder = input::path(path, "path").map_err(|f| f.raise(py))?;
            detached(py, || alikassa::VerifyingKey::load(folder)).map(Self)
        })
    }

    /// Load a public key, or the public key of a certificate, in PEM format.
    ///
    /// Args:
    ///     pem: The file's content, as bytes or str.
    ///
    /// Raises:
    ///     KeyLoadError: The key cannot be loaded; `reason` says why.
    ///     InvalidArgumentError: `pem` is neither bytes nor str.
    #[staticmethod]
    fn from_pem(py: Python<'_>, pem: &Bound<'_, PyAny>) -> PyResult<Self> {
        guard(py, || {
            let pem = input::secret(pem, "pem").map_err(|f| f.raise(py))?;
            detached(py, || alikassa::VerifyingKey::from_pem(&pem)).map(Self)
        })
    }

    /// Verify a signature of `data` and return the digest that matched.
    ///
    /// Args:
    ///     data: The bytes that were signed.
    ///     signature: The signature in base64.
    ///     digest: ``"sha1"``, ``"sha256"``, or ``"auto"`` for either.
    ///
    /// Raises:
    ///     SignatureMismatchError: The signature does not match, or is not valid base64.
    ///     InvalidArgumentError: The digest is unknown, or an argument has the wrong type.
    #[pyo3(signature = (data, signature, digest = "auto"))]
    fn verify(
        &self,
        py: Python<'_>,
        data: &Bound<'_, PyAny>,
        signature: &Bound<'_, PyAny>,
        digest: &str,
    ) -> PyResult<&'static str> {
        guard(py, || {
            let data = input::bytes(data, "data").map_err(|f| f.raise(py))?;
            let signature = input::lossy(signature, "signature").map_err(|f| f.raise(py))?;
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
