//! The work of a call by name: its type is known only at run time.

use std::ops::ControlFlow;

use crate::api::prepared_request::Create;
use crate::api::response::Response;
use crate::engine::dry_run::{Preview, only_creates};
use crate::engine::execution::{Execution, PollState, Step, Work};
use crate::engine::poll::{Resolve, Wait};
use crate::engine::request::Request;
use crate::engine::shared::Shared;
use crate::error::Result;

/// The work of any call.
pub(crate) enum AnyWork {
    Preview(Preview),
    Request(Request<Response>),
    Resolve(Resolve<Response>),
    Wait(Wait<Response>),
}

impl AnyWork {
    /// What this call creates, if it creates something.
    pub(crate) fn create(&self) -> Option<&Create> {
        match self {
            Self::Preview(preview) => preview.create(),
            Self::Request(request) => request.prepared.create.as_ref(),
            Self::Resolve(_) | Self::Wait(_) => None,
        }
    }

    /// The same without sending anything.
    pub(crate) fn preview(self) -> Result<Self> {
        match self {
            Self::Request(request) => Preview::new(request).map(Self::Preview),
            _ => Err(only_creates()),
        }
    }
}

impl Work for AnyWork {
    type Status = Response;
    type Output = Response;

    fn sends(&self) -> bool {
        !matches!(self, Self::Preview(_))
    }

    fn decide(&self, client: &Shared) {
        match self {
            Self::Preview(preview) => preview.decide(client),
            Self::Request(request) => request.decide(client),
            Self::Resolve(_) | Self::Wait(_) => {}
        }
    }

    fn step(
        &self,
        execution: &Execution<'_>,
        state: &mut PollState<Response>,
        on_update: &mut dyn FnMut(&Response) -> ControlFlow<()>,
    ) -> Result<Step<Response>> {
        match self {
            Self::Preview(preview) => {
                let step = preview.step(execution, state, on_update)?;
                Ok(step.map(Response::from))
            }
            Self::Request(request) => request.step(execution, state, on_update),
            Self::Resolve(resolve) => {
                let step = resolve.step(execution, state, on_update)?;
                Ok(step.map(|resolution| resolve.response(resolution)))
            }
            Self::Wait(wait) => wait.step(execution, state, on_update),
        }
    }

    fn finish(&self, state: PollState<Response>) -> Result<Response> {
        match self {
            Self::Preview(preview) => preview.finish(state).map(Response::from),
            Self::Request(request) => request.finish(state),
            Self::Resolve(resolve) => {
                let resolution = resolve.finish(state)?;
                Ok(resolve.response(resolution))
            }
            Self::Wait(wait) => wait.finish(state),
        }
    }
}
