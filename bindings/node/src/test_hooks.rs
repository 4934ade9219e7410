//! Failures on demand, for the tests that show them contained.

#![allow(clippy::panic, reason = "the tests want it contained")]

use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::{External, Object, ToNapiValue};
use napi_derive::napi;

use crate::boundary;
use crate::completion_queue::{self, CompletionQueue, PromiseHandle};

/// Panics on the JavaScript thread.
#[napi]
pub(crate) fn test_panic(env: &Env) -> napi::Result<Object<'_>> {
    boundary::run::<()>(*env, || panic!("a panic requested by a test"))
}

/// The number of a promise for the result of a thread that panics.
#[napi]
pub(crate) fn test_panic_on_spawned_thread<'js>(
    env: &'js Env,
    queue: &External<Arc<CompletionQueue>>,
) -> napi::Result<Object<'js>> {
    let work = || panic!("a panic requested by a test");
    boundary::run(*env, || {
        Ok(completion_queue::spawn_blocking(queue, work, |env, ()| {
            Ok(().into_unknown(env)?)
        }))
    })
}

/// The number of a promise whose handle is dropped unsettled.
#[napi]
pub(crate) fn test_lost_promise<'js>(
    env: &'js Env,
    queue: &External<Arc<CompletionQueue>>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || Ok(PromiseHandle::new(queue).promise()))
}
