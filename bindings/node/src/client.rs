//! The client: its settings, its calls, and its end.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use alikassa::binding::{Call, OnUpdate, Operation, Pages, Pending, Response, Rule};
use alikassa::{
    CallOptions, Cert, Client, ClientBuilder, DigestMode, Error, IntoSigningKey, IntoVerifyingKey,
    Ledger, RawRequest, Reply, SigningKey, VerifyingKey,
};
use napi::Env;
use napi::bindgen_prelude::{
    Either, External, ExternalRef, Function, Null, Object, ToNapiValue, Unknown,
};
use napi_derive::napi;

use crate::boundary;
use crate::codec;
use crate::completion_queue::{self, CompletionQueue, PromiseHandle};
use crate::error::Failure;
use crate::input::{Argument, Encode, FieldReader};
use crate::output;
use crate::progress::ProgressListener;

/// A client with these settings.
#[napi]
pub(crate) fn client_open<'js>(env: &'js Env, options: Unknown<'js>) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let options = Argument::options(options)?;
        opened(env, configured(options)?)
    })
}

/// The options that are given, by name.
#[napi]
pub(crate) fn options<'js>(env: &'js Env, options: Unknown<'js>) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let options = Argument::options(options)?;
        let members = options.iter();
        let members = members.map(|option| Ok((option.name(), option.value())));
        Ok(output::object_to_js(env, members)?)
    })
}

/// The options that the environment sets, by name; there is need of an account unless the caller has one.
#[napi]
pub(crate) fn environment(env: &Env, has_account: bool) -> napi::Result<Object<'_>> {
    boundary::run(*env, || {
        let mut options = Object::new(env)?;
        for (name, value) in alikassa::binding::environment(has_account)? {
            options.set(name, value)?;
        }
        Ok(options)
    })
}

fn opened(env: &Env, builder: ClientBuilder) -> Result<Object<'_>, Failure> {
    let client = builder.language("node").build()?;
    let mut opened = Object::new(env)?;
    opened.set("account", client.account_id())?;
    opened.set("base_url", client.base_url())?;
    opened.set("handle", External::new(client))?;
    Ok(opened)
}

fn configured(options: Vec<Argument<'_>>) -> Result<ClientBuilder, Failure> {
    let account = options.iter().find(|option| option.name() == "account");
    let account = account.map(Argument::text).transpose()?;
    let mut builder = Client::builder(account.unwrap_or_default());
    for option in options {
        builder = match option.name() {
            "account" => builder,
            "payment_cert" => builder.payment_cert(signing_key(&option)?)?,
            "payout_cert" => builder.payout_cert(signing_key(&option)?)?,
            "notification_cert" => checking(builder, option)?,
            "base_url" => builder.base_url(option.text()?),
            "digest" => builder.digest(option.text()?.parse::<DigestMode>()?),
            "ca_file" => builder.ca_file(option.text()?),
            "roots" => builder.roots(option.text()?.parse()?),
            "connect_timeout" => builder.connect_timeout(option.duration()?),
            "timeout" => builder.timeout(option.duration()?),
            "deadline" => builder.deadline(option.duration()?),
            "max_retries" => builder.max_retries(option.count()?),
            "max_connections" => {
                builder.max_connections(option.count()?.try_into().unwrap_or(usize::MAX))
            }
            "signature_cache" => {
                builder.signature_cache(option.count()?.try_into().unwrap_or(usize::MAX))
            }
            "ledger" => builder.ledger(ledger(&option)?),
            "application" => builder.application(option.text()?),
            _ => return Err(option.unknown()),
        };
    }
    Ok(builder)
}

fn signing_key(option: &Argument<'_>) -> Result<SigningKey, Failure> {
    if let Some(key) = option.handle()? {
        return Ok(key);
    }
    let folder = option.text_or("pass the path of a folder, or a SigningKey")?;
    Ok(folder.as_str().into_signing_key()?)
}

/// With the certificate, or each of a list of them.
fn checking(mut builder: ClientBuilder, option: Argument<'_>) -> Result<ClientBuilder, Failure> {
    for cert in option.items()? {
        builder = builder.notification_cert(verifying_key(&cert)?)?;
    }
    Ok(builder)
}

fn verifying_key(option: &Argument<'_>) -> Result<VerifyingKey, Failure> {
    if let Some(key) = option.handle()? {
        return Ok(key);
    }
    let folder = option.text_or("pass the path of a folder, or a VerifyingKey")?;
    Ok(folder.as_str().into_verifying_key()?)
}

fn ledger(option: &Argument<'_>) -> Result<Ledger, Failure> {
    if let Some(ledger) = option.handle()? {
        return Ok(ledger);
    }
    let path = option.text_or("pass a Ledger, or the path of its file")?;
    Ok(Ledger::new(path)?)
}

/// Starts a typed call. A wait with `on_update` tells the listener of each status.
#[napi]
#[allow(
    clippy::too_many_arguments,
    reason = "napi takes one by one what JavaScript passes"
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
        let (call, how) =
            typed(&name, fields, options, &reader, listener, &mut order_id).map_err(|failure| {
                failure.map(|error| Call::refused(&name, order_id.as_deref(), error))
            })?;
        start(env, queue, client, call, &how)
    })
}

fn typed<'js>(
    name: &str,
    fields: Unknown<'js>,
    options: Unknown<'js>,
    reader: &FieldReader<'js>,
    listener: Option<ExternalRef<ProgressListener>>,
    order_id: &mut Option<String>,
) -> Result<(Call, How), Failure> {
    let mut fields = reader.request_fields(fields, objects(name), order_id)?;
    let mut how = How::default();
    let (mut interval, mut listens) = (None, false);
    let verb = name.split('.').next_back();
    let (resolves, waits) = (verb == Some("resolve"), verb == Some("wait"));
    for option in Argument::options(options)? {
        match option.name() {
            "amount" if resolves => fields.push(("amount".to_owned(), reader.value(&option)?)),
            "interval" if waits => interval = Some(option.duration()?),
            "on_update" if waits => {
                option.expect_function()?;
                listens = true;
            }
            _ => how.read(&option)?,
        }
    }
    let call = Call::named(name, fields)?.interval(interval);
    let call = match listener.filter(|_| listens) {
        Some(listener) => call.on_update(listener.on_update()),
        None => call,
    };
    Ok((call, how))
}

/// The fields of the operation's request that have fields of their own.
fn objects(operation: &str) -> Vec<&'static str> {
    let operation = Operation::named(operation).ok();
    let fields = operation.and_then(Operation::request_fields);
    let fields = fields.unwrap_or_default().iter();
    let objects = fields.filter(|field| matches!(field.rule, Rule::Object(_)));
    objects.map(|field| field.name).collect()
}

/// The pages of the history, as one reader turns them.
pub(crate) type Turning = Arc<Mutex<Pages>>;

/// The pages of the history that these fields ask for.
#[napi]
pub(crate) fn history_pages<'js>(
    env: &'js Env,
    fields: Unknown<'js>,
    encode: Encode<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let fields = FieldReader(encode).fields(fields, Vec::new());
        let fields = fields.map_err(|failure| failure.map(history_refused))?;
        Ok(External::new(Turning::new(Mutex::new(Pages::new(fields)))))
    })
}

/// Starts the call for the next page, as [`client_call`]; null after the last one.
#[napi]
pub(crate) fn client_next_page<'js>(
    env: &'js Env,
    queue: &External<Arc<CompletionQueue>>,
    client: &External<Client>,
    pages: &External<Turning>,
    options: Unknown<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let how = How::of(options).map_err(|failure| failure.map(history_refused))?;
        let Some(call) = turned(pages).next_call()? else {
            return Ok(Either::B(Null));
        };
        let pages = Turning::clone(pages);
        let started = start_reading(env, queue, client, call, &how, move |answer| {
            turned(&pages).read(answer.clone())?;
            Ok(answer)
        });
        Ok(Either::A(started?))
    })
}

fn turned(pages: &Turning) -> MutexGuard<'_, Pages> {
    pages.lock().unwrap_or_else(PoisonError::into_inner)
}

fn history_refused(error: Error) -> Error {
    Call::refused("payments.history", None, error)
}

/// Encodes the body in JavaScript. Called last: its getters run only if all other arguments are valid.
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
        let (call, how) =
            raw(&path, &encode_body, options, &mut read, &mut order_id).map_err(|failure| {
                failure.map(|error| Call::raw_refused(&path, order_id.as_deref(), read, error))
            })?;
        start(env, queue, client, call, &how)
    })
}

fn raw(
    path: &str,
    encode_body: &EncodeBody<'_>,
    options: Unknown<'_>,
    read: &mut bool,
    order_id: &mut Option<String>,
) -> Result<(Call, How), Failure> {
    let mut how = How::default();
    let mut cert = String::new();
    for option in Argument::options(options)? {
        match option.name() {
            "cert" => cert = option.text()?,
            "read" => *read = option.flag()?,
            _ => how.read(&option)?,
        }
    }
    let data = codec::decode_request(encode_body.call(())?, order_id)?;
    let request = RawRequest::new(path, data, cert.parse::<Cert>()?, *read);
    Ok((Call::raw(request), how))
}

/// The options of every call.
#[derive(Default)]
pub(crate) struct How {
    pub(crate) options: CallOptions,
    aborted: bool,
}

impl How {
    fn of(options: Unknown<'_>) -> Result<Self, Failure> {
        let mut how = Self::default();
        for option in Argument::options(options)? {
            how.read(&option)?;
        }
        Ok(how)
    }

    pub(crate) fn read(&mut self, option: &Argument<'_>) -> Result<(), Failure> {
        match option.name() {
            "timeout" => self.options = self.options.timeout(option.duration()?),
            "deadline" => self.options = self.options.deadline(option.duration()?),
            "signal" => self.aborted = option.is_aborted()?,
            _ => return Err(option.unknown()),
        }
        Ok(())
    }
}

/// `{ promise, call, end }`: the number of a promise for the outcome, what [`client_cancel`] takes, and
/// of a create the number of a promise that is settled when it has ended.
fn start<'js>(
    env: &'js Env,
    queue: &Arc<CompletionQueue>,
    client: &Client,
    call: Call,
    how: &How,
) -> Result<Object<'js>, Failure> {
    start_reading(env, queue, client, call, how, Ok)
}

/// The same, with what becomes of the answer first.
fn start_reading<'js>(
    env: &'js Env,
    queue: &Arc<CompletionQueue>,
    client: &Client,
    call: Call,
    how: &How,
    read: impl FnOnce(Response) -> alikassa::Result<Response> + Send + 'static,
) -> Result<Object<'js>, Failure> {
    if how.aborted {
        return Err(call.cancelled().into());
    }
    let mut started = Object::new(env)?;
    let call = if call.creates() {
        let (held, end) = until_the_end(queue);
        started.set("end", end)?;
        call.on_update(held)
    } else {
        call
    };
    let handle = PromiseHandle::new(queue);
    started.set("promise", handle.promise())?;
    let pending = client.submit(call, &how.options, move |result| {
        handle.settle(|env| Ok(output::response_to_js(env, result.and_then(read)?)?));
    });
    started.set("call", External::new(pending))?;
    Ok(started)
}

/// An `on_update` for a call, and the number of a promise that is settled when the call has ended, even
/// if its caller has stopped waiting: a create cancelled in flight still has to record its outcome.
pub(crate) fn until_the_end(queue: &Arc<CompletionQueue>) -> (OnUpdate, u32) {
    let end = PromiseHandle::new(queue);
    let promise = end.promise();
    // A call drops its `on_update` when it ends.
    let held = move |_: &_| {
        let _ = &end;
        ControlFlow::Continue(())
    };
    (Box::new(held), promise)
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

/// The notices since the last asking.
#[napi]
pub(crate) fn client_notices<'js>(
    env: &'js Env,
    client: &External<Client>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || Ok(client.take_notices()))
}

/// The number of a promise that is fulfilled when no call is on its way any more.
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

/// The JSON of a raw answer.
#[napi]
pub(crate) fn reply_json<'js>(env: &'js Env, reply: &External<Reply>) -> napi::Result<Object<'js>> {
    boundary::run(*env, || Ok(output::value_to_js(env, &reply.json()?)?))
}
