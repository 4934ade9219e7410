//! The client: what it shares, and the two ways to run a call, on the caller's thread or on the pool.

pub(crate) mod account;
pub(crate) mod builder;
pub(crate) mod call;
pub(crate) mod history;
pub(crate) mod payments;
pub(crate) mod payouts;
pub(crate) mod resource;
pub(crate) mod statuses;
pub(crate) mod webhooks;

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::api::raw::RawRequest;
use crate::api::response::unexpected;
use crate::api::response::{Reply, Response};
use crate::client::call::Call;
use crate::engine::execution::Execution;
use crate::engine::queued_call::Pending;
use crate::engine::settings::CallOptions;
use crate::engine::settings::Settings;
use crate::engine::shared::{Inner, Process, Running, Times};
use crate::engine::signer::Signer;
use crate::engine::task::Task;
use crate::error::{Outcome, Result};
use crate::ledger::Ledger;
use crate::sync::cancel::CancelToken;
use crate::sync::panic::contained;
use crate::sync::process_local::ProcessLocal;
use crate::types::ledger_row::LedgerRow;

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

impl Client {
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
        let process = ProcessLocal::new(first, move || Process::new(&for_children));
        Self(Arc::new(Inner {
            settings,
            payment,
            payout,
            closed: AtomicBool::new(false),
            process,
        }))
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
            Response::Reply(reply) => Ok(reply),
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
            Response::Rows(rows) => Ok(rows),
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
    pub fn execute(&self, call: Call, options: &CallOptions) -> Result<Response> {
        self.execute_into(call, options, Ok)
    }

    /// [`execute`](Self::execute) for a binding that has to hand the answer over. Should that fail or panic, nobody
    /// sees the answer, and the error of a create says that its outcome is unknown.
    #[doc(hidden)]
    pub fn execute_into<T>(
        &self,
        mut call: Call,
        options: &CallOptions,
        hand_over: impl FnOnce(Response) -> Result<T>,
    ) -> Result<T> {
        let mut on_update = call.on_update.take().unwrap_or_else(ignore);
        self.run_here(call, options, &mut *on_update, hand_over)
    }

    /// Runs a call on the caller's thread, with an `on_update` that may borrow, and hands its answer over.
    pub(crate) fn run_here<T>(
        &self,
        call: Call,
        options: &CallOptions,
        on_update: &mut dyn FnMut(&Response) -> ControlFlow<()>,
        hand_over: impl FnOnce(Response) -> Result<T>,
    ) -> Result<T> {
        let (task, times) = self.ready(call, options)?;
        let running = Running::enter(&self.0).map_err(|error| task.refuse(error))?;
        let cancel = CancelToken::default();
        let execution = Execution {
            client: &self.0,
            process: &running.process,
            task: &task,
            times,
            cancel: &cancel,
        };
        let answer = running.id.run(|| execution.run(on_update))?;
        contained(|| hand_over(answer)).map_err(|error| task.unseen(error, cancel.attempts()))
    }

    /// A call that passed every check, and its times.
    fn ready(&self, call: Call, options: &CallOptions) -> Result<(Task, Times)> {
        let creates = call.creates();
        let task = contained(|| call.into_task()).map_err(|error| match error.outcome() {
            None if creates => error.with_outcome(Outcome::NotSent),
            _ => error,
        })?;
        let times = self.0.times(options, &task)?;
        Ok((task, times))
    }

    /// Runs a call on the client's pool; `done` gets the result, once, on a thread of the pool, or on this
    /// one when the call cannot begin.
    ///
    /// A panic inside the call becomes [`ErrorKind::Internal`].
    pub fn submit(
        &self,
        mut call: Call,
        options: &CallOptions,
        done: impl FnOnce(Result<Response>) + Send + 'static,
    ) -> Pending {
        let on_update = call.on_update.take().unwrap_or_else(ignore);
        let ready = self.ready(call, options).and_then(|(task, times)| {
            self.0.check_open().map_err(|error| task.refuse(error))?;
            Ok((task, times))
        });
        match ready {
            Ok((task, times)) => {
                Pending::start(Arc::clone(&self.0), times, task, on_update, Box::new(done))
            }
            Err(error) => {
                done(Err(error));
                Pending::ended()
            }
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
        self.0.settings.endpoint.base_url()
    }

    /// Refuses new calls, drops those in the queue (not sent), and waits for those on their way, each up to its
    /// own deadline; a create that was cancelled on its way is one of them, so that its outcome is recorded. Waits,
    /// resolves and retries end with what they know. A callback of a call does not wait for that call. Closing again
    /// does nothing more than wait.
    pub fn close(&self) {
        self.0.closed.store(true, Ordering::SeqCst);
        let process = self.0.process.get();
        process.pool.close();
        process.in_flight.drain();
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

fn ignore() -> crate::engine::task::OnUpdate {
    Box::new(|_| ControlFlow::Continue(()))
}

#[cfg(feature = "test-hooks")]
impl Call {
    /// The `Sign` header that `client` sends this call with: nothing is sent. For counting instructions.
    #[doc(hidden)]
    pub fn signature(self, client: &Client) -> Result<String> {
        match self.into_task()? {
            Task::Request(prepared) => client.0.signature(&prepared),
            _ => Err(crate::Error::configuration("only a request is signed")),
        }
    }
}
