//! A call on the pool: waiting, on its way, told to its caller once.

use std::fmt;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::api::response::Response;
use crate::engine::execution::Execution;
use crate::engine::poll::{Known, Step};
use crate::engine::shared::{Inner, Process, Running, Times};
use crate::engine::task::{OnUpdate, Task};
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::error::{cancelled, closed};
use crate::sync::cancel::CancelToken;
use crate::sync::in_flight::CallId;
use crate::sync::pool::Job;

/// A call handed to the pool.
#[derive(Debug)]
pub struct Pending(Option<Arc<QueuedCall>>);

impl Pending {
    /// Hands a call to the client's pool.
    pub(crate) fn start(
        client: Arc<Inner>,
        times: Times,
        task: Task,
        on_update: OnUpdate,
        done: Done,
    ) -> Self {
        let process = client.process.get();
        let queued_call = Arc::new(QueuedCall {
            client,
            times,
            names: (task.name(), task.order_id().map(str::to_owned)),
            creates: task.creates(),
            cancel: CancelToken::default(),
            state: Mutex::new(State {
                queued: Some((task, on_update)),
                running: None,
                paused: None,
                done: Some(done),
            }),
        });
        process
            .pool
            .submit(Arc::clone(&queued_call) as Arc<dyn Job>);
        Self(Some(queued_call))
    }

    /// A call that could not begin, whose caller knows it.
    pub(crate) fn ended() -> Self {
        Self(None)
    }

    /// Stops waiting for the call, whose `done` gets an error at once, if it got nothing yet.
    ///
    /// A call still in the queue, and a create whose first byte is not out, is never sent:
    /// [`ErrorKind::Cancelled`], not sent. A create on its way gives [`ErrorKind::OutcomeUnknown`]; it runs to its
    /// end, writes the ledger, and [`close`](crate::Client::close) waits for it. A read on its way gives
    /// [`ErrorKind::Cancelled`]; its answer is dropped, and nobody waits for it.
    pub fn cancel(&self) {
        if let Some(queued_call) = &self.0 {
            queued_call.cancel();
        }
    }
}

/// What tells the cancel.
pub(crate) type Done = Box<dyn FnOnce(Result<Response>) + Send>;

struct QueuedCall {
    client: Arc<Inner>,
    times: Times,
    names: (String, Option<String>),
    creates: bool,
    cancel: CancelToken,
    state: Mutex<State>,
}

/// `queued` is there until the call begins, `running` from then on until it ends or nobody waits for it, `paused`
/// between two of its questions, `done` until somebody has told the cancel.
struct State {
    queued: Option<(Task, OnUpdate)>,
    running: Option<Running>,
    paused: Option<ActiveCall>,
    done: Option<Done>,
}

/// A call that has left the queue.
struct ActiveCall {
    task: Task,
    on_update: OnUpdate,
    process: Arc<Process>,
    id: CallId,
    known: Known,
}

impl QueuedCall {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_queued(&self) -> Option<(Task, OnUpdate)> {
        self.lock().queued.take()
    }

    fn take_paused(&self) -> Option<ActiveCall> {
        self.lock().paused.take()
    }

    /// Takes the call out of the queue and counts it as running, in one step for whoever cancels it. One that paused goes
    /// on.
    fn begin(&self) -> Option<Result<ActiveCall>> {
        let mut state = self.lock();
        if let Some(paused) = state.paused.take() {
            return Some(Ok(paused));
        }
        let (task, on_update) = state.queued.take()?;
        Some(Running::enter(&self.client).map(|running| {
            let active = ActiveCall {
                task,
                on_update,
                process: Arc::clone(&running.process),
                id: running.id,
                known: Known::default(),
            };
            state.running = Some(running);
            active
        }))
    }

    fn execution<'a>(&'a self, process: &'a Process, task: &'a Task) -> Execution<'a> {
        Execution {
            client: &self.client,
            process,
            task,
            times: self.times,
            cancel: &self.cancel,
        }
    }

    /// Runs the call to its end, of which the caller is told, or to a pause that takes no thread.
    fn resume(self: &Arc<Self>, mut active: ActiveCall) -> Progress {
        loop {
            let execution = self.execution(&active.process, &active.task);
            let pause = match execution.step(&mut active.known, &mut *active.on_update) {
                Ok(Step::Again(pause)) => pause,
                Ok(Step::Done(answer)) => return self.ended(Ok(answer)),
                Err(error) => return self.ended(Err(error)),
            };
            if !execution.can_continue(pause) {
                return self.ended(self.finished(active));
            }
            active = match self.suspend(active, pause) {
                None => return Progress::Paused,
                Some(back) => back,
            };
            // Nobody else can look after it, so this thread does.
            let execution = self.execution(&active.process, &active.task);
            if !execution.pause(pause) {
                return self.ended(self.finished(active));
            }
        }
    }

    /// Leaves the call to the pool until the pause is over, or to whoever cancels it; gives it back when the pool cannot
    /// have it.
    fn suspend(self: &Arc<Self>, active: ActiveCall, pause: Duration) -> Option<ActiveCall> {
        let process = Arc::clone(&active.process);
        self.lock().paused = Some(active);
        let job = || Arc::clone(self) as Arc<dyn Job>;
        let due = Instant::now() + pause;
        // Whoever cancels leaves first and takes the call then, so one of the two sees it.
        if !self.cancel.is_cancelled() && process.pool.submit_delayed(job(), due) {
            return None;
        }
        self.take_paused()
    }

    fn finished(&self, active: ActiveCall) -> Result<Response> {
        let execution = self.execution(&active.process, &active.task);
        execution.finish(active.known)
    }

    fn ended(&self, result: Result<Response>) -> Progress {
        self.settle(result);
        Progress::Ended
    }

    /// Ends a call that paused with what it knows.
    fn end_paused(&self) {
        if let Some(active) = self.take_paused() {
            let _leaves = Leaving(self);
            active.id.run(|| self.settle(self.finished(active)));
        }
    }

    fn cancel(&self) {
        let in_queue = self.take_queued().is_some();
        let paused = self.take_paused();
        if paused.is_some() {
            self.cancel();
        }
        let unsent = in_queue || self.creates && self.cancel.guard.revoke();
        self.settle(Err(match self.cancel.guard.phase() {
            _ if unsent => cancelled().with_outcome(Outcome::NotSent),
            Some(phase) => {
                Error::outcome_unknown(phase, cancelled()).with_attempts(self.cancel.attempts())
            }
            None => cancelled(),
        }));
        // Told first, so that a call which ends for this reason has nobody to tell anything else.
        self.cancel.cancel();
        // It may have paused just now.
        drop(self.take_paused());
        if !self.creates {
            self.cancel();
        }
    }

    fn leave(&self) {
        let running = self.lock().running.take();
        drop(running);
    }

    fn settle(&self, result: Result<Response>) {
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

/// Whether a call has ended.
enum Progress {
    Paused,
    Ended,
}

/// The call ends, also when `done` panics.
struct Leaving<'a>(&'a QueuedCall);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

impl Job for QueuedCall {
    fn run(self: Arc<Self>) {
        let active = match self.begin() {
            Some(Ok(active)) => active,
            Some(Err(closed)) => return self.settle(Err(closed)),
            None => return,
        };
        let leaving = Leaving(&self);
        if let Progress::Paused = active.id.run(|| self.resume(active)) {
            mem::forget(leaving);
        }
    }

    fn expire(&self) {
        if self.take_queued().is_some() {
            let message = "the deadline passed while the call waited for its turn";
            let error = Error::new(ErrorKind::DeadlineExceeded, message)
                .with_hint("raise max_connections or the deadline");
            self.settle(Err(error.with_outcome(Outcome::NotSent)));
        } else {
            self.end_paused();
        }
    }

    fn refuse(&self) {
        if self.take_queued().is_some() {
            self.settle(Err(closed()));
        } else {
            self.end_paused();
        }
    }

    fn deadline(&self) -> Instant {
        self.times.budget.deadline
    }
}

impl fmt::Debug for QueuedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueuedCall")
            .field("operation", &self.names.0)
            .finish_non_exhaustive()
    }
}
