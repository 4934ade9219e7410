//! Reconciling with a limited number of requests in flight. Rows are returned as they settle, and
//! the memory does not grow with their number.

use std::collections::VecDeque;
use std::fmt;
use std::mem::{forget, replace, take};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SendError, Sender, channel};
use std::time::{Duration, Instant};

use crate::api::context::CallContext;
use crate::client::Client;
use crate::client::statuses::BatchOptions;
use crate::engine::queued_call::Pending;
use crate::engine::reconcile::{LeaseRows, ReconcileRow, Reconciled};
use crate::engine::settings::CallOptions;
use crate::error::{Error, Result};
use crate::ledger::{Lease, LeaseCursor};

/// How long the last of the rows that are leased at once waits for its request, if `rate` limits
/// them.
const MAX_QUEUEING: Duration = Duration::from_secs(10);

/// How long a leased row waits for its request, at most, while the provider responds quickly.
const LEASE_MARGIN: Duration = Duration::from_secs(10);

/// The next event of a [`ReconcileStream`].
#[derive(Debug)]
#[non_exhaustive]
pub enum ReconcileEvent {
    /// No row is ready. Wait for at most this long.
    Pending(Option<Duration>),
    /// A row, and what became of it.
    Ready(Box<Reconciled>),
    /// An error that concerns every row. No other row is asked about.
    Failed(Error),
    /// Every row was asked about.
    Done,
}

enum Message {
    Leased(Result<(LeaseCursor, Vec<Lease>)>),
    Asked(u64, Result<Reconciled>),
}

/// Requests the status of the open rows of the client's account, driven by its caller. The
/// iterators of Rust and of the bindings are built on it.
///
/// Several processes can do this at the same time: each leases rows before it asks about them.
pub struct ReconcileStream {
    client: Client,
    options: BatchOptions,
    on_ready: Arc<dyn Fn() + Send + Sync>,
    /// The process whose threads run the requests.
    process: u32,
    sender: Sender<Message>,
    ready: Receiver<Message>,
    cursor: LeaseCursor,
    /// Leased rows.
    queue: VecDeque<Lease>,
    in_flight: Vec<(u64, Lease, Pending)>,
    asked: Vec<Lease>,
    is_leasing: bool,
    /// Whether every row was leased, or no other may be.
    is_last: bool,
    failure: Option<Error>,
    started: u64,
    /// When `rate` allows the next request.
    next: Instant,
}

impl ReconcileStream {
    /// A stream of the open rows. `on_ready` is called on another thread when a row may be ready.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) without a ledger;
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for a concurrency, rate or time out
    /// of its range.
    pub fn new(
        client: &Client,
        options: BatchOptions,
        call: CallOptions,
        on_ready: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self> {
        Self::of(&client.with_options(call), options, on_ready)
    }

    pub(crate) fn of(
        client: &Client,
        options: BatchOptions,
        on_ready: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self> {
        let check = || {
            client.shared.ledger()?;
            options.check()?;
            client.budget()
        };
        check().map_err(|error| context().annotate(error))?;
        let (sender, ready) = channel();
        Ok(Self {
            client: client.clone(),
            options,
            on_ready: Arc::new(on_ready),
            process: std::process::id(),
            sender,
            ready,
            cursor: LeaseCursor::new(client.account_id().to_owned()),
            queue: VecDeque::new(),
            in_flight: Vec::new(),
            asked: Vec::new(),
            is_leasing: false,
            is_last: false,
            failure: None,
            started: 0,
            next: Instant::now(),
        })
    }

    /// Returns the next event without waiting. A forked child repeats the requests that its parent
    /// has in flight.
    pub fn step(&mut self) -> ReconcileEvent {
        self.leave_parent();
        while let Ok(message) = self.ready.try_recv() {
            if let Some(event) = self.take(message) {
                return event;
            }
        }
        let wait = self.start_requests();
        if self.start_leasing() {
            return ReconcileEvent::Pending(wait);
        }
        match self.failure.take() {
            Some(error) => ReconcileEvent::Failed(error),
            None => ReconcileEvent::Done,
        }
    }

    /// Waits for an event, for at most `timeout`.
    pub fn wait(&mut self, timeout: Duration) -> Option<ReconcileEvent> {
        let message = self.ready.recv_timeout(timeout).ok()?;
        self.take(message)
    }

    fn take(&mut self, message: Message) -> Option<ReconcileEvent> {
        match message {
            Message::Leased(Ok((cursor, leases))) => {
                self.is_leasing = false;
                self.is_last |= leases.is_empty();
                self.cursor = cursor;
                self.queue.extend(leases);
            }
            Message::Leased(Err(error)) => {
                self.is_leasing = false;
                // They end with their time.
                self.asked.clear();
                self.fail(error);
            }
            Message::Asked(number, result) => {
                let mut in_flight = self.in_flight.iter();
                let index = in_flight.position(|(other, ..)| *other == number)?;
                self.asked.push(self.in_flight.swap_remove(index).1);
                match result {
                    Ok(reconciled) => return Some(ReconcileEvent::Ready(Box::new(reconciled))),
                    Err(error) => self.fail(error),
                }
            }
        }
        None
    }

    /// Ends the stream with the first error.
    fn fail(&mut self, error: Error) {
        self.failure.get_or_insert(error);
        self.is_last = true;
        for (_, lease, pending) in self.in_flight.drain(..) {
            pending.cancel();
            self.asked.push(lease);
        }
    }

    /// Starts the requests that the limits allow. Returns when `rate` allows another.
    fn start_requests(&mut self) -> Option<Duration> {
        while self.failure.is_none() && self.in_flight.len() < self.options.concurrency {
            let wait = self.next.saturating_duration_since(Instant::now());
            if !wait.is_zero() {
                return (!self.queue.is_empty()).then_some(wait);
            }
            let lease = self.queue.pop_front()?;
            self.start_request(lease);
        }
        None
    }

    fn start_request(&mut self, lease: Lease) {
        let number = self.started;
        self.started += 1;
        if let Some(interval) = self.interval() {
            self.next = self.next.max(Instant::now()) + interval;
        }
        let (sender, on_ready) = (self.sender.clone(), Arc::clone(&self.on_ready));
        let done = move |result| {
            // The stream may have been dropped.
            let _ = sender.send(Message::Asked(number, result));
            on_ready();
        };
        let work = ReconcileRow(lease.row.clone());
        let pending = self.client.submit_work(context(), work, done);
        self.in_flight.push((number, lease, pending));
    }

    /// Leases the next rows if there are few left. At the end it ends the last leases. Returns
    /// whether there is anything to wait for.
    fn start_leasing(&mut self) -> bool {
        let has_requests =
            !self.in_flight.is_empty() || (self.failure.is_none() && !self.queue.is_empty());
        let has_rows = if self.is_last {
            has_requests
        } else {
            self.queue.len() >= self.options.concurrency
        };
        if self.is_leasing || has_rows {
            return true;
        }
        let (limit, returned) = if self.is_last {
            (0, take(&mut self.queue).into())
        } else {
            (self.lease_limit(), Vec::new())
        };
        let asked = take(&mut self.asked);
        if limit == 0 && asked.is_empty() && returned.is_empty() {
            return false;
        }
        self.is_leasing = true;
        let (sender, on_ready) = (self.sender.clone(), Arc::clone(&self.on_ready));
        let client = self.client.clone();
        let done = move |result| {
            let unsent = sender.send(Message::Leased(result)).err();
            if let Some(SendError(Message::Leased(Ok((cursor, leases))))) = unsent {
                // The stream was dropped meanwhile.
                end_leases(&client, cursor, Vec::new(), leases);
            }
            on_ready();
        };
        let work = LeaseRows {
            asked,
            returned,
            cursor: self.cursor.clone(),
            limit,
            time: self.lease_time(limit),
        };
        self.client.submit_work(context(), work, done);
        true
    }

    fn lease_limit(&self) -> usize {
        let limit = self.options.concurrency;
        self.interval().map_or(limit, |interval| {
            let rows = MAX_QUEUEING.as_nanos() / interval.as_nanos().max(1);
            usize::try_from(rows).unwrap_or(limit).clamp(1, limit)
        })
    }

    /// How long a lease lasts. If the process is killed, nobody asks about its rows until then. If
    /// it is too short, a row is asked about twice, which changes nothing.
    fn lease_time(&self, limit: usize) -> Duration {
        let queued = u32::try_from(limit + self.queue.len()).unwrap_or(u32::MAX);
        let interval = self.interval().unwrap_or_default();
        let budget = self.client.budget();
        let deadline = budget.map_or(Duration::ZERO, |budget| budget.remaining());
        deadline + interval.saturating_mul(queued) + LEASE_MARGIN
    }

    /// The time between the starts of two requests, if `rate` limits them.
    fn interval(&self) -> Option<Duration> {
        let rate = self.options.rate?;
        Some(Duration::from_secs_f64(1.0 / rate))
    }

    /// After a fork, the results go to the parent. The child does not touch the parent's channel
    /// again, because its lock may have been held at the fork.
    fn leave_parent(&mut self) {
        if self.process == std::process::id() {
            return;
        }
        self.process = std::process::id();
        let (sender, ready) = channel();
        forget(replace(&mut self.sender, sender));
        forget(replace(&mut self.ready, ready));
        self.is_leasing = false;
        for (_, lease, pending) in take(&mut self.in_flight) {
            forget(pending);
            self.queue.push_front(lease);
        }
    }
}

/// Cancels the requests in flight, and ends the leases.
impl Drop for ReconcileStream {
    fn drop(&mut self) {
        self.leave_parent();
        while let Ok(message) = self.ready.try_recv() {
            self.take(message);
        }
        for (_, _, pending) in &self.in_flight {
            pending.cancel();
        }
        let in_flight = self.in_flight.drain(..).map(|(_, lease, _)| lease);
        let returned: Vec<Lease> = in_flight.chain(self.queue.drain(..)).collect();
        let asked = take(&mut self.asked);
        end_leases(&self.client, self.cursor.clone(), asked, returned);
    }
}

/// Ends leases on the client's pool. If this fails, they end with their time.
fn end_leases(client: &Client, cursor: LeaseCursor, asked: Vec<Lease>, returned: Vec<Lease>) {
    if asked.is_empty() && returned.is_empty() {
        return;
    }
    let work = LeaseRows {
        asked,
        returned,
        cursor,
        limit: 0,
        time: Duration::ZERO,
    };
    client.submit_work(context(), work, drop);
}

impl fmt::Debug for ReconcileStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReconcileStream")
            .field("in_flight", &self.in_flight.len())
            .finish_non_exhaustive()
    }
}

pub(crate) fn context() -> CallContext {
    CallContext::read("reconcile")
}
