//! A call on its way: its questions, the pauses between them, its end.

use std::ops::ControlFlow;
use std::time::Duration;

use crate::api::prepared_request::PreparedRequest;
use crate::api::response::Response;
use crate::engine::poll::{Known, Resolve, Step, Wait};
use crate::engine::reconcile::{accept_if_sent, reconcile};
use crate::engine::shared::{Inner, Process, Times};
use crate::engine::task::Task;
use crate::error::{Error, Result};
use crate::sync::cancel::CancelToken;
use crate::sync::panic::contained;

/// A call and everything it runs with.
#[derive(Clone, Copy)]
pub(crate) struct Execution<'a> {
    pub(crate) client: &'a Inner,
    pub(crate) process: &'a Process,
    pub(crate) task: &'a Task,
    pub(crate) times: Times,
    pub(crate) cancel: &'a CancelToken,
}

impl Execution<'_> {
    /// Runs the call to its end on this thread.
    pub(crate) fn run(
        self,
        on_update: &mut dyn FnMut(&Response) -> ControlFlow<()>,
    ) -> Result<Response> {
        let mut known = Known::default();
        loop {
            match self.step(&mut known, on_update)? {
                Step::Done(answer) => return Ok(answer),
                Step::Again(pause) if self.pause(pause) => {}
                Step::Again(_) => return self.finish(known),
            }
        }
    }

    /// Runs the call to its end or its next pause; every error names the call, that of a panic too, and that of a
    /// create its outcome.
    pub(crate) fn step(
        self,
        known: &mut Known,
        on_update: &mut dyn FnMut(&Response) -> ControlFlow<()>,
    ) -> Result<Step> {
        contained(|| self.attempt(known, on_update)).map_err(|error| {
            if !self.task.creates() || error.outcome().is_some() {
                return self.task.name_in(error);
            }
            match self.cancel.guard.phase() {
                Some(phase) => self.task.name_in(Error::outcome_unknown(phase, error)),
                None => self.task.refuse(error),
            }
        })
    }

    /// Whether there is time and use for another question after the pause.
    pub(crate) fn can_continue(self, pause: Duration) -> bool {
        pause < self.times.budget.left() && !self.cancel.is_cancelled() && !self.client.is_closed()
    }

    /// Pauses on this thread; false when there is no time or use for another question.
    pub(crate) fn pause(self, pause: Duration) -> bool {
        let is_closed = || self.client.is_closed();
        pause < self.times.budget.left() && self.cancel.pause(pause, &is_closed)
    }

    /// What the call comes to when it ends in a pause.
    pub(crate) fn finish(self, known: Known) -> Result<Response> {
        let finished = match self.task {
            Task::Resolve(resolve) => resolve.finish(known),
            Task::Wait(_) => Wait::finish(known),
            Task::Request(_) | Task::Reconcile => Err(Error::internal("this call has no pauses")),
        };
        finished.map_err(|error| self.task.name_in(error))
    }

    fn attempt(
        self,
        known: &mut Known,
        on_update: &mut dyn FnMut(&Response) -> ControlFlow<()>,
    ) -> Result<Step> {
        let ask = |prepared: &PreparedRequest| self.ask(prepared, self.times);
        match self.task {
            Task::Request(prepared) => ask(prepared).map(Step::Done),
            Task::Resolve(resolve) => self.resolve(resolve, known),
            Task::Wait(wait) => wait.ask_once(known, on_update, &ask),
            Task::Reconcile => self.reconcile().map(Step::Done),
        }
    }

    fn ask(self, prepared: &PreparedRequest, times: Times) -> Result<Response> {
        self.client
            .send(self.process, prepared, times.budget, self.cancel)
    }

    /// Finds out about an order, and records what was found; failing that, the answer stands all the same.
    fn resolve(self, resolve: &Resolve, known: &mut Known) -> Result<Step> {
        let settings = self.client.settings();
        let budget = self.times.budget;
        if let Some(ledger) = &settings.ledger
            && known.is_nothing_yet()
        {
            let operation = format!("{}.create", resolve.resource.prefix());
            let order_id = &resolve.order_id;
            known.row = ledger.find(&settings.account, &operation, order_id, budget.left())?;
        }
        let row = known.row.clone();
        let sent = resolve.amount_sent(row.as_ref().and_then(|row| row.amount.clone()))?;
        let ask = |prepared: &PreparedRequest| {
            let answer = self.ask(prepared, self.times)?;
            if let (Some(ledger), Some(row)) = (&settings.ledger, &row) {
                accept_if_sent(ledger, row.clone(), &answer, budget.left()).unwrap_or_else(
                    |error| {
                        let why = error.message();
                        self.process
                            .notify(format!("{why}; the order's row stays as it was"));
                        row.clone()
                    },
                );
            }
            Ok(answer)
        };
        resolve.ask_once(known, sent.as_ref(), &ask)
    }

    fn reconcile(self) -> Result<Response> {
        // Each question has the whole deadline: how many there are is not the caller's doing.
        let ask =
            |prepared: &PreparedRequest| self.ask(prepared, self.client.begun_now(self.times)?);
        let goes_on = || !self.cancel.is_cancelled() && !self.client.is_closed();
        let account = &self.client.settings().account;
        reconcile(self.client.ledger()?, account, &ask, &goes_on).map(Response::Rows)
    }
}
