//! A call on the pool: in the queue, in flight, and its result, which is delivered once.

use std::fmt;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::api::context::CallContext;
use crate::engine::attempt::Budget;
use crate::engine::execution::{Execution, OnUpdate, PollState, Step, Work};
use crate::engine::settings::CallOptions;
use crate::engine::shared::{Process, Shared};
use crate::error::{Error, ErrorKind, Outcome, Result, cancelled, closed};
use crate::sync::cancel::CancelToken;
use crate::sync::in_flight::{CallGuard, CallId, InFlight};
use crate::sync::pool::Job;

/// A call handed to the pool.
pub struct Pending(Option<Arc<dyn Cancel>>);

impl Pending {
    /// Hands a call to the client's pool.
    pub(crate) fn start<W: PoolWork>(
        client: Arc<Shared>,
        context: CallContext,
        work: W,
        on_update: OnUpdate<W::Status>,
        (options, budget): (CallOptions, Budget),
        done: Done<W::Output>,
    ) -> Self {
        let process = client.process.get();
        let call = Arc::new(QueuedCall {
            client,
            process: Arc::clone(&process),
            context,
            options,
            budget,
            cancel: CancelToken::default(),
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

    /// A call that could not start, whose caller knows it.
    pub(crate) fn ended() -> Self {
        Self(None)
    }

    /// Stops waiting for the call. Its `done` receives an error at once, unless it received a result before.
    ///
    /// A call still in the queue, and a create whose first byte is not sent, is never sent:
    /// [`ErrorKind::Cancelled`], not sent. A create in flight returns [`ErrorKind::OutcomeUnknown`]; it runs to its
    /// end and writes the ledger, and [`close`](crate::Client::close) waits for it. A read in flight returns
    /// [`ErrorKind::Cancelled`]; its response is dropped, and `close` does not wait for it.
    pub fn cancel(&self) {
        if let Some(call) = &self.0 {
            call.cancel();
        }
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending").finish_non_exhaustive()
    }
}

/// Work that threads of the pool can do.
pub(crate) trait PoolWork: Work<Status: Send, Output: Send> + Send + Sync + 'static {}

impl<W: Work<Status: Send, Output: Send> + Send + Sync + 'static> PoolWork for W {}

/// Delivers the result to the caller.
pub(crate) type Done<T> = Box<dyn FnOnce(Result<T>) + Send>;

trait Cancel: Send + Sync {
    fn cancel(&self);
}

struct QueuedCall<W: PoolWork> {
    client: Arc<Shared>,
    process: Arc<Process>,
    context: CallContext,
    options: CallOptions,
    budget: Budget,
    cancel: CancelToken,
    state: Mutex<State<W>>,
}

/// `queued` is there until the call starts, `in_flight` from then on until it ends or nobody waits for it, `suspended`
/// between two of its requests, `done` until the result is delivered.
struct State<W: PoolWork> {
    queued: Option<(W, OnUpdate<W::Status>)>,
    in_flight: Option<CallGuard>,
    suspended: Option<ActiveCall<W>>,
    done: Option<Done<W::Output>>,
}

/// A call that has left the queue.
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

    /// Takes the call out of the queue and counts it as running, in one step for a thread that cancels it. A suspended
    /// call continues.
    fn start(&self) -> Option<Result<ActiveCall<W>>> {
        let mut state = self.lock();
        if let Some(suspended) = state.suspended.take() {
            return Some(Ok(suspended));
        }
        let (work, on_update) = state.queued.take()?;
        let in_flight = InFlight::begin(&self.process.in_flight, &self.client.closed);
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
            process: &self.process,
            context: &self.context,
            options: self.options,
            budget: self.budget,
            cancel: &self.cancel,
        }
    }

    /// Runs the call to its end and delivers the result, or to a pause that takes no thread.
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
            // No timer can be had, so this thread waits.
            if !execution.pause(pause) {
                return self.end(execution.finish(&active.work, active.state.unwrap_or_default()));
            }
        }
    }

    /// Leaves the call to the pool until the pause is over, or to a thread that cancels it; returns it when the pool
    /// cannot take it.
    fn suspend(self: &Arc<Self>, active: ActiveCall<W>, pause: Duration) -> Option<ActiveCall<W>> {
        self.lock().suspended = Some(active);
        let job = || Arc::clone(self) as Arc<dyn Job>;
        let due = Instant::now() + pause;
        // A thread that cancels sets the token first and takes the call then, so one of the two sees it.
        if !self.cancel.is_cancelled() && self.process.pool.submit_delayed(job(), due) {
            return None;
        }
        self.take_suspended()
    }

    fn end(&self, result: Result<W::Output>) -> Progress {
        self.deliver(result);
        Progress::Ended
    }

    /// Ends a suspended call with the last status it has.
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
            done(result.map_err(|error| match error.operation() {
                Some(_) => error,
                None => self.context.annotate(error),
            }));
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
        // Delivered first, so that a call which ends for this reason delivers nothing else.
        self.cancel.cancel();
        // It may have been suspended just now.
        drop(self.take_suspended());
        if !self.context.creates {
            self.end_in_flight();
        }
    }
}

/// How far a call got.
enum Progress {
    Suspended,
    Ended,
}

/// The call ends, also when `done` panics.
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
            let message = "the deadline passed while the call was in the queue";
            let error = Error::new(ErrorKind::DeadlineExceeded, message)
                .with_hint("raise max_connections or the deadline");
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
}
