//! The client: two ways to run any call, one that waits and one that wakes an event loop.

use std::path::PathBuf;
use std::sync::Arc;

use alikassa::{
    Answer, Call, CallOptions, Client, ClientBuilder, DigestMode, IntoSigningKey, Operation,
    RawRequest, Roots,
};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};

use crate::boundary::{self, Slot, detached, guard};
use crate::convert::{self, Arguments, Failure};

/// A client of the core.
#[pyclass(frozen, module = "alikassa._native")]
pub(crate) struct NativeClient(Client);

#[pymethods]
impl NativeClient {
    #[new]
    #[pyo3(signature = (options, /))]
    fn new(py: Python<'_>, options: &Bound<'_, PyDict>) -> PyResult<Self> {
        guard(py, || {
            let settings = Settings::read(&Arguments(options)).map_err(|f| f.raise(py, None))?;
            let client = detached(py, || settings.build())?;
            boundary::notify(py, client.take_notices());
            Ok(Self(client))
        })
    }

    /// Runs a call and waits for its answer, given as a `reply`.
    #[pyo3(signature = (reply, operation, arguments, timeout, deadline, /))]
    fn run<'py>(
        &self,
        reply: &Bound<'py, PyType>,
        operation: &str,
        arguments: &Bound<'py, PyDict>,
        timeout: &Bound<'py, PyAny>,
        deadline: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = reply.py();
        guard(py, || {
            let (call, options) = read_call(operation, arguments, timeout, deadline)
                .map_err(|failure| failure.raise(py, Some(operation)))?;
            let answer = boundary::perform(py, &self.0, call, &options);
            boundary::notify(py, self.0.take_notices());
            convert::answer(reply, &answer?)
        })
    }

    /// Begins a call; `wake` is called from another thread, or from this one, when its result is there.
    #[pyo3(signature = (operation, arguments, timeout, deadline, wake, /))]
    fn start<'py>(
        &self,
        operation: &str,
        arguments: &Bound<'py, PyDict>,
        timeout: &Bound<'py, PyAny>,
        deadline: &Bound<'py, PyAny>,
        wake: Bound<'py, PyAny>,
    ) -> PyResult<Pending> {
        let py = arguments.py();
        guard(py, || {
            let (call, options) = read_call(operation, arguments, timeout, deadline)
                .map_err(|failure| failure.raise(py, Some(operation)))?;
            let slot = Slot::new();
            let (filled, wake) = (Arc::clone(&slot), wake.unbind());
            let done = move |result| {
                filled.fill(result);
                boundary::wake(&wake);
            };
            let call = py.detach(|| self.0.submit(call, &options, done));
            Ok(Pending {
                client: self.0.clone(),
                call,
                slot,
            })
        })
    }

    /// Refuses new calls and waits for those on their way.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        guard(py, || boundary::close(py, &self.0))
    }

    /// The account's UUID.
    #[getter]
    fn account(&self) -> &str {
        self.0.account_id()
    }

    /// The base URL.
    #[getter]
    fn base_url(&self) -> &str {
        self.0.base_url()
    }
}

/// A call on its way.
#[pyclass(frozen, module = "alikassa._native")]
pub(crate) struct Pending {
    client: Client,
    call: alikassa::Pending,
    slot: Arc<Slot<alikassa::Result<Answer>>>,
}

#[pymethods]
impl Pending {
    /// The answer, given as a `reply`; to be asked for once, after the waking.
    #[pyo3(signature = (reply, /))]
    fn result<'py>(&self, reply: &Bound<'py, PyType>) -> PyResult<Bound<'py, PyAny>> {
        let py = reply.py();
        guard(py, || {
            boundary::notify(py, self.client.take_notices());
            let result = self.slot.take().unwrap_or_else(|| {
                Err(alikassa::Error::internal(
                    "a result was asked for too early or twice",
                ))
            });
            let answer = detached(py, || result)?;
            convert::answer(reply, &answer)
        })
    }

    /// Stops waiting, and says on the exception `raised` what became of the call.
    #[pyo3(signature = (raised, /))]
    fn cancel(&self, raised: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = raised.py();
        guard(py, || {
            boundary::cancel(raised, &self.call, &self.slot);
            Ok(())
        })
    }
}

/// A call as Python names it: an operation of the table, or `request`.
fn read_call(
    operation: &str,
    arguments: &Bound<'_, PyDict>,
    timeout: &Bound<'_, PyAny>,
    deadline: &Bound<'_, PyAny>,
) -> Result<(Call, CallOptions), Failure> {
    let mut options = CallOptions::default();
    options.timeout = convert::seconds(timeout, "timeout")?;
    options.deadline = convert::seconds(deadline, "deadline")?;
    let call = if operation == "request" {
        Call::Raw(read_request(&Arguments(arguments))?)
    } else {
        Call::Typed(Operation::named(operation)?, convert::fields(arguments)?)
    };
    Ok((call, options))
}

fn read_request(arguments: &Arguments<'_, '_>) -> Result<RawRequest, Failure> {
    Ok(RawRequest::new(
        arguments.required_text("path")?,
        convert::body(&arguments.any("data")?)?,
        arguments.required_text("cert")?.parse()?,
        arguments.flag("read")?,
    ))
}

/// The settings of a client, out of Python's hands.
struct Settings {
    builder: ClientBuilder,
    payment_cert: Option<Cert>,
    payout_cert: Option<Cert>,
}

/// A certificate as Python names it.
pub(crate) enum Cert {
    Folder(PathBuf),
    Key(alikassa::SigningKey),
}

impl IntoSigningKey for Cert {
    fn into_signing_key(self) -> alikassa::Result<alikassa::SigningKey> {
        match self {
            Self::Folder(folder) => folder.into_signing_key(),
            Self::Key(key) => Ok(key),
        }
    }
}

impl Settings {
    fn read(options: &Arguments<'_, '_>) -> Result<Self, Failure> {
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
        if let Some(application) = options.text("application")? {
            builder = builder.application(application);
        }
        Ok(Self {
            builder,
            payment_cert: options.cert("payment_cert")?,
            payout_cert: options.cert("payout_cert")?,
        })
    }

    fn build(self) -> alikassa::Result<Client> {
        let mut builder = self.builder;
        if let Some(cert) = self.payment_cert {
            builder = builder.payment_cert(cert)?;
        }
        if let Some(cert) = self.payout_cert {
            builder = builder.payout_cert(cert)?;
        }
        builder.build()
    }
}
