//! The stream of the ledger's open rows. The JavaScript side takes the rows as they settle.

use std::sync::Arc;

use alikassa::binding::{Call, ReconcileEvent, ReconcileStream, StatusStream};
use alikassa::{Client, Reconciled, Value};
use napi::Env;
use napi::bindgen_prelude::{Either, External, Null, Object, Unknown};
use napi_derive::napi;

use crate::batch::{self, Batch};
use crate::boundary;
use crate::completion_queue::CompletionQueue;
use crate::error::{self, Failure};
use crate::options;
use crate::output;

/// The open rows of one iteration.
pub(crate) type ReconcileBatch = Batch<ReconcileStream>;

/// Opens the stream; `reports_progress` allows the option `onProgress`.
#[napi]
pub(crate) fn reconcile_open<'js>(
    env: &'js Env,
    client: &External<Client>,
    options: Unknown<'js>,
    reports_progress: bool,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let (options, call) = options::batch(options, reports_progress).map_err(refused)?;
        let open = |on_ready| ReconcileStream::new(client, options, call.core, on_ready);
        Ok(External::new(ReconcileBatch::open(open)?))
    })
}

/// The next event, `{ event: 'pending' | 'ready' | 'done' }`. `pending` has a `pause`, the longest
/// wait in milliseconds or null; `ready` has what became of a row, `reconciled`.
#[napi]
pub(crate) fn reconcile_next_event<'js>(
    env: &'js Env,
    batch: &External<ReconcileBatch>,
    aborted: bool,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        if aborted {
            return Err(refused(StatusStream::cancelled().into()));
        }
        match batch.next()?.step() {
            ReconcileEvent::Pending(pause) => Ok(batch::pending(env, pause)?),
            ReconcileEvent::Ready(reconciled) => {
                let mut ready = batch::event(env, "ready")?;
                ready.set("reconciled", reconciled_to_js(env, &reconciled)?)?;
                Ok(ready)
            }
            ReconcileEvent::Failed(error) => Err(error.into()),
            _ => Ok(batch::event(env, "done")?),
        }
    })
}

/// `{ row, error, other_id }`, with the row's fields.
fn reconciled_to_js<'js>(env: &'js Env, reconciled: &Reconciled) -> napi::Result<Object<'js>> {
    let error = reconciled.error.as_ref();
    let error = error
        .map(|error| error::error_to_js(env, error))
        .transpose()?;
    let other_id = reconciled.other_id.map_or(Value::Null, Value::Integer);
    let mut object = Object::new(env)?;
    object.set("row", output::row_to_js(env, Some(&reconciled.row))?)?;
    object.set("error", error.map_or(Either::B(Null), Either::A))?;
    object.set("other_id", output::value_to_js(env, &other_id)?)?;
    Ok(object)
}

/// The number of a promise that is settled when a row is ready that no event covered yet.
#[napi]
pub(crate) fn reconcile_ready<'js>(
    env: &'js Env,
    queue: &External<Arc<CompletionQueue>>,
    batch: &External<ReconcileBatch>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || Ok(batch.ready(queue)))
}

/// Cancels the requests in flight.
#[napi]
pub(crate) fn reconcile_close<'js>(
    env: &'js Env,
    batch: &External<ReconcileBatch>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        batch.close();
        Ok(())
    })
}

fn refused(failure: Failure) -> Failure {
    failure.map(|error| Call::refused("reconcile", None, error))
}
