//! Where panics stop, and where a call comes back to the JavaScript thread.

use std::panic::{AssertUnwindSafe, catch_unwind};

use alikassa::{Error, panic_text};
use napi::bindgen_prelude::{Object, ToNapiValue, Unknown};
use napi::{Env, JsDeferred};

use crate::error::{self, Failure};

/// Runs a function of the binding: `{ ok }`, or `{ error }` for what the library refuses and for a panic.
///
/// What the caller's own code threw while its values were read is thrown on.
pub(crate) fn run<'js, T: ToNapiValue>(
    env: Env,
    work: impl FnOnce() -> Result<T, Failure>,
) -> napi::Result<Object<'js>> {
    let ran = catch_unwind(AssertUnwindSafe(|| outcome(env, work())));
    ran.unwrap_or_else(|panic| outcome::<()>(env, Err(Error::internal(panic_text(&*panic)).into())))
}

fn outcome<'js, T: ToNapiValue>(env: Env, result: Result<T, Failure>) -> napi::Result<Object<'js>> {
    let mut outcome = Object::new(&env)?;
    let error = match result {
        Ok(value) => {
            outcome.set("ok", value)?;
            return Ok(outcome);
        }
        Err(Failure::Library(error)) => error,
        Err(Failure::Refused(refusal)) => refusal.into(),
        Err(Failure::Thrown(thrown)) => return Err(thrown),
    };
    outcome.set("error", error::to_js(&env, &error)?)?;
    Ok(outcome)
}

/// What settles a promise from any thread, with the outcome that [`run`] gives.
///
/// napi's `AsyncTask` would take one of libuv's four threads, and a panic in it aborts the process.
pub(crate) struct Settle(Option<JsDeferred<Object<'static>, OnJsThread>>);

type OnJsThread = Box<dyn FnOnce(Env) -> napi::Result<Object<'static>> + Send>;

impl Settle {
    /// A promise with its other end. As long as it is not settled, it keeps the process alive.
    pub(crate) fn new(env: &Env) -> napi::Result<(Self, Object<'_>)> {
        let (deferred, promise) = env.create_deferred()?;
        Ok((Self(Some(deferred)), promise))
    }

    /// Settles the promise with what `read` makes on the JavaScript thread. Where that thread has ended, as a
    /// terminated worker's has, nothing happens.
    pub(crate) fn with(
        mut self,
        read: impl FnOnce(&Env) -> Result<Unknown<'_>, Failure> + Send + 'static,
    ) {
        self.settle(Box::new(move |env| run(env, || read(&env))));
    }

    fn settle(&mut self, read: OnJsThread) {
        if let Some(deferred) = self.0.take() {
            deferred.resolve(read);
        }
    }
}

/// A promise nobody settled would keep the process alive for ever.
impl Drop for Settle {
    fn drop(&mut self) {
        let lost = || Err(Error::internal("the call ended without an answer").into());
        self.settle(Box::new(move |env| run::<()>(env, lost)));
    }
}
