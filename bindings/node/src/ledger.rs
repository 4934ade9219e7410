//! The ledger. Its disk work runs on separate threads, never on the JavaScript thread.

use std::sync::Arc;

use alikassa::{Ledger, Notification};
use napi::Env;
use napi::bindgen_prelude::{External, Object, ToNapiValue, Unknown};
use napi_derive::napi;

use crate::boundary;
use crate::completion_queue::{self, CompletionQueue};
use crate::input::Argument;
use crate::output;

/// The ledger in this file.
#[napi]
pub(crate) fn ledger_new<'js>(env: &'js Env, path: Unknown<'js>) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let ledger = Ledger::new(Argument::new("path", path).text()?)?;
        let mut opened = Object::new(env)?;
        opened.set("path", ledger.path().to_string_lossy().as_ref())?;
        opened.set("handle", External::new(ledger))?;
        Ok(opened)
    })
}

/// The number of a promise for the open rows, whose outcome is not known yet.
#[napi]
pub(crate) fn ledger_open<'js>(
    env: &'js Env,
    queue: &External<Arc<CompletionQueue>>,
    ledger: &External<Ledger>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let ledger = Ledger::clone(ledger);
        let open = move || ledger.open();
        Ok(completion_queue::spawn_blocking(
            queue,
            open,
            |env, rows| Ok(output::rows_to_js(env, &rows)?),
        ))
    })
}

/// The number of a promise that is settled when the row is released.
#[napi]
pub(crate) fn ledger_release<'js>(
    env: &'js Env,
    queue: &External<Arc<CompletionQueue>>,
    ledger: &External<Ledger>,
    operation: Unknown<'js>,
    order_id: Unknown<'js>,
    reason: Unknown<'js>,
    options: Unknown<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let operation = Argument::new("operation", operation).text()?;
        let order_id = Argument::new("order_id", order_id).text()?;
        let reason = Argument::new("reason", reason).text()?;
        let mut account = None;
        for option in Argument::options(options)? {
            match option.name() {
                "account" => account = Some(option.text()?),
                _ => return Err(option.unknown()),
            }
        }
        let ledger = Ledger::clone(ledger);
        let release = move || ledger.release_in(account.as_deref(), &operation, &order_id, &reason);
        Ok(completion_queue::spawn_blocking(
            queue,
            release,
            |env, ()| Ok(().into_unknown(env)?),
        ))
    })
}

/// The number of a promise for how a verified notification was noted: `new`, `seen` or `stale`.
#[napi]
pub(crate) fn ledger_note<'js>(
    env: &'js Env,
    queue: &External<Arc<CompletionQueue>>,
    ledger: &External<Ledger>,
    event: Unknown<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let event = Argument::new("event", event);
        let Some(event) = event.handle::<Notification>()? else {
            return Err(event.refuse("type", "pass a Notification returned by verify"));
        };
        let ledger = Ledger::clone(ledger);
        let note = move || ledger.note(&event);
        Ok(completion_queue::spawn_blocking(
            queue,
            note,
            |env, result| Ok(result.as_str().into_unknown(env)?),
        ))
    })
}
