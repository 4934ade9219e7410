//! The client: what it shares, and the two ways to run a call, on the caller's thread or on the pool.

use std::fmt;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::builder::{ClientBuilder, Settings};
use crate::call::{Call, CallOptions, Task};
use crate::caller::Caller;
use crate::delivery::Delivery;
use crate::digest::Signer;
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::key::DigestMode;
use crate::ledger::{Ledger, LedgerRow};
use crate::memo::Memo;
use crate::operation::{Cert, unknown_operation};
use crate::pending::Pending;
use crate::performing::Performing;
use crate::pool::Pool;
use crate::prepared::Prepared;
use crate::process::PerProcess;
use crate::raw::RawRequest;
use crate::reply::{Answer, Reply};
use crate::resources::{Account, Notifications, Payments, Payouts, Redirects, unexpected};
use crate::running::{CallNumber, Calls};
use crate::sending::{Budget, Sending};
use crate::transport::Transport;
use crate::turns::Turns;

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
    memo: Memo,
    turns: Turns,
    pub(crate) pool: Pool,
    calls: Calls,
    notices: Mutex<Vec<String>>,
}

impl Process {
    fn new(settings: &Settings) -> Self {
        Self {
            transport: Transport::new(settings.route.clone()),
            memo: Memo::new(settings.signature_cache),
            turns: Turns::new(),
            pool: Pool::new(settings.max_connections),
            calls: Calls::default(),
            notices: Mutex::default(),
        }
    }

    fn notices(&self) -> MutexGuard<'_, Vec<String>> {
        self.notices.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn notify(&self, notice: String) {
        log::warn!(target: "alikassa", "{notice}");
        let mut notices = self.notices();
        if notices.len() == MAX_NOTICES {
            notices.remove(0);
        }
        notices.push(notice);
    }
}

impl Client {
    /// Starts the settings of a client for `account`, the account's UUID from the provider's cabinet.
    pub fn builder(account: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(account.into())
    }

    /// A client from the environment, read once: `ALIKASSA_ACCOUNT`, `ALIKASSA_PAYMENT_CERT`,
    /// `ALIKASSA_PAYOUT_CERT`, `ALIKASSA_NOTIFICATION_CERT`, `ALIKASSA_BASE_URL`, `ALIKASSA_DIGEST`, `ALIKASSA_CA_FILE`.
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

    /// Notifications that arrived.
    pub fn notifications(&self) -> Notifications<'_> {
        Notifications(self)
    }

    /// Redirects that payers came back with.
    pub fn redirects(&self) -> Redirects<'_> {
        Redirects(self)
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
        match self.execute(Call::raw(request), options)? {
            Answer::Reply(reply) => Ok(reply),
            other => Err(unexpected(&other)),
        }
    }

    /// Asks the provider about every open row of the ledger that is this account's, and records what it knows: a row
    /// whose order the provider has with the amount sent becomes accepted, every other stays as it is, one whose
    /// certificate the client does not have too. Only reads are sent. Gives the rows as they then are.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] without a ledger, [`ErrorKind::Ledger`], and as [`execute`](Self::execute). A bad
    /// answer about one row is given when the others have been asked about; what was recorded stays recorded.
    pub fn reconcile(&self) -> Result<Vec<LedgerRow>> {
        self.reconcile_with(&CallOptions::default())
    }

    /// [`reconcile`](Self::reconcile) with options of its own, for each question.
    ///
    /// # Errors
    /// As [`reconcile`](Self::reconcile).
    pub fn reconcile_with(&self, options: &CallOptions) -> Result<Vec<LedgerRow>> {
        match self.execute(Call::named("reconcile", Vec::new())?, options)? {
            Answer::Rows(rows) => Ok(rows),
            other => Err(unexpected(&other)),
        }
    }

    /// Runs a call on the caller's thread.
    ///
    /// # Errors
    /// As [`request`](Self::request); [`ErrorKind::Protocol`] for a 200 that is no valid answer;
    /// [`ErrorKind::OutcomeUnknown`] for a create whose answer does not say what became of it;
    /// [`ErrorKind::DuplicateOrder`] and [`ErrorKind::Ledger`] for a create that the ledger refuses;
    /// [`ErrorKind::Internal`] for a panic inside the call. Every error of a create has an
    /// [`outcome`](Error::outcome).
    pub fn execute(&self, call: Call, options: &CallOptions) -> Result<Answer> {
        self.execute_into(call, options, Ok)
    }

    /// [`execute`](Self::execute) for a binding that has to hand the answer over. Should that fail or panic, nobody
    /// sees the answer, and the error of a create says that its outcome is unknown.
    #[doc(hidden)]
    pub fn execute_into<T>(
        &self,
        mut call: Call,
        options: &CallOptions,
        hand_over: impl FnOnce(Answer) -> Result<T>,
    ) -> Result<T> {
        let mut on_update = call.on_update.take().unwrap_or_else(ignore);
        self.run_here(call, options, &mut *on_update, hand_over)
    }

    /// Runs a call on the caller's thread, with an `on_update` that may borrow, and hands its answer over.
    pub(crate) fn run_here<T>(
        &self,
        call: Call,
        options: &CallOptions,
        on_update: &mut dyn FnMut(&Answer) -> ControlFlow<()>,
        hand_over: impl FnOnce(Answer) -> Result<T>,
    ) -> Result<T> {
        let (task, times) = self.0.ready(call, options)?;
        let running = Running::enter(&self.0).map_err(|error| task.refuse(error))?;
        let caller = Caller::default();
        let performing = Performing {
            client: &self.0,
            process: &running.process,
            task: &task,
            times,
            caller: &caller,
        };
        let answer = running.number.run(|| performing.to_its_end(on_update))?;
        contained(|| hand_over(answer)).map_err(|error| task.unseen(error, caller.attempts()))
    }

    /// Runs a call on the client's pool; `done` gets the result, once, on a thread of the pool, or on this
    /// one when the call cannot begin.
    ///
    /// A panic inside the call becomes [`ErrorKind::Internal`].
    pub fn submit(
        &self,
        mut call: Call,
        options: &CallOptions,
        done: impl FnOnce(Result<Answer>) + Send + 'static,
    ) -> Pending {
        let on_update = call.on_update.take().unwrap_or_else(ignore);
        let ready = self.0.ready(call, options).and_then(|(task, times)| {
            self.0.check_open().map_err(|error| task.refuse(error))?;
            Ok((task, times))
        });
        match ready {
            Ok((task, times)) => {
                Pending::start(self.clone(), times, task, on_update, Box::new(done))
            }
            Err(error) => {
                done(Err(error));
                Pending::ended()
            }
        }
    }

    /// Verifies what arrived, by the name of the call, as the bindings pass it: `notifications.verify` or
    /// `redirects.verify`, with a digest other than the client's if one is given.
    ///
    /// # Errors
    /// As [`Notifications::verify`](crate::Notifications::verify).
    pub fn verify(
        &self,
        name: &str,
        delivery: Delivery<'_>,
        digest: Option<DigestMode>,
    ) -> Result<Answer> {
        let digest = digest.unwrap_or(self.0.settings.digest);
        match name {
            "notifications.verify" => {
                let event = self.notifications().verify_with(delivery, digest)?;
                Ok(Answer::Notification(Box::new(event)))
            }
            "redirects.verify" => {
                let redirect = self.redirects().verify_with(delivery, digest)?;
                Ok(Answer::Redirect(Box::new(redirect)))
            }
            _ => Err(unknown_operation()),
        }
    }

    /// The notices since the last asking: a digest proved, a small key, a ledger that could not be written after an
    /// answer.
    pub fn take_notices(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.process.get().notices())
    }

    /// The ledger, if there is one.
    pub fn ledger(&self) -> Option<&Ledger> {
        self.0.settings.ledger.as_ref()
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
    /// own deadline; a create that was cancelled on its way is one of them, so that its outcome is recorded. Waits,
    /// resolves and retries end with what they know. A callback of a call does not wait for that call. Closing again
    /// does nothing more than wait.
    pub fn close(&self) {
        self.0.closed.store(true, Ordering::SeqCst);
        let process = self.0.process.get();
        process.pool.close();
        process.calls.wait_for_all();
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
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    fn check_open(&self) -> Result<()> {
        if self.is_closed() {
            Err(closed())
        } else {
            Ok(())
        }
    }

    /// A call that passed every check, and its times.
    fn ready(&self, call: Call, options: &CallOptions) -> Result<(Task, Times)> {
        let creates = call.creates();
        let task = contained(|| call.into_task()).map_err(|error| match error.outcome() {
            None if creates => error.with_outcome(Outcome::NotSent),
            _ => error,
        })?;
        let times = self.times(options, &task)?;
        Ok((task, times))
    }

    /// The times of a call that begins now.
    fn times(&self, options: &CallOptions, task: &Task) -> Result<Times> {
        let budget = self
            .settings
            .budget(options)
            .map_err(|error| task.refuse(error))?;
        Ok(Times {
            budget,
            options: *options,
        })
    }

    /// The same times of something that begins now.
    pub(crate) fn begun_now(&self, times: Times) -> Result<Times> {
        let budget = self.settings.budget(&times.options)?;
        Ok(Times { budget, ..times })
    }

    pub(crate) fn send(
        &self,
        process: &Process,
        prepared: &Prepared,
        budget: Budget,
        caller: &Caller,
    ) -> Result<Answer> {
        #[cfg(feature = "test-hooks")]
        assert!(
            prepared.path != crate::PANIC_PATH,
            "a panic asked for by a test"
        );
        let sending = Sending {
            prepared,
            account: &self.settings.account,
            application: self.settings.application.as_deref(),
            signer: self.signer(prepared.cert)?,
            memo: &process.memo,
            turns: &process.turns,
            transport: &process.transport,
            budget,
            caller,
            closed: &|| self.is_closed(),
            notify: &|notice| process.notify(notice),
        };
        match &prepared.create {
            Some(create) => sending.create(create, self.settings.ledger.as_ref()),
            None => sending.read(),
        }
    }

    #[cfg(feature = "test-hooks")]
    pub(crate) fn signature(&self, prepared: &Prepared) -> Result<String> {
        let signer = self.signer(prepared.cert)?;
        let process = self.process.get();
        crate::sending::signature(
            prepared,
            signer,
            &process.memo,
            &process.turns,
            signer.digest(),
        )
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn ledger(&self) -> Result<&Ledger> {
        self.settings
            .ledger
            .as_ref()
            .ok_or_else(|| Error::configuration("this client has no ledger; set ledger"))
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

/// Counts a call as on its way until it is dropped.
pub(crate) struct Running {
    pub(crate) process: Arc<Process>,
    pub(crate) number: CallNumber,
}

impl Running {
    pub(crate) fn enter(inner: &Inner) -> Result<Self> {
        let process = inner.process.get();
        let number = process.calls.begin(|| inner.check_open())?;
        Ok(Self { process, number })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.process.calls.end(self.number);
    }
}

/// How long a call may take, and what its caller said about it.
#[derive(Clone, Copy)]
pub(crate) struct Times {
    pub(crate) budget: Budget,
    options: CallOptions,
}

fn ignore() -> crate::call::OnUpdate {
    Box::new(|_| ControlFlow::Continue(()))
}

pub(crate) fn cancelled() -> Error {
    Error::new(ErrorKind::Cancelled, "the call was cancelled")
}

pub(crate) fn closed() -> Error {
    Error::configuration("the client is closed").with_outcome(Outcome::NotSent)
}

/// Runs what a panic must not escape from.
pub(crate) fn contained<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|panic| Err(Error::internal(panic_text(&*panic))))
}

/// The text of a caught panic.
#[doc(hidden)]
pub fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("a panic in the library: {}", text.unwrap_or("no text"))
}
