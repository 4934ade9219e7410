//! A call on the pool: waiting, on its way, told to its caller once.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::client::{Client, Process, Running, cancelled, closed};
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::operation::Prepared;
use crate::pool::Job;
use crate::reply::Answer;
use crate::retry;

/// A call handed to the pool.
#[derive(Debug)]
pub struct Pending(Option<Arc<Submitted>>);

impl Pending {
    /// Hands a call to the client's pool.
    pub(crate) fn start(
        client: Client,
        budget: retry::Budget,
        prepared: Prepared,
        done: Done,
    ) -> Self {
        let process = client.0.process.get();
        let submitted = Arc::new(Submitted {
            client,
            budget,
            names: (prepared.name.clone(), prepared.order_id.clone()),
            state: Mutex::new(SubmittedState {
                prepared: Some(prepared),
                running: None,
                done: Some(done),
            }),
        });
        process.pool.submit(Arc::clone(&submitted) as Arc<dyn Job>);
        Self(Some(submitted))
    }

    /// A call that could not begin, whose caller knows it.
    pub(crate) fn ended() -> Self {
        Self(None)
    }

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

/// What tells the caller.
pub(crate) type Done = Box<dyn FnOnce(Result<Answer>) + Send>;

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
