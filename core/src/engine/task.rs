//! A call that passed every check.

use std::ops::ControlFlow;

use crate::api::prepared_request::PreparedRequest;
use crate::api::response::Response;
use crate::engine::poll::{Resolve, Wait};
use crate::error::{Error, Outcome, Phase};

/// Gets each status that a wait is told; `Break` ends the wait.
pub type OnUpdate = Box<dyn FnMut(&Response) -> ControlFlow<()> + Send>;

/// A call that passed every check.
pub(crate) enum Task {
    Request(PreparedRequest),
    Resolve(Resolve),
    Wait(Wait),
    Reconcile,
}

impl Task {
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Request(prepared) => prepared.name.clone(),
            Self::Resolve(resolve) => format!("{}.resolve", resolve.resource.prefix()),
            Self::Wait(wait) => format!("{}.wait", wait.resource.prefix()),
            Self::Reconcile => "reconcile".to_owned(),
        }
    }

    pub(crate) fn order_id(&self) -> Option<&str> {
        match self {
            Self::Request(prepared) => prepared.order_id.as_deref(),
            Self::Resolve(resolve) => Some(&resolve.order_id),
            Self::Wait(wait) => wait.status.order_id.as_deref(),
            Self::Reconcile => None,
        }
    }

    pub(crate) fn creates(&self) -> bool {
        matches!(self, Self::Request(prepared) if prepared.create.is_some())
    }

    /// The error, naming this call.
    pub(crate) fn name_in(&self, error: Error) -> Error {
        error.with_call(&self.name(), self.order_id())
    }

    /// An error from after the answer came, naming this call: its caller does not see what the create made.
    pub(crate) fn unseen(&self, error: Error, attempts: u32) -> Error {
        if self.creates() {
            let error = Error::outcome_unknown(Phase::Answer, error);
            self.name_in(error.with_attempts(attempts))
        } else {
            self.name_in(error)
        }
    }

    /// An error from before anything was sent, naming this call.
    pub(crate) fn refuse(&self, error: Error) -> Error {
        let error = self.name_in(error);
        if self.creates() {
            error.with_outcome(Outcome::NotSent)
        } else {
            error
        }
    }
}
