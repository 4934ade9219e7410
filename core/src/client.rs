//! The client: what it shares, and the two ways to run a call, on the caller's thread or on the pool.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::builder::{ClientBuilder, Settings};
use crate::canonical::Value;
use crate::digest::Signer;
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::operation::{Cert, Operation, Prepared, RawRequest};
use crate::pending::Pending;
use crate::pool::Pool;
use crate::process::PerProcess;
use crate::reply::{Answer, Reply};
use crate::resources::{Account, Payments, Payouts, unexpected};
use crate::retry;
use crate::transport::Transport;

/// The most notices kept for whoever asks; older ones give way.
const MAX_NOTICES: usize = 32;

/// A client of one account: immutable, cheap to clone, safe to share between threads and after fork.
///
/// ```no_run
/// use alikassa::{Client, OrderRef};
/// let client = Client::builder("93d5df06-996c-48c3-9847-348d6b580b80")
///     .payout_cert("cert/payout")?
///     .build()?;
/// let payout = client.payouts().status(&OrderRef::id(100_000_536))?;
/// println!("{} {:?}", payout.payment_status, payout.amount);
/// # Ok::<(), alikassa::Error>(())
/// ```
#[derive(Clone)]
pub struct Client(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    settings: Settings,
    payment: Option<Signer>,
    payout: Option<Signer>,
    closed: AtomicBool,
    pub(crate) process: PerProcess<Process>,
}

/// What a forked child makes anew.
pub(crate) struct Process {
    transport: Transport,
    pub(crate) pool: Pool,
    running: Mutex<usize>,
    ended: Condvar,
    notices: Mutex<Vec<String>>,
}

impl Process {
    fn new(settings: &Settings) -> Self {
        Self {
            transport: Transport::new(settings.route.clone()),
            pool: Pool::new(settings.max_connections),
            running: Mutex::new(0),
            ended: Condvar::new(),
            notices: Mutex::default(),
        }
    }

    fn running(&self) -> MutexGuard<'_, usize> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn notices(&self) -> MutexGuard<'_, Vec<String>> {
        self.notices.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn notify(&self, notice: String) {
        log::warn!(target: "alikassa", "{notice}");
        let mut notices = self.notices();
        if notices.len() == MAX_NOTICES {
            notices.remove(0);
        }
        notices.push(notice);
    }
}

/// What one call may take, where it differs from the client's own settings.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct CallOptions {
    /// One attempt, from the start of connecting to the last byte of the answer.
    pub timeout: Option<Duration>,
    /// Everything: waiting in the queue, attempts, pauses.
    pub deadline: Option<Duration>,
}

impl CallOptions {
    /// Sets the time one attempt may take.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets the time the whole call may take.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }
}

/// A call by its name, as the bindings pass it.
#[derive(Debug)]
#[non_exhaustive]
pub enum Call {
    /// An operation of the table with the caller's fields; null means not given.
    Typed(&'static Operation, Vec<(String, Value)>),
    /// A raw request.
    Raw(RawRequest),
}

impl Call {
    /// The error of a call that its caller cancelled before it began: nothing was sent. A call that could not
    /// have been sent anyway gives the error that says why.
    pub fn cancelled(self) -> Error {
        match self.prepare() {
            Ok(prepared) => prepared.name_in(cancelled().with_outcome(Outcome::NotSent)),
            Err(error) => error,
        }
    }

    fn prepare(self) -> Result<Prepared> {
        let name = match &self {
            Self::Typed(operation, _) => operation.name,
            Self::Raw(_) => "request",
        };
        match self {
            Self::Typed(operation, fields) => operation.prepare(fields),
            Self::Raw(request) => request.prepare(),
        }
        .map_err(|error| error.with_call(name, None))
    }
}

impl Client {
    /// Starts the settings of a client for `account`, the account's UUID from the provider's cabinet.
    pub fn builder(account: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(account.into())
    }

    /// A client from the environment, read once: `ALIKASSA_ACCOUNT`, `ALIKASSA_PAYMENT_CERT`,
    /// `ALIKASSA_PAYOUT_CERT`, `ALIKASSA_BASE_URL`, `ALIKASSA_DIGEST`, `ALIKASSA_CA_FILE`.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] without an account, and as [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self> {
        ClientBuilder::from_env()?.build()
    }

    pub(crate) fn new(
        settings: Settings,
        payment: Option<Signer>,
        payout: Option<Signer>,
        notices: Vec<String>,
    ) -> Self {
        let first = Process::new(&settings);
        for notice in notices {
            first.notify(notice);
        }
        let for_children = settings.clone();
        let process = PerProcess::new(first, move || Process::new(&for_children));
        Self(Arc::new(Inner {
            settings,
            payment,
            payout,
            closed: AtomicBool::new(false),
            process,
        }))
    }

    /// Payments (pay-in).
    pub fn payments(&self) -> Payments<'_> {
        Payments(self)
    }

    /// Payouts.
    pub fn payouts(&self) -> Payouts<'_> {
        Payouts(self)
    }

    /// The account.
    pub fn account(&self) -> Account<'_> {
        Account(self)
    }

    /// Sends a raw signed request, for what has no typed call.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] before anything is sent; an answer that is not 200 as its
    /// [`ErrorKind::Api`] kind; [`ErrorKind::Transport`] and [`ErrorKind::DeadlineExceeded`].
    pub fn request(&self, request: RawRequest) -> Result<Reply> {
        self.request_with(request, &CallOptions::default())
    }

    /// [`request`](Self::request) with options of its own.
    ///
    /// # Errors
    /// As [`request`](Self::request).
    pub fn request_with(&self, request: RawRequest, options: &CallOptions) -> Result<Reply> {
        match self.execute(Call::Raw(request), options)? {
            Answer::Reply(reply) => Ok(reply),
            other => Err(unexpected(&other)),
        }
    }

    /// Runs a call on the caller's thread.
    ///
    /// # Errors
    /// As [`request`](Self::request); [`ErrorKind::Protocol`] for a 200 that is no valid answer;
    /// [`ErrorKind::Internal`] for a panic inside the call.
    pub fn execute(&self, call: Call, options: &CallOptions) -> Result<Answer> {
        let budget = self.0.settings.budget(options)?;
        let prepared = call.prepare()?;
        let running = Running::enter(&self.0).map_err(|error| prepared.name_in(error))?;
        self.0.perform(&running.0, &prepared, budget, &|| true)
    }

    /// Runs a call on the client's pool; `done` gets the result, once, on a thread of the pool, or on this
    /// one when the call cannot begin.
    ///
    /// A panic inside the call becomes [`ErrorKind::Internal`].
    pub fn submit(
        &self,
        call: Call,
        options: &CallOptions,
        done: impl FnOnce(Result<Answer>) + Send + 'static,
    ) -> Pending {
        let ready = self.0.settings.budget(options).and_then(|budget| {
            let prepared = call.prepare()?;
            self.0
                .check_open()
                .map_err(|error| prepared.name_in(error))?;
            Ok((budget, prepared))
        });
        match ready {
            Ok((budget, prepared)) => {
                Pending::start(self.clone(), budget, prepared, Box::new(done))
            }
            Err(error) => {
                done(Err(error));
                Pending::ended()
            }
        }
    }

    /// The notices since the last asking: a digest proved, a small key.
    pub fn take_notices(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.process.get().notices())
    }

    /// The account's UUID.
    pub fn account_id(&self) -> &str {
        &self.0.settings.account
    }

    /// The base URL, without a slash at its end.
    pub fn base_url(&self) -> &str {
        self.0.settings.route.base_url()
    }

    /// Refuses new calls, drops those in the queue (not sent), and waits for those on their way, each up to its
    /// own deadline. Closing again does nothing more than wait.
    pub fn close(&self) {
        self.0.closed.store(true, Ordering::SeqCst);
        let process = self.0.process.get();
        process.pool.refuse_queued();
        let mut running = process.running();
        while *running > 0 {
            running = process
                .ended
                .wait(running)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("account", &self.account_id())
            .field("base_url", &self.base_url())
            .finish_non_exhaustive()
    }
}

impl Inner {
    fn check_open(&self) -> Result<()> {
        if self.closed.load(Ordering::SeqCst) {
            Err(closed())
        } else {
            Ok(())
        }
    }

    /// Runs a call to its end; every error names the call, that of a panic too.
    pub(crate) fn perform(
        &self,
        process: &Process,
        prepared: &Prepared,
        budget: retry::Budget,
        wanted: &dyn Fn() -> bool,
    ) -> Result<Answer> {
        let attempt = || self.attempt(process, prepared, budget, wanted);
        catch_unwind(AssertUnwindSafe(attempt))
            .unwrap_or_else(|panic| Err(Error::internal(panic_text(&*panic))))
            .map_err(|error| prepared.name_in(error))
    }

    fn attempt(
        &self,
        process: &Process,
        prepared: &Prepared,
        budget: retry::Budget,
        wanted: &dyn Fn() -> bool,
    ) -> Result<Answer> {
        #[cfg(feature = "test-hooks")]
        assert!(
            prepared.path != crate::PANIC_PATH,
            "a panic asked for by a test"
        );
        let signer = self.signer(prepared.cert)?;
        let call = retry::Call {
            prepared,
            account: &self.settings.account,
            application: self.settings.application.as_deref(),
            signer,
            transport: &process.transport,
            budget,
            wanted,
            notify: &|notice| process.notify(notice),
        };
        call.read()
    }

    fn signer(&self, cert: Cert) -> Result<&Signer> {
        let signer = match cert {
            Cert::Payment => &self.payment,
            Cert::Payout => &self.payout,
        };
        signer.as_ref().ok_or_else(|| {
            let name = cert.as_str();
            Error::configuration(format!(
                "this call is signed with the {name} certificate; set {name}_cert"
            ))
        })
    }
}

/// Counts a call as running until it is dropped, so that `close` can wait for it.
pub(crate) struct Running(pub(crate) Arc<Process>);

impl Running {
    pub(crate) fn enter(inner: &Inner) -> Result<Self> {
        let process = inner.process.get();
        let mut running = process.running();
        // Under the lock, so that a closing client sees this call or this call sees it closed.
        inner.check_open()?;
        *running += 1;
        drop(running);
        Ok(Self(process))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        *self.0.running() -= 1;
        self.0.ended.notify_all();
    }
}

pub(crate) fn cancelled() -> Error {
    Error::new(ErrorKind::Cancelled, "the call was cancelled")
}

pub(crate) fn closed() -> Error {
    Error::configuration("the client is closed").with_outcome(Outcome::NotSent)
}

/// The text of a caught panic.
#[doc(hidden)]
pub fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("a panic in the library: {}", text.unwrap_or("no text"))
}
