//! One call: started, cancelled, and its reply read.

use std::ops::ControlFlow;
use std::sync::Arc;

use alikassa::binding::{Call, OnUpdate, Operation, Pending, Response, Rule};
use alikassa::{Cert, Client, RawRequest, Reply};
use napi::Env;
use napi::bindgen_prelude::{External, ExternalRef, Function, Object, Unknown};
use napi_derive::napi;

use crate::boundary;
use crate::codec;
use crate::completion_queue::{CompletionQueue, PromiseHandle};
use crate::error::Failure;
use crate::input::{Argument, Encode, FieldReader};
use crate::limits;
use crate::options::CallOptions;
use crate::output;
use crate::progress::ProgressListener;

/// Starts a typed call. A wait with `on_update` delivers each status to the listener.
#[napi]
#[allow(
    clippy::too_many_arguments,
    reason = "napi passes each JavaScript argument separately"
)]
pub(crate) fn client_call<'js>(
    env: &'js Env,
    queue: &External<Arc<CompletionQueue>>,
    client: &External<Client>,
    name: Unknown<'js>,
    fields: Unknown<'js>,
    options: Unknown<'js>,
    encode: Encode<'js>,
    listener: Option<ExternalRef<ProgressListener>>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let name = Argument::new("operation", name).text()?;
        let mut order_id = None;
        let reader = FieldReader(encode);
        let (call, options) = typed(&name, fields, options, &reader, listener, &mut order_id)
            .map_err(|failure| {
                failure.map(|error| Call::refused(&name, order_id.as_deref(), error))
            })?;
        start(env, queue, client, call, &options, Ok)
    })
}

fn typed<'js>(
    name: &str,
    fields: Unknown<'js>,
    options: Unknown<'js>,
    reader: &FieldReader<'js>,
    listener: Option<ExternalRef<ProgressListener>>,
    order_id: &mut Option<String>,
) -> Result<(Call, CallOptions), Failure> {
    let mut fields = reader.request_fields(fields, object_fields(name), order_id)?;
    let mut call_options = CallOptions::default();
    let (mut interval, mut has_listener, mut is_dry_run) = (None, false, false);
    let verb = name.split('.').next_back();
    let (resolves, waits) = (verb == Some("resolve"), verb == Some("wait"));
    for option in Argument::options(options)? {
        match option.name() {
            "amount" if resolves => fields.push(("amount".to_owned(), reader.value(&option)?)),
            "dry_run" => is_dry_run = option.flag()?,
            "interval" if waits => interval = Some(option.duration()?),
            "on_update" if waits => {
                option.expect_function()?;
                has_listener = true;
            }
            _ => call_options.set(&option)?,
        }
    }
    let call = Call::named(name, fields)?.interval(interval);
    let call = match listener.filter(|_| has_listener) {
        Some(listener) => call.on_update(listener.on_update()),
        None => call,
    };
    Ok((call.dry_run(is_dry_run), call_options))
}

/// The number of this typed call that a function decides about, as of [`limits::number_to_allow`].
#[napi]
pub(crate) fn client_call_number<'js>(
    env: &'js Env,
    client: &External<Client>,
    name: Unknown<'js>,
    fields: Unknown<'js>,
    encode: Encode<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let name = Argument::new("operation", name).text()?;
        let fields = FieldReader(encode).request_fields(fields, object_fields(&name), &mut None);
        let call = fields
            .ok()
            .and_then(|fields| Call::named(&name, fields).ok());
        Ok(limits::number_to_allow(env, client, call)?)
    })
}

/// The fields of the operation's request that are objects.
fn object_fields(operation: &str) -> Vec<&'static str> {
    let operation = Operation::named(operation).ok();
    let fields = operation.and_then(Operation::request_fields);
    let fields = fields.unwrap_or_default().iter();
    let objects = fields.filter(|field| matches!(field.rule, Rule::Object(_)));
    objects.map(|field| field.name).collect()
}

/// Encodes the body in JavaScript. Called last: its getters run only after all other checks.
type EncodeBody<'js> = Function<'js, (), Unknown<'js>>;

/// Starts a raw request; `encode_body` returns its encoded body.
#[napi]
pub(crate) fn client_request<'js>(
    env: &'js Env,
    queue: &External<Arc<CompletionQueue>>,
    client: &External<Client>,
    path: Unknown<'js>,
    encode_body: EncodeBody<'js>,
    options: Unknown<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let path = Argument::new("path", path).text()?;
        let (mut read, mut order_id) = (false, None);
        let (call, options) =
            raw(&path, &encode_body, options, &mut read, &mut order_id).map_err(|failure| {
                failure.map(|error| Call::raw_refused(&path, order_id.as_deref(), read, error))
            })?;
        start(env, queue, client, call, &options, Ok)
    })
}

fn raw(
    path: &str,
    encode_body: &EncodeBody<'_>,
    options: Unknown<'_>,
    read: &mut bool,
    order_id: &mut Option<String>,
) -> Result<(Call, CallOptions), Failure> {
    let mut call_options = CallOptions::default();
    let (mut cert, mut is_dry_run) = (String::new(), false);
    for option in Argument::options(options)? {
        match option.name() {
            "cert" => cert = option.text()?,
            "dry_run" => is_dry_run = option.flag()?,
            "read" => *read = option.flag()?,
            _ => call_options.set(&option)?,
        }
    }
    let data = codec::decode_request(encode_body.call(())?, order_id)?;
    let request = RawRequest::new(path, data, cert.parse::<Cert>()?, *read);
    let call = Call::raw(request).dry_run(is_dry_run);
    Ok((call, call_options))
}

/// The number of this raw request that a function decides about, as of [`limits::number_to_allow`].
#[napi]
#[allow(
    clippy::needless_pass_by_value,
    reason = "napi hands functions over by value"
)]
pub(crate) fn client_request_number<'js>(
    env: &'js Env,
    client: &External<Client>,
    path: Unknown<'js>,
    encode_body: EncodeBody<'js>,
    options: Unknown<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let call = Argument::new("path", path).text().and_then(|path| {
            let read = raw(&path, &encode_body, options, &mut false, &mut None)?;
            Ok(read.0)
        });
        Ok(limits::number_to_allow(env, client, call.ok())?)
    })
}

/// Starts a call. `on_response` gets the response on the JavaScript thread, before it is settled.
///
/// Returns `{ promise, call, end }`: the number of a promise for the outcome, what
/// [`client_cancel`] takes, and of a create the number of a promise that is settled when the create
/// has ended.
pub(crate) fn start<'js>(
    env: &'js Env,
    queue: &Arc<CompletionQueue>,
    client: &Client,
    call: Call,
    options: &CallOptions,
    on_response: impl FnOnce(Response) -> alikassa::Result<Response> + Send + 'static,
) -> Result<Object<'js>, Failure> {
    if options.is_aborted {
        return Err(call.cancelled().into());
    }
    let mut started = Object::new(env)?;
    let call = if call.creates() {
        let (on_update, end) = track_create(queue);
        started.set("end", end)?;
        call.on_update(on_update)
    } else {
        call
    };
    let handle = PromiseHandle::new(queue);
    started.set("promise", handle.promise())?;
    let pending = client.submit(call, &options.core, move |result| {
        handle.settle(|env| {
            let response = result.and_then(on_response)?;
            Ok(output::response_to_js(env, response)?)
        });
    });
    started.set("call", External::new(pending))?;
    Ok(started)
}

/// An `on_update` for a create, and the number of a promise that is settled when the create has
/// ended, even if its caller has stopped waiting: a create cancelled in flight still has to record
/// its outcome.
fn track_create(queue: &Arc<CompletionQueue>) -> (OnUpdate, u32) {
    let end = PromiseHandle::new(queue);
    let promise = end.promise();
    // A call drops its `on_update` when it ends, and a dropped handle settles its promise.
    let on_update = move |_: &_| {
        let _ = &end;
        ControlFlow::Continue(())
    };
    (Box::new(on_update), promise)
}

/// Stops waiting for a call.
#[napi]
pub(crate) fn client_cancel<'js>(
    env: &'js Env,
    pending: &External<Pending>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        pending.cancel();
        Ok(())
    })
}

/// The JSON of a raw reply.
#[napi]
pub(crate) fn reply_json<'js>(env: &'js Env, reply: &External<Reply>) -> napi::Result<Object<'js>> {
    boundary::run(*env, || Ok(output::value_to_js(env, &reply.json()?)?))
}
