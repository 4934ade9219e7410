//! The client: its resources, and the two ways to run a call, on the caller's thread or on the pool.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::account::Balance;
use crate::builder::{ClientBuilder, Settings};
use crate::canonical::Value;
use crate::digest::Signer;
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::operation::{Answer, Cert, Operation, OrderRef, Prepared, RawRequest, Reply};
use crate::payment::Payment;
use crate::payout::Payout;
use crate::pool::{Job, Pool};
use crate::process::PerProcess;
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
pub struct Client(Arc<Inner>);

struct Inner {
    settings: Settings,
    payment: Option<Signer>,
    payout: Option<Signer>,
    closed: AtomicBool,
    process: PerProcess<Process>,
}

/// What a forked child makes anew.
struct Process {
    transport: Transport,
    pool: Pool,
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
            Ok(prepared) => cancelled()
                .with_outcome(Outcome::NotSent)
                .with_call(&prepared.name, prepared.order_id.as_deref()),
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
        let running = Running::enter(&self.0)?;
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
            self.0.check_open()?;
            Ok((budget, call.prepare()?))
        });
        let (budget, prepared) = match ready {
            Ok(ready) => ready,
            Err(error) => {
                done(Err(error));
                return Pending(None);
            }
        };
        let submitted = Arc::new(Submitted {
            client: self.clone(),
            budget,
            names: (prepared.name.clone(), prepared.order_id.clone()),
            state: Mutex::new(SubmittedState {
                prepared: Some(prepared),
                running: None,
                done: Some(Box::new(done)),
            }),
        });
        self.0
            .process
            .get()
            .pool
            .submit(Arc::clone(&submitted) as Arc<dyn Job>);
        Pending(Some(submitted))
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
    fn perform(
        &self,
        process: &Process,
        prepared: &Prepared,
        budget: retry::Budget,
        wanted: &dyn Fn() -> bool,
    ) -> Result<Answer> {
        let attempt = || self.attempt(process, prepared, budget, wanted);
        catch_unwind(AssertUnwindSafe(attempt))
            .unwrap_or_else(|panic| Err(Error::internal(panic_text(&*panic))))
            .map_err(|error| error.with_call(&prepared.name, prepared.order_id.as_deref()))
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
struct Running(Arc<Process>);

impl Running {
    fn enter(inner: &Inner) -> Result<Self> {
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

/// A call handed to the pool.
#[derive(Debug)]
pub struct Pending(Option<Arc<Submitted>>);

impl Pending {
    /// Stops waiting for the call: `done` gets [`ErrorKind::Cancelled`] at once, if it got nothing yet. A call
    /// still in the queue is never sent; a read on its way runs to its end and its answer is dropped, and
    /// [`close`](Client::close) does not wait for it.
    pub fn cancel(&self) {
        let Some(submitted) = &self.0 else { return };
        let in_queue = submitted.take_prepared().is_some();
        submitted.leave();
        submitted.settle(Err(if in_queue {
            cancelled().with_outcome(Outcome::NotSent)
        } else {
            cancelled()
        }));
    }
}

type Done = Box<dyn FnOnce(Result<Answer>) + Send>;

struct Submitted {
    client: Client,
    budget: retry::Budget,
    names: (String, Option<String>),
    state: Mutex<SubmittedState>,
}

/// `prepared` is there until the call begins, `running` from then on until it ends or nobody waits for it, `done`
/// until somebody has told the caller.
struct SubmittedState {
    prepared: Option<Prepared>,
    running: Option<Running>,
    done: Option<Done>,
}

impl Submitted {
    fn lock(&self) -> MutexGuard<'_, SubmittedState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_prepared(&self) -> Option<Prepared> {
        self.lock().prepared.take()
    }

    /// Takes the call out of the queue and counts it as running, in one step for whoever cancels it.
    fn begin(&self) -> Option<Result<(Prepared, Arc<Process>)>> {
        let mut state = self.lock();
        let prepared = state.prepared.take()?;
        Some(Running::enter(&self.client.0).map(|running| {
            let process = Arc::clone(&running.0);
            state.running = Some(running);
            (prepared, process)
        }))
    }

    fn leave(&self) {
        let running = self.lock().running.take();
        drop(running);
    }

    fn is_wanted(&self) -> bool {
        self.lock().done.is_some()
    }

    fn settle(&self, result: Result<Answer>) {
        let done = self.lock().done.take();
        if let Some(done) = done {
            let (operation, order_id) = &self.names;
            done(result.map_err(|error| match error.operation() {
                Some(_) => error,
                None => error.with_call(operation, order_id.as_deref()),
            }));
        }
    }
}

impl Job for Submitted {
    fn run(&self) {
        let (prepared, process) = match self.begin() {
            Some(Ok(begun)) => begun,
            Some(Err(closed)) => return self.settle(Err(closed)),
            None => return,
        };
        let wanted = || self.is_wanted();
        let client = &self.client.0;
        self.settle(client.perform(&process, &prepared, self.budget, &wanted));
        self.leave();
    }

    fn expire(&self) {
        if self.take_prepared().is_some() {
            let message = "the deadline passed while the call waited for a free connection";
            let error = Error::new(ErrorKind::DeadlineExceeded, message)
                .with_hint("raise max_connections or the deadline");
            self.settle(Err(error.with_outcome(Outcome::NotSent)));
        }
    }

    fn refuse(&self) {
        if self.take_prepared().is_some() {
            self.settle(Err(closed()));
        }
    }

    fn deadline(&self) -> Instant {
        self.budget.deadline
    }
}

impl fmt::Debug for Submitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Submitted")
            .field("operation", &self.names.0)
            .finish_non_exhaustive()
    }
}

fn cancelled() -> Error {
    Error::new(ErrorKind::Cancelled, "the call was cancelled")
}

fn closed() -> Error {
    Error::configuration("the client is closed").with_outcome(Outcome::NotSent)
}

/// The text of a caught panic.
#[doc(hidden)]
pub fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("a panic in the library: {}", text.unwrap_or("no text"))
}

fn unexpected(answer: &Answer) -> Error {
    Error::internal(format!("an answer of another operation: {answer:?}"))
}

/// The calls of one kind of record.
macro_rules! typed {
    ($client:expr, $operation:literal, $fields:expr, $options:expr, $variant:ident) => {
        match $client.execute(
            Call::Typed(Operation::named($operation)?, $fields),
            $options,
        )? {
            Answer::$variant(record) => Ok(*record),
            other => Err(unexpected(&other)),
        }
    };
}

/// The calls for payments; from [`Client::payments`].
#[derive(Clone, Copy, Debug)]
pub struct Payments<'a>(&'a Client);

impl Payments<'_> {
    /// The state of one payment.
    ///
    /// # Errors
    /// As [`Client::execute`].
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
    /// let payment = client.payments().status(&alikassa::OrderRef::order_id("1756900030"))?;
    /// if payment.payment_status == "paid" {
    ///     println!("credit {}", payment.payment_amount.expect("a paid payment has it"));
    /// }
    /// # Ok(()) }
    /// ```
    pub fn status(&self, order: &OrderRef) -> Result<Payment> {
        self.status_with(order, &CallOptions::default())
    }

    /// [`status`](Self::status) with options of its own.
    ///
    /// # Errors
    /// As [`Client::execute`].
    pub fn status_with(&self, order: &OrderRef, options: &CallOptions) -> Result<Payment> {
        typed!(
            self.0,
            "payments.status",
            order.clone().into_fields(),
            options,
            Payment
        )
    }
}

/// The calls for payouts; from [`Client::payouts`].
#[derive(Clone, Copy, Debug)]
pub struct Payouts<'a>(&'a Client);

impl Payouts<'_> {
    /// The state of one payout.
    ///
    /// # Errors
    /// As [`Client::execute`].
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
    /// let payout = client.payouts().status(&alikassa::OrderRef::id(100_000_536))?;
    /// assert!(payout.is_final());
    /// # Ok(()) }
    /// ```
    pub fn status(&self, order: &OrderRef) -> Result<Payout> {
        self.status_with(order, &CallOptions::default())
    }

    /// [`status`](Self::status) with options of its own.
    ///
    /// # Errors
    /// As [`Client::execute`].
    pub fn status_with(&self, order: &OrderRef, options: &CallOptions) -> Result<Payout> {
        typed!(
            self.0,
            "payouts.status",
            order.clone().into_fields(),
            options,
            Payout
        )
    }
}

/// The calls for the account; from [`Client::account`].
#[derive(Clone, Copy, Debug)]
pub struct Account<'a>(&'a Client);

impl Account<'_> {
    /// The balance. It is signed with the payout certificate, as the provider warns.
    ///
    /// # Errors
    /// As [`Client::execute`].
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
    /// println!("{}", client.account().balance()?.balance);
    /// # Ok(()) }
    /// ```
    pub fn balance(&self) -> Result<Balance> {
        self.balance_with(&CallOptions::default())
    }

    /// [`balance`](Self::balance) with options of its own.
    ///
    /// # Errors
    /// As [`Client::execute`].
    pub fn balance_with(&self, options: &CallOptions) -> Result<Balance> {
        typed!(self.0, "account.balance", Vec::new(), options, Balance)
    }
}
