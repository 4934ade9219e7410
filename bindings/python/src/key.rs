//! The keys that sign requests and verify signatures.

use std::path::PathBuf;

use alikassa::{Digest, DigestMode};
use pyo3::prelude::*;

use crate::boundary::{detached, guard};
use crate::error::wrong_type;
use crate::input;
use crate::output;
use crate::signer;

/// A merchant's private key, from `load`, `from_pem` or `external`. Threads can share it.
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

    /// Make a key whose private part is in an HSM, a KMS or Vault.
    ///
    /// Args:
    ///     public_key: The public key of the certificate, as `VerifyingKey`, or the folder with its
    ///         ``public.pem``. Each signature is verified with it before it is used.
    ///     sign: A function of `message`, the bytes to sign, and `digest`, ``"sha1"`` or
    ///         ``"sha256"``. It returns the bytes of the RSASSA-PKCS1-v1_5 signature, without base64.
    ///         It runs on a thread of its own, never on that of an event loop, and up to 64 times at
    ///         the same time. A call waits for it up to its `timeout` and `deadline`.
    ///
    /// Raises:
    ///     KeyLoadError: The public key cannot be loaded; `reason` says why.
    ///     InvalidArgumentError: An argument has the wrong type.
    #[staticmethod]
    fn external(
        py: Python<'_>,
        public_key: &Bound<'_, PyAny>,
        sign: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        guard(py, || {
            if !sign.is_callable() {
                let advice = "pass a function of the message and the digest";
                return Err(wrong_type("sign", advice).raise(py));
            }
            let public = if let Ok(key) = public_key.cast::<VerifyingKey>() {
                key.get().0.clone()
            } else {
                let folder = public_key.extract::<PathBuf>().map_err(|_| {
                    let advice = "pass a VerifyingKey, or a folder as str or os.PathLike";
                    wrong_type("public_key", advice).raise(py)
                })?;
                detached(py, || alikassa::VerifyingKey::load(folder))?
            };
            let key = signer::external(public, sign)?;
            Self::load_with(py, || Ok(key))
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
    ///     SigningError: The function of an external key made no valid signature within 30 seconds.
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
