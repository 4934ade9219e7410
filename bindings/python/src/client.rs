//! The client: two ways to run any call, one that waits and one that wakes an event loop.

use std::path::PathBuf;

use alikassa::binding::{Call, Operation, Response};
use alikassa::{
    CallOptions, Client, ClientBuilder, DigestMode, Error, IntoSigningKey, IntoVerifyingKey,
    RawRequest, Roots, Value,
};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::boundary::{self, Begun, Letter, detached, guard};
use crate::bulk::StatusStream;
use crate::convert::{self, Arguments, Failure, OnUpdate};
use crate::error::Interrupted;
use crate::history::{self, HistoryPages};
use crate::notification;
use crate::waker::Waker;

/// A client of the core.
#[pyclass(frozen, module = "alikassa._native")]
pub(crate) struct NativeClient(Client);

#[pymethods]
impl NativeClient {
    #[new]
    #[pyo3(signature = (options, /))]
    fn new(py: Python<'_>, options: &Bound<'_, PyDict>) -> PyResult<Self> {
        guard(py, || {
            let settings = Settings::read(&Arguments(options)).map_err(|f| f.raise(py))?;
            let client = detached(py, || settings.build())?;
            boundary::notify(py, client.take_notices());
            Ok(Self(client))
        })
    }

    /// Runs a call and waits for its answer, given as a `reply`.
    #[pyo3(signature = (reply, operation, arguments, timeout, deadline, /))]
    fn run<'py>(
        &self,
        reply: &Bound<'py, PyAny>,
        operation: &str,
        arguments: &Bound<'py, PyDict>,
        timeout: &Bound<'py, PyAny>,
        deadline: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = reply.py();
        guard(py, || {
            let mut meant = Meant::read(reply, operation, arguments, timeout, deadline)?;
            let (interrupted, pages) = (Interrupted::new(&meant.call), meant.pages.take());
            let answer = boundary::perform(py, &self.0, meant, &interrupted);
            boundary::notify(py, self.0.take_notices());
            finish(reply, &answer?, pages.as_ref(), &interrupted)
        })
    }

    /// Begins a call; `waker` wakes when there is something to receive.
    #[pyo3(signature = (reply, operation, arguments, timeout, deadline, waker, /))]
    fn start<'py>(
        &self,
        reply: &Bound<'py, PyAny>,
        operation: &str,
        arguments: &Bound<'py, PyDict>,
        timeout: &Bound<'py, PyAny>,
        deadline: &Bound<'py, PyAny>,
        waker: &Bound<'py, Waker>,
    ) -> PyResult<Pending> {
        let py = reply.py();
        guard(py, || {
            let mut meant = Meant::read(reply, operation, arguments, timeout, deadline)?;
            let (interrupted, pages) = (Interrupted::new(&meant.call), meant.pages.take());
            let waker = waker.get().clone();
            let begun = boundary::submit(py, &self.0, meant, move || waker.wake());
            Ok(Pending {
                client: self.0.clone(),
                reply: reply.clone().unbind(),
                begun,
                pages,
                interrupted,
            })
        })
    }

    /// Begins to ask for many statuses, each given as a `reply`; gives what asks, and the iterator of the orders to
    /// ask for. With a `waker`, which wakes when there is something to be told, that may be an asynchronous one.
    #[pyo3(signature = (reply, operation, arguments, timeout, deadline, waker = None, /))]
    fn ask_many<'py>(
        &self,
        reply: &Bound<'py, PyAny>,
        operation: &str,
        arguments: &Bound<'py, PyDict>,
        timeout: &Bound<'py, PyAny>,
        deadline: &Bound<'py, PyAny>,
        waker: Option<Bound<'py, Waker>>,
    ) -> PyResult<(StatusStream, Bound<'py, PyAny>)> {
        let py = reply.py();
        guard(py, || {
            read_options(timeout, deadline)
                .and_then(|call| {
                    StatusStream::begin(&self.0, reply, operation, arguments, call, waker)
                })
                .map_err(|failure| {
                    failure.raise_as(py, |error| Call::refused(operation, None, error))
                })
        })
    }

    /// Verifies what arrived, given as a `reply`. Nothing is sent.
    #[pyo3(signature = (reply, operation, arguments, /))]
    fn verify<'py>(
        &self,
        reply: &Bound<'py, PyAny>,
        operation: &str,
        arguments: &Bound<'py, PyDict>,
    ) -> PyResult<Bound<'py, PyAny>> {
        guard(reply.py(), || {
            let answer = notification::verify(&self.0, operation, arguments)?;
            convert::answer(reply, &answer)
        })
    }

    /// Refuses new calls and waits for those on their way.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        guard(py, || boundary::close(py, &self.0))
    }

    /// Begins to close, as `close`; `waker` wakes when that is done.
    #[pyo3(signature = (waker, /))]
    fn start_close(&self, waker: &Bound<'_, Waker>) -> PyResult<()> {
        guard(waker.py(), || {
            let waker = waker.get().clone();
            boundary::start_close(&self.0, move || waker.wake())
        })
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
    reply: Py<PyAny>,
    begun: Begun,
    pages: Option<Py<HistoryPages>>,
    interrupted: Interrupted,
}

#[pymethods]
impl Pending {
    /// Passes on what came: each status to `on_update`, whose exception ends the call and is raised as it is. Gives
    /// the answer; None while there is none.
    fn receive<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        guard(py, || {
            while let Some(letter) = self.begun.letters.take() {
                match letter {
                    Letter::Update(status) => self.begun.tell(py, &status)?,
                    Letter::Ended(result) => {
                        boundary::notify(py, self.client.take_notices());
                        let answer = detached(py, || result)?;
                        let (reply, pages) = (self.reply.bind(py), self.pages.as_ref());
                        return finish(reply, &answer, pages, &self.interrupted).map(Some);
                    }
                }
            }
            Ok(None)
        })
    }

    /// Stops waiting, and says on the exception `raised` what became of the call.
    #[pyo3(signature = (raised, /))]
    fn cancel(&self, raised: &Bound<'_, PyAny>) -> PyResult<()> {
        guard(raised.py(), || {
            self.begun.cancel(raised, &self.interrupted);
            Ok(())
        })
    }
}

/// The answer as a `reply`. Whatever keeps the caller from seeing it says what is known of the call.
fn finish<'py>(
    reply: &Bound<'py, PyAny>,
    answer: &Response,
    pages: Option<&Py<HistoryPages>>,
    interrupted: &Interrupted,
) -> PyResult<Bound<'py, PyAny>> {
    if let Some(pages) = pages {
        detached(reply.py(), || pages.get().turn(answer))?;
    }
    convert::answer(reply, answer)
        .inspect_err(|raised| interrupted.mark(raised.value(reply.py()), None))
}

/// A call for a page of several.
const ITER_HISTORY: &str = "payments.iter_history";

/// A call as Python means it.
pub(crate) struct Meant {
    pub(crate) call: Call,
    pub(crate) options: CallOptions,
    pub(crate) on_update: Option<OnUpdate>,
    /// The pages of which the answer is one.
    pages: Option<Py<HistoryPages>>,
}

impl Meant {
    /// A call by its name in the core; a raw one is `request`, one for a page of several `payments.iter_history`.
    fn read<'py>(
        reply: &Bound<'py, PyAny>,
        operation: &str,
        arguments: &Bound<'py, PyDict>,
        timeout: &Bound<'py, PyAny>,
        deadline: &Bound<'py, PyAny>,
    ) -> PyResult<Self> {
        let read = || {
            let options = read_options(timeout, deadline)?;
            let meant = Self::read_call(reply, operation, arguments)?;
            Ok(Self { options, ..meant })
        };
        read().map_err(|failure: Failure| {
            failure.raise_as(reply.py(), |error| refuse(operation, arguments, error))
        })
    }

    fn read_call<'py>(
        reply: &Bound<'py, PyAny>,
        operation: &str,
        arguments: &Bound<'py, PyDict>,
    ) -> Result<Self, Failure> {
        let named = Arguments(arguments);
        match operation {
            "request" => Ok(Call::raw(read_request(&named)?).into()),
            "payments.wait" | "payouts.wait" => {
                let call = Call::named(operation, named.fields("order")?)?;
                Ok(Self {
                    on_update: named.on_update("on_update", reply)?,
                    ..call.interval(named.seconds("interval")?).into()
                })
            }
            ITER_HISTORY => {
                let pages = named.any("pages")?;
                let pages = pages.cast::<HistoryPages>().map_err(PyErr::from)?;
                let call = pages.get().next_call()?;
                let call = call.ok_or_else(|| Error::internal("there is no further page"))?;
                Ok(Self {
                    pages: Some(pages.clone().unbind()),
                    ..call.into()
                })
            }
            _ => Ok(Call::named(operation, convert::fields(arguments)?)?.into()),
        }
    }
}

impl From<Call> for Meant {
    fn from(call: Call) -> Self {
        Self {
            call,
            options: CallOptions::default(),
            on_update: None,
            pages: None,
        }
    }
}

fn read_options(
    timeout: &Bound<'_, PyAny>,
    deadline: &Bound<'_, PyAny>,
) -> Result<CallOptions, Failure> {
    let mut options = CallOptions::default();
    options.timeout = convert::seconds(timeout, "timeout")?;
    options.deadline = convert::seconds(deadline, "deadline")?;
    Ok(options)
}

/// The error of a call whose arguments did not convert.
fn refuse(operation: &str, arguments: &Bound<'_, PyDict>, error: Error) -> Error {
    let named = Arguments(arguments);
    let order_id = match operation {
        "request" => named.order_id("data"),
        "payments.wait" | "payouts.wait" => named.order_id("order"),
        ITER_HISTORY => return Call::refused(history::OPERATION, None, error),
        _ => convert::order_id(arguments),
    };
    if operation != "request" {
        let error = advised(operation, error);
        return Call::refused(operation, order_id.as_deref(), error);
    }
    let path = named.required_text("path");
    let path = path.as_deref().unwrap_or(operation);
    // What is not said to be a read could have been a create.
    let read = named.flag("read").unwrap_or(false);
    Call::raw_refused(path, order_id.as_deref(), read, error)
}

/// An argument takes less than a body does, and its own error says what.
fn advised(operation: &str, error: Error) -> Error {
    let (Some(name), Some("type")) = (error.field(), error.reason()) else {
        return error;
    };
    if let "id" | "order_id" = name {
        return Error::invalid_argument(name, "type", format!("{name}: pass a string"));
    }
    let operation = Operation::named(operation).ok();
    let fields = operation.and_then(Operation::request_fields).into_iter();
    let field = fields.flatten().find(|field| field.name == name);
    // No field takes null.
    let own = field.and_then(|field| field.check(Value::Null).err());
    own.unwrap_or(error)
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
    notification_cert: Vec<VerifyingCert>,
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

/// A certificate that checks signatures, as Python names it.
pub(crate) enum VerifyingCert {
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
        if let Some(signature_cache) = options.count("signature_cache")? {
            builder = builder.signature_cache(signature_cache);
        }
        if let Some(ledger) = options.ledger("ledger")? {
            builder = builder.ledger(ledger);
        }
        if let Some(application) = options.text("application")? {
            builder = builder.application(application);
        }
        Ok(Self {
            builder,
            payment_cert: options.cert("payment_cert")?,
            payout_cert: options.cert("payout_cert")?,
            notification_cert: options.verifying_certs("notification_cert")?,
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
        for cert in self.notification_cert {
            builder = builder.notification_cert(cert)?;
        }
        builder.build()
    }
}
