//! The options of a client and of a call.

use std::path::PathBuf;

use alikassa::{
    CallOptions, Client, ClientBuilder, DigestMode, IntoSigningKey, IntoVerifyingKey, Roots,
};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::boundary::{detached, guard};
use crate::error::{Failure, wrong_type};
use crate::input::{self, Arguments};
use crate::key::{SigningKey, VerifyingKey};
use crate::ledger::Ledger;

/// The options of one call.
pub(crate) fn call(
    timeout: &Bound<'_, PyAny>,
    deadline: &Bound<'_, PyAny>,
) -> Result<CallOptions, Failure> {
    let mut options = CallOptions::default();
    options.timeout = input::seconds(timeout, "timeout")?;
    options.deadline = input::seconds(deadline, "deadline")?;
    Ok(options)
}

/// Return the options that the environment sets, by name; `account` is required unless
/// `has_account`.
#[pyfunction]
#[pyo3(signature = (has_account, /))]
pub(crate) fn environment(
    py: Python<'_>,
    has_account: bool,
) -> PyResult<Vec<(&'static str, String)>> {
    guard(py, || {
        detached(py, || alikassa::binding::environment(has_account))
    })
}

/// The options of a client, copied from Python, so that `build` runs without the GIL.
pub(crate) struct ClientOptions {
    builder: ClientBuilder,
    payment_cert: Option<SigningCert>,
    payout_cert: Option<SigningCert>,
    notification_cert: Vec<VerifyingCert>,
}

impl ClientOptions {
    pub(crate) fn read(options: &Bound<'_, PyDict>) -> Result<Self, Failure> {
        let options = Arguments(options);
        let mut builder = Client::builder(options.required_text("account")?).language("python");
        if let Some(base_url) = options.text("base_url")? {
            builder = builder.base_url(base_url);
        }
        if let Some(digest) = options.text("digest")? {
            builder = builder.digest(digest.parse::<DigestMode>()?);
        }
        if let Some(ca_file) = options.path("ca_file")? {
            builder = builder.ca_file(ca_file);
        }
        if let Some(roots) = options.text("roots")? {
            builder = builder.roots(roots.parse::<Roots>()?);
        }
        if let Some(connect_timeout) = options.seconds("connect_timeout")? {
            builder = builder.connect_timeout(connect_timeout);
        }
        if let Some(timeout) = options.seconds("timeout")? {
            builder = builder.timeout(timeout);
        }
        if let Some(deadline) = options.seconds("deadline")? {
            builder = builder.deadline(deadline);
        }
        if let Some(max_retries) = options.count("max_retries")? {
            builder = builder.max_retries(max_retries);
        }
        if let Some(max_connections) = options.count("max_connections")? {
            builder = builder.max_connections(max_connections);
        }
        if let Some(signature_cache) = options.count("signature_cache")? {
            builder = builder.signature_cache(signature_cache);
        }
        if let Some(ledger) = ledger(&options)? {
            builder = builder.ledger(ledger);
        }
        if let Some(application) = options.text("application")? {
            builder = builder.application(application);
        }
        Ok(Self {
            builder,
            payment_cert: signing_cert(&options, "payment_cert")?,
            payout_cert: signing_cert(&options, "payout_cert")?,
            notification_cert: verifying_certs(&options, "notification_cert")?,
        })
    }

    pub(crate) fn build(self) -> alikassa::Result<Client> {
        let mut builder = self.builder;
        if let Some(cert) = self.payment_cert {
            builder = builder.payment_cert(cert)?;
        }
        if let Some(cert) = self.payout_cert {
            builder = builder.payout_cert(cert)?;
        }
        for cert in self.notification_cert {
            builder = builder.notification_cert(cert)?;
        }
        builder.build()
    }
}

fn ledger(options: &Arguments<'_, '_>) -> Result<Option<alikassa::Ledger>, Failure> {
    options.read("ledger", |any| match any.cast::<Ledger>() {
        Ok(ledger) => Ok(ledger.get().0.clone()),
        Err(_) => Err(wrong_type("ledger", "pass a Ledger, or a path")),
    })
}

/// A certificate that signs, as Python passes it.
enum SigningCert {
    Folder(PathBuf),
    Key(alikassa::SigningKey),
}

impl IntoSigningKey for SigningCert {
    fn into_signing_key(self) -> alikassa::Result<alikassa::SigningKey> {
        match self {
            Self::Folder(folder) => folder.into_signing_key(),
            Self::Key(key) => Ok(key),
        }
    }
}

fn signing_cert(options: &Arguments<'_, '_>, name: &str) -> Result<Option<SigningCert>, Failure> {
    options.read(name, |any| match any.cast::<SigningKey>() {
        Ok(key) => Ok(SigningCert::Key(key.get().0.clone())),
        Err(_) => any.extract().map(SigningCert::Folder).map_err(|_| {
            let advice = "pass a folder as str or os.PathLike, or a SigningKey";
            wrong_type(name, advice)
        }),
    })
}

/// A certificate that verifies signatures, as Python passes it.
enum VerifyingCert {
    Folder(PathBuf),
    Key(alikassa::VerifyingKey),
}

impl IntoVerifyingKey for VerifyingCert {
    fn into_verifying_key(self) -> alikassa::Result<alikassa::VerifyingKey> {
        match self {
            Self::Folder(folder) => folder.into_verifying_key(),
            Self::Key(key) => Ok(key),
        }
    }
}

/// The certificates in a tuple.
fn verifying_certs(options: &Arguments<'_, '_>, name: &str) -> Result<Vec<VerifyingCert>, Failure> {
    let certs = options.any(name)?;
    let certs = certs.cast::<PyTuple>().map_err(PyErr::from)?;
    let certs = certs.iter().map(|any| match any.cast::<VerifyingKey>() {
        Ok(key) => Ok(VerifyingCert::Key(key.get().0.clone())),
        Err(_) => any.extract().map(VerifyingCert::Folder).map_err(|_| {
            let advice = "pass folders as str or os.PathLike, or VerifyingKeys";
            wrong_type(name, advice)
        }),
    });
    certs.collect()
}
