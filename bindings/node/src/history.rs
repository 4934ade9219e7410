//! The pages of the history.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use alikassa::binding::{Call, HistoryPages};
use alikassa::{Client, Error};
use napi::Env;
use napi::bindgen_prelude::{Either, External, Null, Object, Unknown};
use napi_derive::napi;

use crate::boundary;
use crate::call;
use crate::completion_queue::CompletionQueue;
use crate::input::{Encode, FieldReader};
use crate::options::CallOptions;

/// The pages of one iteration, shared with its call in flight.
pub(crate) type SharedPages = Arc<Mutex<HistoryPages>>;

/// The pages of the history with these request fields.
#[napi]
pub(crate) fn history_pages<'js>(
    env: &'js Env,
    fields: Unknown<'js>,
    encode: Encode<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let fields = FieldReader(encode).fields(fields, Vec::new());
        let fields = fields.map_err(|failure| failure.map(refused))?;
        let pages = SharedPages::new(Mutex::new(HistoryPages::new(fields)));
        Ok(External::new(pages))
    })
}

/// Starts the call for the next page, as [`call::start`]; null after the last page.
#[napi]
pub(crate) fn client_next_page<'js>(
    env: &'js Env,
    queue: &External<Arc<CompletionQueue>>,
    client: &External<Client>,
    pages: &External<SharedPages>,
    options: Unknown<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let options = CallOptions::new(options).map_err(|failure| failure.map(refused))?;
        let Some(call) = lock(pages).next_call()? else {
            return Ok(Either::B(Null));
        };
        let pages = SharedPages::clone(pages);
        let started = call::start(env, queue, client, call, &options, move |response| {
            lock(&pages).read(&response)?;
            Ok(response)
        });
        Ok(Either::A(started?))
    })
}

fn lock(pages: &SharedPages) -> MutexGuard<'_, HistoryPages> {
    pages.lock().unwrap_or_else(PoisonError::into_inner)
}

fn refused(error: Error) -> Error {
    Call::refused("payments.history", None, error)
}
