//! Runs calls by name, for the bindings.

use std::ops::ControlFlow;

use crate::api::response::Response;
use crate::client::Client;
use crate::client::call::Call;
#[cfg(feature = "test-hooks")]
use crate::engine::call_events::CallEvents;
use crate::engine::execution::OnUpdate;
use crate::engine::queued_call::Pending;
use crate::engine::settings::CallOptions;
use crate::error::Result;

#[doc(hidden)]
impl Client {
    /// The number that the merchant's function decides about, and the operation whose limits have
    /// the function. None if this call needs no decision, or its arguments are invalid.
    ///
    /// For a binding whose functions must not run inside the core. Its function in the limits
    /// returns what it decided before, for the same number.
    pub fn number_to_allow(&self, call: Call) -> Option<(&'static str, String)> {
        let guards = self.shared.settings.guards.as_ref()?;
        let (_, work) = call.prepare().ok()?;
        guards.number_to_allow(work.create()?)
    }

    /// Runs a call on the caller's thread.
    ///
    /// # Errors
    /// As every call of a [`Client`].
    pub fn execute(&self, call: Call, options: &CallOptions) -> Result<Response> {
        self.execute_into(call, options, Ok)
    }

    /// [`execute`](Self::execute) that converts the result with `hand_over`. If that fails or
    /// panics, the caller does not get the result, so the error of a create has the outcome
    /// `unknown`.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub fn execute_into<T>(
        &self,
        mut call: Call,
        options: &CallOptions,
        hand_over: impl FnOnce(Response) -> Result<T>,
    ) -> Result<T> {
        let mut on_update = call.on_update.take().unwrap_or_else(ignore_updates);
        let (context, work) = call.prepare()?;
        self.with_options(*options)
            .run_with(&context, &work, &mut *on_update, hand_over)
    }

    /// Runs a call on the client's pool. `done` receives the result once: on a thread of the pool,
    /// or on this thread if the call cannot start.
    ///
    /// A panic inside the call becomes [`ErrorKind::Internal`](crate::ErrorKind::Internal).
    pub fn submit(
        &self,
        mut call: Call,
        options: &CallOptions,
        done: impl FnOnce(Result<Response>) + Send + 'static,
    ) -> Pending {
        let on_update = call.on_update.take().unwrap_or_else(ignore_updates);
        self.with_options(*options)
            .start(call.prepare(), on_update, done)
    }
}

fn ignore_updates() -> OnUpdate {
    Box::new(|_| ControlFlow::Continue(()))
}

#[cfg(feature = "test-hooks")]
impl Client {
    /// Sends the events of this call each time, as if its first request had succeeded. Nothing is
    /// sent to the provider. For benchmarks.
    ///
    /// # Errors
    /// As the call.
    #[doc(hidden)]
    pub fn sender_of_events(&self, call: Call) -> Result<impl Fn() + use<>> {
        let client = self.clone();
        let (context, _) = call.prepare()?;
        let response = Ok(crate::http::HttpResponse {
            status: 200,
            retry_after: None,
            body: Vec::new(),
            oversize: false,
        });
        Ok(move || {
            let options = &client.shared.settings.options;
            let events = CallEvents::start(options, &client.account, &context);
            events.dequeued();
            events.signing(|| ());
            let started = events.attempt_started();
            events.attempt_ended(started, &response);
            events.outcome(None);
        })
    }
}

#[cfg(feature = "test-hooks")]
impl Call {
    /// The `Sign` header of this call with `client`, without sending anything. For benchmarks.
    #[doc(hidden)]
    pub fn signature(self, client: &Client) -> Result<String> {
        let request = self.into_request()?;
        let signer = client.shared.signer(request.cert)?;
        let process = client.shared.process.get();
        let limit = client.shared.settings.options.timeout;
        crate::engine::attempt::signature(&request, signer, &process, signer.digest(), limit)
    }
}
