//! Running a call: its requests, the pauses between them, and its result.

use std::ops::ControlFlow;
use std::time::Duration;

use crate::api::context::CallContext;
use crate::api::response::Response;
use crate::engine::account::ClientAccount;
use crate::engine::attempt::Budget;
use crate::engine::call_events::CallEvents;
use crate::engine::shared::{Process, Shared};
use crate::error::{Error, Result};
use crate::sync::cancel::CancelToken;
use crate::sync::panic::contained;
use crate::types::ledger_row::LedgerRow;

/// The work of a call: one request, or several with pauses between them.
pub(crate) trait Work {
    /// The status that its requests return.
    type Status;
    /// The result of the call.
    type Output;

    /// Whether it sends requests. A call that does not has no events.
    fn sends(&self) -> bool {
        true
    }

    /// Decides about a create on the thread that makes the call, before the call starts.
    fn decide(&self, _: &Shared) {}

    /// Runs to the end or to the next pause.
    fn step(
        &self,
        execution: &Execution<'_>,
        state: &mut PollState<Self::Status>,
        on_update: &mut dyn FnMut(&Self::Status) -> ControlFlow<()>,
    ) -> Result<Step<Self::Output>>;

    /// The result if the call ends during a pause.
    fn finish(&self, state: PollState<Self::Status>) -> Result<Self::Output>;
}

/// Receives each status that a wait gets; `Break` ends the wait.
pub type OnUpdate<S = Response> = Box<dyn FnMut(&S) -> ControlFlow<()> + Send>;

/// The progress of a call.
pub(crate) enum Step<T> {
    Done(T),
    /// The next request is due after this pause.
    Pause(Duration),
}

impl<T> Step<T> {
    pub(crate) fn map<U>(self, convert: impl FnOnce(T) -> U) -> Step<U> {
        match self {
            Self::Done(output) => Step::Done(convert(output)),
            Self::Pause(pause) => Step::Pause(pause),
        }
    }
}

/// The state of a call between two of its requests.
pub(crate) struct PollState<S> {
    /// The ledger's row of the order, which a resolve reads before its first request.
    pub(crate) row: Option<LedgerRow>,
    /// The id of another payment or payout with the order of a resolve.
    pub(crate) other_id: Option<i64>,
    pub(crate) attempts: usize,
    pub(crate) last_status: Option<S>,
    pub(crate) responded: bool,
    pub(crate) last_error: Option<Error>,
}

impl<S> Default for PollState<S> {
    fn default() -> Self {
        Self {
            row: None,
            other_id: None,
            attempts: 0,
            last_status: None,
            responded: false,
            last_error: None,
        }
    }
}

/// A call with everything that is needed to run it.
#[derive(Clone, Copy)]
pub(crate) struct Execution<'a> {
    pub(crate) client: &'a Shared,
    pub(crate) account: &'a ClientAccount,
    pub(crate) process: &'a Process,
    pub(crate) context: &'a CallContext,
    pub(crate) budget: Budget,
    pub(crate) cancel: &'a CancelToken,
    pub(crate) events: &'a CallEvents,
}

impl Execution<'_> {
    /// Runs the call to its end on this thread.
    pub(crate) fn run<W: Work>(
        &self,
        work: &W,
        on_update: &mut dyn FnMut(&W::Status) -> ControlFlow<()>,
    ) -> Result<W::Output> {
        let mut state = PollState::default();
        loop {
            match self.step(work, &mut state, on_update)? {
                Step::Done(output) => return Ok(output),
                Step::Pause(pause) if self.pause(pause) => {}
                Step::Pause(_) => return self.finish(work, state),
            }
        }
    }

    /// Runs the call to its end or its next pause. Every error names the call, and the error of a
    /// create has an outcome. This also applies to the error of a panic.
    pub(crate) fn step<W: Work>(
        &self,
        work: &W,
        state: &mut PollState<W::Status>,
        on_update: &mut dyn FnMut(&W::Status) -> ControlFlow<()>,
    ) -> Result<Step<W::Output>> {
        contained(|| work.step(self, state, on_update)).map_err(|error| {
            if !self.context.creates || error.outcome().is_some() {
                return self.context.annotate(error);
            }
            match self.cancel.guard.phase() {
                Some(phase) => self.context.annotate(Error::outcome_unknown(phase, error)),
                None => self.context.not_sent(error),
            }
        })
    }

    /// Whether another request can follow after the pause: the deadline allows it, the call is not
    /// cancelled, and the client is not closed.
    pub(crate) fn can_continue(&self, pause: Duration) -> bool {
        pause < self.budget.remaining()
            && !self.cancel.is_cancelled()
            && !self.client.is_closed(self.account)
    }

    /// Pauses on this thread. Returns false if no other request can follow.
    pub(crate) fn pause(&self, pause: Duration) -> bool {
        let is_closed = || self.client.is_closed(self.account);
        pause < self.budget.remaining() && self.cancel.pause(pause, &is_closed)
    }

    /// The result of a call that ends during a pause.
    pub(crate) fn finish<W: Work>(
        &self,
        work: &W,
        state: PollState<W::Status>,
    ) -> Result<W::Output> {
        work.finish(state)
            .map_err(|error| self.context.annotate(error))
    }
}
