//! Sending one request of a call. A read is retried after a transient error; a create is sent at
//! most once.

use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::sync::OnceLock;

use crate::api::prepared_request::{Create, PreparedRequest};
use crate::api::response::FromBody;
use crate::engine::attempt::Attempt;
use crate::engine::execution::{Execution, PollState, Step, Work};
use crate::engine::guards::Decision;
use crate::engine::recorder::Recorder;
use crate::engine::shared::Shared;
use crate::engine::{create, read, settle};
use crate::error::{Error, Result};

/// A call that is a single request.
pub(crate) struct Request<R> {
    pub(crate) prepared: PreparedRequest,
    /// What the limits of the client say to a create.
    decision: OnceLock<Decision>,
    returns: PhantomData<fn() -> R>,
}

impl<R> Request<R> {
    pub(crate) fn new(request: PreparedRequest) -> Self {
        Self {
            prepared: request,
            decision: OnceLock::new(),
            returns: PhantomData,
        }
    }

    /// What previewing a create needs.
    pub(crate) fn creation<'a>(
        &'a self,
        execution: &Execution<'a>,
        recorder: &'a Recorder,
    ) -> Result<(Attempt<'a>, &'a Create, &'a Decision)> {
        let create = self.prepared.create.as_ref();
        let create = create.ok_or_else(|| Error::internal("this is a read"))?;
        let attempt = attempt(execution, &self.prepared, recorder)?;
        Ok((attempt, create, self.decision(execution.client, create)))
    }

    /// Decides once, so that a function of the merchant runs once.
    fn decision(&self, client: &Shared, create: &Create) -> &Decision {
        self.decision.get_or_init(|| match &client.settings.guards {
            Some(guards) => guards.decide(&self.prepared, create),
            None => Ok(None),
        })
    }
}

impl<R: FromBody> Work for Request<R> {
    type Status = R;
    type Output = R;

    fn decide(&self, client: &Shared) {
        if let Some(create) = &self.prepared.create {
            self.decision(client, create);
        }
    }

    fn step(
        &self,
        execution: &Execution<'_>,
        _: &mut PollState<R>,
        _: &mut dyn FnMut(&R) -> ControlFlow<()>,
    ) -> Result<Step<R>> {
        let recorder = Recorder::default();
        let attempt = attempt(execution, &self.prepared, &recorder)?;
        let result = match &self.prepared.create {
            Some(create) => create::send(&attempt, create, self.decision(execution.client, create)),
            None => read::send(&attempt),
        };
        let response = recorder.attach(&self.prepared, result)?;
        if self.prepared.create.is_none() {
            settle::record(execution, &self.prepared, &response);
        }
        Ok(Step::Done(response))
    }

    fn finish(&self, _: PollState<R>) -> Result<R> {
        Err(Error::internal("a single request has no pauses"))
    }
}

/// Sends a request that creates nothing.
pub(crate) fn send<R: FromBody>(execution: &Execution<'_>, request: &PreparedRequest) -> Result<R> {
    let recorder = Recorder::default();
    let result = read::send(&attempt(execution, request, &recorder)?);
    recorder.attach(request, result)
}

/// A request with what is needed to send it.
fn attempt<'a>(
    execution: &Execution<'a>,
    request: &'a PreparedRequest,
    recorder: &'a Recorder,
) -> Result<Attempt<'a>> {
    #[cfg(feature = "test-hooks")]
    assert!(
        request.path != crate::api::raw::PANIC_PATH,
        "a panic requested by a test"
    );
    let client = execution.client;
    let application = client.settings.options.application.as_deref();
    Ok(Attempt {
        request,
        application: application.filter(|_| request.is_raw()),
        signer: client.signer(request.cert)?,
        client,
        account: execution.account,
        process: execution.process,
        budget: execution.budget,
        cancel: execution.cancel,
        events: execution.events,
        recorder,
    })
}
