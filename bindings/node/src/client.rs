//! The client: opened, its notices taken, closed.

use std::sync::Arc;

use alikassa::Client;
use napi::Env;
use napi::bindgen_prelude::{External, Object, ToNapiValue, Unknown};
use napi_derive::napi;

use crate::boundary;
use crate::completion_queue::{self, CompletionQueue};
use crate::error::Failure;
use crate::input::Argument;
use crate::options;

/// A client with these options.
#[napi]
pub(crate) fn client_open<'js>(env: &'js Env, options: Unknown<'js>) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let client = options::client_builder(Argument::options(options)?)?.build()?;
        opened(env, client)
    })
}

/// A client of another account that shares everything else with `client`.
#[napi]
pub(crate) fn client_for_account<'js>(
    env: &'js Env,
    client: &External<Client>,
    account: Unknown<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let account = Argument::new("account", account).text()?;
        opened(env, client.for_account(account)?)
    })
}

fn opened(env: &Env, client: Client) -> Result<Object<'_>, Failure> {
    let mut opened = Object::new(env)?;
    opened.set("account", client.account_id())?;
    opened.set("base_url", client.base_url())?;
    opened.set("handle", External::new(client))?;
    Ok(opened)
}

/// The notices since the last time they were taken.
#[napi]
pub(crate) fn client_notices<'js>(
    env: &'js Env,
    client: &External<Client>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || Ok(client.take_notices()))
}

/// The number of a promise that is settled when no call is in flight any more.
#[napi]
pub(crate) fn client_close<'js>(
    env: &'js Env,
    queue: &External<Arc<CompletionQueue>>,
    client: &External<Client>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let client = Client::clone(client);
        let close = move || {
            client.close();
            Ok(())
        };
        Ok(completion_queue::spawn_blocking(queue, close, |env, ()| {
            Ok(().into_unknown(env)?)
        }))
    })
}
