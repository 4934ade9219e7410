//! The client. It runs calls on the caller's thread or on its pool.

pub(crate) mod account;
pub(crate) mod accounts;
pub(crate) mod builder;
pub(crate) mod call;
pub(crate) mod cancellation;
mod close;
mod execute;
pub(crate) mod history;
pub(crate) mod kept;
#[cfg(feature = "ledger")]
pub(crate) mod ledger;
mod operations;
pub(crate) mod orders;
pub(crate) mod payments;
pub(crate) mod payouts;
pub(crate) mod reconcile;
#[cfg(feature = "ledger")]
pub(crate) mod reconcile_cursor;
#[cfg(feature = "ledger")]
pub(crate) mod recorded;
pub(crate) mod statuses;
pub(crate) mod webhooks;

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::api::context::CallContext;
use crate::api::operation::Operation;
use crate::api::prepared_request::PreparedRequest;
use crate::api::raw::RawRequest;
use crate::api::response::{FromBody, Reply};
use crate::engine::account::ClientAccount;
use crate::engine::attempt::Budget;
use crate::engine::call_events::CallEvents;
use crate::engine::dry_run::Preview;
use crate::engine::execution::{Execution, OnUpdate, Work};
use crate::engine::queued_call::{Pending, PoolWork};
use crate::engine::request::Request;
use crate::engine::settings::{CallOptions, Settings};
use crate::engine::shared::{Process, Shared};
use crate::engine::signer::Signer;
use crate::error::Result;
use crate::http::Route;
use crate::schema::dry_run::DryRun;
use crate::sync::cancel::CancelToken;
use crate::sync::in_flight::InFlight;
use crate::sync::panic::contained;
use crate::sync::process_local::ProcessLocal;
use crate::types::value::Value;

/// A client for one account. It is immutable and cheap to clone, and can be shared between threads
/// and after fork.
///
/// Every call that sends a request can fail with:
///
/// - [`InvalidArgument`](crate::ErrorKind::InvalidArgument) before the request is sent;
/// - the [`Api`](crate::ErrorKind::Api) kinds for a response that is not 200, and
///   [`Protocol`](crate::ErrorKind::Protocol) for a 200 that is not valid;
/// - [`Transport`](crate::ErrorKind::Transport) and
///   [`DeadlineExceeded`](crate::ErrorKind::DeadlineExceeded);
/// - [`Configuration`](crate::ErrorKind::Configuration) for a certificate that is not set and for a
///   closed client;
/// - [`Internal`](crate::ErrorKind::Internal) for a panic inside the call.
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
pub struct Client {
    pub(crate) shared: Arc<Shared>,
    account: Arc<ClientAccount>,
    options: CallOptions,
}

impl Client {
    pub(crate) fn new(
        account: String,
        settings: Settings,
        payment: Option<Signer>,
        payout: Option<Signer>,
        notices: Vec<String>,
    ) -> Self {
        let first = Process::new(&settings);
        for notice in notices {
            first.notices.add(notice);
        }
        let for_children = settings.clone();
        let process = ProcessLocal::new(first, move || Process::new(&for_children));
        Self {
            shared: Arc::new(Shared {
                settings,
                payment,
                payout,
                closed: AtomicBool::new(false),
                process,
            }),
            account: Arc::new(ClientAccount::new(account, false)),
            options: CallOptions::default(),
        }
    }

    /// A client whose calls have these options. It shares connections and everything else with this
    /// one.
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
    /// use std::time::Duration;
    /// use alikassa::CallOptions;
    /// let options = CallOptions::default().deadline(Duration::from_secs(10));
    /// println!("{}", client.with_options(options).account().balance()?.balance);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn with_options(&self, options: CallOptions) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            account: Arc::clone(&self.account),
            options,
        }
    }

    /// Sends a raw signed request, for operations without a typed call.
    ///
    /// # Errors
    /// As every call of a [`Client`]; for a create as [`Orders::create`](crate::Orders::create).
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
    /// use alikassa::{Cert, RawRequest, Value};
    /// let body = Value::from([("id", "100000536")]);
    /// let reply = client.request(RawRequest::read("v1/payout/status", body, Cert::Payout))?;
    /// println!("{:?}", reply.json()?);
    /// # Ok(()) }
    /// ```
    pub fn request(&self, request: RawRequest) -> Result<Reply> {
        let context = request.context();
        match request.prepare() {
            Ok(request) => self.run(&context, &Request::<Reply>::new(request)),
            Err(error) => Err(context.invalid(error)),
        }
    }

    /// [`Orders::dry_run`](crate::Orders::dry_run) of a raw create.
    ///
    /// # Errors
    /// As there; [`InvalidArgument`](crate::ErrorKind::InvalidArgument) if the request is a read.
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client, request: alikassa::RawRequest) -> alikassa::Result<()> {
    /// println!("{:?}", client.dry_run(request)?.refusal);
    /// # Ok(()) }
    /// ```
    pub fn dry_run(&self, request: RawRequest) -> Result<DryRun> {
        let context = request.context();
        let prepared = request.prepare();
        match prepared.and_then(|request| Preview::new(Request::new(request))) {
            Ok(preview) => self.run(&context, &preview),
            Err(error) => Err(context.invalid(error)),
        }
    }

    /// Returns and clears the stored notices: SHA-256 was confirmed, a key is small, or the ledger
    /// could not be written after a response. Each notice is also logged with the crate `log`.
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client) {
    /// for notice in client.take_notices() {
    ///     eprintln!("{notice}");
    /// }
    /// # }
    /// ```
    pub fn take_notices(&self) -> Vec<String> {
        self.shared.process.get().notices.take()
    }

    /// The account's UUID.
    pub fn account_id(&self) -> &str {
        &self.account.uuid
    }

    /// The base URL, without a trailing slash.
    pub fn base_url(&self) -> &str {
        self.shared.settings.endpoint.base_url()
    }

    /// What this client connects to. For programs that check a set-up.
    #[doc(hidden)]
    pub fn route(&self) -> Route<'_> {
        self.shared.settings.endpoint.route()
    }

    /// How many seconds this machine's clock was ahead of the server's, by the header `Date` of the
    /// last response that had one. For programs that check a set-up.
    #[doc(hidden)]
    pub fn clock_difference(&self) -> Option<i64> {
        self.shared.process.get().transport.clock_difference()
    }

    /// Calls an operation on this thread.
    pub(crate) fn call<R: FromBody>(
        &self,
        operation: &'static Operation,
        fields: Vec<(String, Value)>,
    ) -> Result<R> {
        let context = operation_context(operation, &fields);
        match PreparedRequest::new(operation, fields) {
            Ok(request) => self.run(&context, &Request::<R>::new(request)),
            Err(error) => Err(context.invalid(error)),
        }
    }

    /// Checks and signs a create without sending it.
    pub(crate) fn preview(
        &self,
        operation: &'static Operation,
        fields: Vec<(String, Value)>,
    ) -> Result<DryRun> {
        let context = operation_context(operation, &fields);
        let prepared = PreparedRequest::new(operation, fields);
        match prepared.and_then(|request| Preview::new(Request::new(request))) {
            Ok(preview) => self.run(&context, &preview),
            Err(error) => Err(context.invalid(error)),
        }
    }

    pub(crate) fn run<W: Work>(&self, context: &CallContext, work: &W) -> Result<W::Output> {
        self.run_with(context, work, &mut |_| ControlFlow::Continue(()), Ok)
    }

    /// Runs a call on this thread and passes its result to `hand_over`. If that fails or panics,
    /// the caller does not get the result, so the error of a create has the outcome `unknown`.
    pub(crate) fn run_with<W: Work, T>(
        &self,
        context: &CallContext,
        work: &W,
        on_update: &mut dyn FnMut(&W::Status) -> ControlFlow<()>,
        hand_over: impl FnOnce(W::Output) -> Result<T>,
    ) -> Result<T> {
        work.decide(&self.shared);
        let budget = self.budget().map_err(|error| context.not_sent(error))?;
        let process = self.shared.process.get();
        let is_closed = || self.shared.is_closed(&self.account);
        let in_flight = InFlight::begin(&process.in_flight, self.account.owner(), is_closed)
            .map_err(|error| context.not_sent(error))?;
        let cancel = CancelToken::default();
        let options = &self.shared.settings.options;
        let observe = || CallEvents::start(options, &self.account, context);
        let events = work.sends().then(observe).unwrap_or_default();
        let execution = Execution {
            client: &self.shared,
            account: &self.account,
            process: &process,
            context,
            budget,
            cancel: &cancel,
            events: &events,
        };
        let output = in_flight.id().run(|| execution.run(work, on_update));
        let output = output.and_then(|output| {
            contained(|| hand_over(output))
                .map_err(|error| context.response_lost(error, cancel.attempts()))
        });
        events.outcome(output.as_ref().err());
        output
    }

    /// Calls an operation on the client's pool.
    pub(crate) fn submit_operation<R: FromBody + Send + 'static>(
        &self,
        operation: &'static Operation,
        fields: Vec<(String, Value)>,
        done: impl FnOnce(Result<R>) + Send + 'static,
    ) -> Pending {
        let context = operation_context(operation, &fields);
        let prepared = match PreparedRequest::new(operation, fields) {
            Ok(request) => Ok((context, Request::<R>::new(request))),
            Err(error) => Err(context.invalid(error)),
        };
        self.start(prepared, Box::new(|_| ControlFlow::Continue(())), done)
    }

    /// Runs work on the client's pool.
    pub(crate) fn submit_work<W: PoolWork>(
        &self,
        context: CallContext,
        work: W,
        done: impl FnOnce(Result<W::Output>) + Send + 'static,
    ) -> Pending {
        let no_updates = Box::new(|_: &W::Status| ControlFlow::Continue(()));
        self.start(Ok((context, work)), no_updates, done)
    }

    /// Submits a call to the pool, or passes its error to `done`.
    pub(crate) fn start<W: PoolWork>(
        &self,
        prepared: Result<(CallContext, W)>,
        on_update: OnUpdate<W::Status>,
        done: impl FnOnce(Result<W::Output>) + Send + 'static,
    ) -> Pending {
        if let Ok((_, work)) = &prepared {
            work.decide(&self.shared);
        }
        let is_open = self.shared.check_open(&self.account);
        let error = match (prepared, is_open, self.budget()) {
            (Ok((context, work)), Ok(()), Ok(budget)) => {
                let (shared, account) = (Arc::clone(&self.shared), Arc::clone(&self.account));
                return Pending::start(
                    shared,
                    account,
                    context,
                    work,
                    on_update,
                    budget,
                    Box::new(done),
                );
            }
            (Ok((context, _)), Err(error), _) | (Ok((context, _)), _, Err(error)) => {
                context.not_sent(error)
            }
            (Err(error), ..) => error,
        };
        done(Err(error));
        Pending::ended()
    }

    /// The budget of a call that starts now.
    pub(crate) fn budget(&self) -> Result<Budget> {
        Budget::start(&self.shared.settings, &self.options)
    }
}

fn operation_context(operation: &'static Operation, fields: &[(String, Value)]) -> CallContext {
    CallContext {
        operation: operation.name.into(),
        order_id: call::order_id(fields),
        creates: operation.creates.is_some(),
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
