//! A call on the pool: it waits in the queue, runs, and delivers its result once.

use std::fmt;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::api::context::CallContext;
use crate::engine::account::ClientAccount;
use crate::engine::attempt::Budget;
use crate::engine::call_events::CallEvents;
use crate::engine::execution::{Execution, OnUpdate, PollState, Step, Work};
use crate::engine::shared::{Process, Shared};
use crate::error::{Error, Outcome, Result, cancelled, closed};
use crate::sync::cancel::CancelToken;
use crate::sync::in_flight::{CallGuard, CallId, InFlight};
use crate::sync::pool::Job;
use crate::types::language;

/// A call on the pool. Dropping it does not cancel the call.
pub struct Pending(Option<Arc<dyn Cancel>>);

impl Pending {
    /// Submits a call to the client's pool.
    pub(crate) fn start<W: PoolWork>(
        client: Arc<Shared>,
        account: Arc<ClientAccount>,
        context: CallContext,
        work: W,
        on_update: OnUpdate<W::Status>,
        budget: Budget,
        done: Done<W::Output>,
    ) -> Self {
        let process = client.process.get();
        let options = &client.settings.options;
        let observe = || CallEvents::start(options, &account, &context);
        let events = work.sends().then(observe).unwrap_or_default();
        let call = Arc::new(QueuedCall {
            client,
            account,
            process: Arc::clone(&process),
            context,
            budget,
            cancel: CancelToken::default(),
            events,
            state: Mutex::new(State {
                queued: Some((work, on_update)),
                in_flight: None,
                suspended: None,
                done: Some(done),
            }),
        });
        process.pool.submit(Arc::clone(&call) as Arc<dyn Job>);
        Self(Some(call))
    }

    /// A call that could not start and whose error is already delivered.
    pub(crate) fn ended() -> Self {
        Self(None)
    }

    /// Cancels the call. Its `done` receives an error at once, unless it already received a result.
    ///
    /// - A call in the queue, or a create whose first byte is not sent, is never sent. The error is
    ///   [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) with the outcome `not_sent`.
    /// - A create in flight has the error [`ErrorKind::OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown). It runs to its end and is
    ///   recorded in the ledger, and [`close`](crate::Client::close) waits for it.
    /// - A read in flight has the error [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled). Its response is dropped, and
    ///   `close` does not wait for it.
    pub fn cancel(&self) {
        if let Some(call) = &self.0 {
            call.cancel();
        }
    }

    /// The number of requests that a create started.
    pub(crate) fn attempts(&self) -> u32 {
        self.0.as_ref().map_or(0, |call| call.attempts())
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending").finish_non_exhaustive()
    }
}

/// Work that can run on threads of the pool.
pub(crate) trait PoolWork: Work<Status: Send, Output: Send> + Send + Sync + 'static {}

impl<W: Work<Status: Send, Output: Send> + Send + Sync + 'static> PoolWork for W {}

/// Delivers the result to the caller.
pub(crate) type Done<T> = Box<dyn FnOnce(Result<T>) + Send>;

trait Cancel: Send + Sync {
    fn cancel(&self);
    fn attempts(&self) -> u32;
}

struct QueuedCall<W: PoolWork> {
    client: Arc<Shared>,
    account: Arc<ClientAccount>,
    process: Arc<Process>,
    context: CallContext,
    budget: Budget,
    cancel: CancelToken,
    events: CallEvents,
    state: Mutex<State<W>>,
}

struct State<W: PoolWork> {
    /// Set until the call starts.
    queued: Option<(W, OnUpdate<W::Status>)>,
    /// Set from the start of the call until it ends or is cancelled.
    in_flight: Option<CallGuard>,
    /// Set between two requests of the call.
    suspended: Option<ActiveCall<W>>,
    /// Set until the result is delivered.
    done: Option<Done<W::Output>>,
}

/// A call that has started.
struct ActiveCall<W: PoolWork> {
    work: W,
    on_update: OnUpdate<W::Status>,
    id: CallId,
    state: Option<PollState<W::Status>>,
}

impl<W: PoolWork> QueuedCall<W> {
    fn lock(&self) -> MutexGuard<'_, State<W>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_queued(&self) -> Option<(W, OnUpdate<W::Status>)> {
        self.lock().queued.take()
    }

    fn take_suspended(&self) -> Option<ActiveCall<W>> {
        self.lock().suspended.take()
    }

    /// Starts the call, or continues it if it is suspended. It leaves the queue and counts as in
    /// flight under one lock, so that a thread that cancels it sees one or the other.
    fn start(&self) -> Option<Result<ActiveCall<W>>> {
        let mut state = self.lock();
        if let Some(suspended) = state.suspended.take() {
            return Some(Ok(suspended));
        }
        let (work, on_update) = state.queued.take()?;
        self.events.dequeued();
        let in_flight = InFlight::begin(&self.process.in_flight, self.account.owner(), || {
            self.client.is_closed(&self.account)
        });
        Some(in_flight.map(|in_flight| {
            let active = ActiveCall {
                work,
                on_update,
                id: in_flight.id(),
                state: None,
            };
            state.in_flight = Some(in_flight);
            active
        }))
    }

    fn execution(&self) -> Execution<'_> {
        Execution {
            client: &self.client,
            account: &self.account,
            process: &self.process,
            context: &self.context,
            budget: self.budget,
            cancel: &self.cancel,
            events: &self.events,
        }
    }

    /// Runs the call until it ends and its result is delivered, or until it is suspended, which
    /// uses no thread.
    fn resume(self: &Arc<Self>, mut active: ActiveCall<W>) -> Progress {
        let execution = self.execution();
        loop {
            let state = active.state.get_or_insert_default();
            let step = execution.step(&active.work, state, &mut *active.on_update);
            let pause = match step {
                Ok(Step::Pause(pause)) => pause,
                Ok(Step::Done(response)) => return self.end(Ok(response)),
                Err(error) => return self.end(Err(error)),
            };
            if !execution.can_continue(pause) {
                return self.end(execution.finish(&active.work, active.state.unwrap_or_default()));
            }
            active = match self.suspend(active, pause) {
                None => return Progress::Suspended,
                Some(active) => active,
            };
            // There is no timer thread, so this thread waits.
            if !execution.pause(pause) {
                return self.end(execution.finish(&active.work, active.state.unwrap_or_default()));
            }
        }
    }

    /// Suspends the call until the pause is over. Returns it if it is cancelled or the pool cannot
    /// schedule it.
    fn suspend(self: &Arc<Self>, active: ActiveCall<W>, pause: Duration) -> Option<ActiveCall<W>> {
        self.lock().suspended = Some(active);
        let job = || Arc::clone(self) as Arc<dyn Job>;
        let due = Instant::now() + pause;
        // A thread that cancels sets the token before it takes the suspended call, so one of the
        // two threads takes it. A thread that closes the client of this account alone does the same.
        let is_delayed =
            !self.cancel.is_cancelled() && self.process.pool.submit_delayed(job(), due);
        if is_delayed && !self.account.is_closed() {
            return None;
        }
        self.take_suspended()
    }

    fn end(&self, result: Result<W::Output>) -> Progress {
        self.deliver(result);
        Progress::Ended
    }

    /// Ends a suspended call with its last status.
    fn end_suspended(&self) {
        if let Some(active) = self.take_suspended() {
            let _stop = EndInFlight(self);
            active.id.run(|| {
                self.deliver(
                    self.execution()
                        .finish(&active.work, active.state.unwrap_or_default()),
                );
            });
        }
    }

    fn end_in_flight(&self) {
        let in_flight = self.lock().in_flight.take();
        drop(in_flight);
    }

    fn deliver(&self, result: Result<W::Output>) {
        let done = self.lock().done.take();
        if let Some(done) = done {
            let result = result.map_err(|error| match error.operation() {
                Some(_) => error,
                None => self.context.annotate(error),
            });
            self.events.outcome(result.as_ref().err());
            done(result);
        }
    }
}

impl<W: PoolWork> Cancel for QueuedCall<W> {
    fn cancel(&self) {
        let in_queue = self.take_queued().is_some();
        let suspended = self.take_suspended();
        if suspended.is_some() {
            self.end_in_flight();
        }
        let unsent = in_queue || self.context.creates && self.cancel.guard.revoke();
        self.deliver(Err(match self.cancel.guard.phase() {
            _ if unsent => cancelled().with_outcome(Outcome::NotSent),
            Some(phase) => {
                Error::outcome_unknown(phase, cancelled()).with_attempts(self.cancel.attempts())
            }
            None => cancelled(),
        }));
        // The error is delivered first. A call that ends because of the token then cannot deliver
        // another result.
        self.cancel.cancel();
        // The call may have been suspended in the meantime.
        drop(self.take_suspended());
        if !self.context.creates {
            self.end_in_flight();
        }
    }

    fn attempts(&self) -> u32 {
        self.cancel.attempts()
    }
}

/// Whether a call ended or was suspended.
enum Progress {
    Suspended,
    Ended,
}

/// Ends the call when it is dropped, also after a panic in `done`.
struct EndInFlight<'a, W: PoolWork>(&'a QueuedCall<W>);

impl<W: PoolWork> Drop for EndInFlight<'_, W> {
    fn drop(&mut self) {
        self.0.end_in_flight();
    }
}

impl<W: PoolWork> Job for QueuedCall<W> {
    fn run(self: Arc<Self>) {
        let active = match self.start() {
            Some(Ok(active)) => active,
            Some(Err(closed)) => return self.deliver(Err(closed)),
            None => return,
        };
        let stop = EndInFlight(&self);
        if let Progress::Suspended = active.id.run(|| self.resume(active)) {
            mem::forget(stop);
        }
    }

    fn expire(&self) {
        if self.take_queued().is_some() {
            let connections = language::option("max_connections");
            let error = self.budget.exceeded("while the call was in the queue");
            let error = error.with_hint(format!("raise {connections} or the deadline"));
            self.deliver(Err(error.with_outcome(Outcome::NotSent)));
        } else {
            self.end_suspended();
        }
    }

    fn refuse(&self) {
        if self.take_queued().is_some() {
            self.deliver(Err(closed()));
        } else {
            self.end_suspended();
        }
    }

    fn deadline(&self) -> Instant {
        self.budget.deadline
    }

    fn owner(&self) -> usize {
        self.account.owner()
    }
}
