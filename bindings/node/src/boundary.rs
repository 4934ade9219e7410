//! Where panics stop.

use std::panic::{AssertUnwindSafe, catch_unwind};

use alikassa::Error;
use alikassa::binding::{Language, panic_text};
use napi::Env;
use napi::bindgen_prelude::{Object, ToNapiValue};

use crate::error::{self, Failure};

/// Runs a function of the binding. Returns `{ ok }`, or `{ error }` for an error of the library and
/// for a panic. An exception that the caller's own code threw is thrown again.
pub(crate) fn run<'js, T: ToNapiValue>(
    env: Env,
    work: impl FnOnce() -> Result<T, Failure>,
) -> napi::Result<Object<'js>> {
    Language::Node.set();
    let outcome = catch_unwind(AssertUnwindSafe(|| outcome(env, work())));
    outcome.unwrap_or_else(|panic| {
        let error = Error::internal(panic_text(&*panic));
        self::outcome::<()>(env, Err(error.into()))
    })
}

fn outcome<'js, T: ToNapiValue>(env: Env, result: Result<T, Failure>) -> napi::Result<Object<'js>> {
    let mut outcome = Object::new(&env)?;
    let error = match result {
        Ok(value) => {
            outcome.set("ok", value)?;
            return Ok(outcome);
        }
        Err(Failure::Library(error)) => error,
        Err(Failure::Invalid(value)) => value.into(),
        Err(Failure::Thrown(thrown)) => return Err(thrown),
    };
    outcome.set("error", error::error_to_js(&env, &error)?)?;
    Ok(outcome)
}
