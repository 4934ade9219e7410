//! Sending one request of a call. A read is retried after a transient error; a create is sent at
//! most once.

use std::marker::PhantomData;
use std::ops::ControlFlow;

use crate::api::prepared_request::PreparedRequest;
use crate::api::response::FromBody;
use crate::engine::attempt::Attempt;
use crate::engine::execution::{Execution, PollState, Step, Work};
use crate::engine::recorder::Recorder;
use crate::engine::{create, read, settle};
use crate::error::{Error, Result};

/// A call that is a single request.
pub(crate) struct Request<R> {
    pub(crate) request: PreparedRequest,
    pub(crate) returns: PhantomData<fn() -> R>,
}

impl<R: FromBody> Work for Request<R> {
    type Status = R;
    type Output = R;

    fn step(
        &self,
        execution: &Execution<'_>,
        _: &mut PollState<R>,
        _: &mut dyn FnMut(&R) -> ControlFlow<()>,
    ) -> Result<Step<R>> {
        let response = send(execution, &self.request)?;
        if self.request.create.is_none() {
            settle::record(execution, &self.request, &response);
        }
        Ok(Step::Done(response))
    }

    fn finish(&self, _: PollState<R>) -> Result<R> {
        Err(Error::internal("a single request has no pauses"))
    }
}

/// Sends a request.
pub(crate) fn send<R: FromBody>(execution: &Execution<'_>, request: &PreparedRequest) -> Result<R> {
    #[cfg(feature = "test-hooks")]
    assert!(
        request.path != crate::api::raw::PANIC_PATH,
        "a panic requested by a test"
    );
    let client = execution.client;
    let recorder = Recorder::default();
    let application = client.settings.options.application.as_deref();
    let attempt = Attempt {
        request,
        application: application.filter(|_| request.is_raw()),
        signer: client.signer(request.cert)?,
        client,
        account: execution.account,
        process: execution.process,
        budget: execution.budget,
        cancel: execution.cancel,
        events: execution.events,
        recorder: &recorder,
    };
    let result = match &request.create {
        Some(create) => create::send(&attempt, create),
        None => read::send(&attempt),
    };
    recorder.attach(request, result)
}
