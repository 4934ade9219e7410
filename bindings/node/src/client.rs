//! The client: its settings, its calls, and its end.

use std::thread;

use alikassa::{
    Call, CallOptions, Cert, Client, ClientBuilder, DigestMode, IntoSigningKey, Operation, Pending,
    RawRequest, Reply, SigningKey,
};
use napi::Env;
use napi::bindgen_prelude::{External, Object, ToNapiValue, Unknown};
use napi_derive::napi;

use crate::boundary::{self, Settle};
use crate::convert::{self, Argument, Entries, Reader};
use crate::error::Failure;

/// A client with these settings.
#[napi]
pub(crate) fn client_open<'js>(env: &'js Env, options: Unknown<'js>) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let options = Argument::options(options)?;
        opened(env, configured(&options)?)
    })
}

/// A client with the environment's settings.
#[napi]
pub(crate) fn client_from_env(env: &Env) -> napi::Result<Object<'_>> {
    boundary::run(*env, || opened(env, ClientBuilder::from_env()?))
}

fn opened(env: &Env, builder: ClientBuilder) -> Result<Object<'_>, Failure> {
    let client = builder.language("node").build()?;
    let mut opened = Object::new(env)?;
    opened.set("account", client.account_id())?;
    opened.set("base_url", client.base_url())?;
    opened.set("handle", External::new(client))?;
    Ok(opened)
}

fn configured(options: &[Argument<'_>]) -> Result<ClientBuilder, Failure> {
    let account = options.iter().find(|option| option.name() == "account");
    let account = account.map(Argument::text).transpose()?;
    let mut builder = Client::builder(account.unwrap_or_default());
    for option in options {
        builder = match option.name() {
            "account" => builder,
            "payment_cert" => builder.payment_cert(signing_key(option)?)?,
            "payout_cert" => builder.payout_cert(signing_key(option)?)?,
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
            "application" => builder.application(option.text()?),
            _ => return Err(option.unknown()),
        };
    }
    Ok(builder)
}

fn signing_key(option: &Argument<'_>) -> Result<SigningKey, Failure> {
    match option.signing_key()? {
        Some(key) => Ok(key),
        None => Ok(option.text()?.as_str().into_signing_key()?),
    }
}

/// Starts an operation of the table.
#[napi]
pub(crate) fn client_call<'js>(
    env: &'js Env,
    client: &External<Client>,
    operation: Unknown<'js>,
    fields: Unknown<'js>,
    options: Unknown<'js>,
    entries: Entries<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let mut how = How::default();
        for option in Argument::options(options)? {
            how.read(&option)?;
        }
        let operation = Operation::named(&Argument::new("operation", operation).text()?)?;
        let fields = Reader(entries).fields(fields)?;
        start(env, client, Call::Typed(operation, fields), &how)
    })
}

/// Starts a raw request.
#[napi]
pub(crate) fn client_request<'js>(
    env: &'js Env,
    client: &External<Client>,
    path: Unknown<'js>,
    data: Unknown<'js>,
    options: Unknown<'js>,
    entries: Entries<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let mut how = How::default();
        let (mut cert, mut read) = (String::new(), false);
        for option in Argument::options(options)? {
            match option.name() {
                "cert" => cert = option.text()?,
                "read" => read = option.flag()?,
                _ => how.read(&option)?,
            }
        }
        let path = Argument::new("path", path).text()?;
        let data = Reader(entries).body(data)?;
        let request = RawRequest::new(path, data, cert.parse::<Cert>()?, read);
        start(env, client, Call::Raw(request), &how)
    })
}

/// The options of every call.
#[derive(Default)]
struct How {
    options: CallOptions,
    aborted: bool,
}

impl How {
    fn read(&mut self, option: &Argument<'_>) -> Result<(), Failure> {
        match option.name() {
            "timeout" => self.options = self.options.timeout(option.duration()?),
            "deadline" => self.options = self.options.deadline(option.duration()?),
            "signal" => self.aborted = option.aborted()?,
            _ => return Err(option.unknown()),
        }
        Ok(())
    }
}

/// `{ promise, pending }`: the promise is fulfilled with an outcome, `pending` is for [`client_cancel`].
fn start<'js>(
    env: &'js Env,
    client: &Client,
    call: Call,
    how: &How,
) -> Result<Object<'js>, Failure> {
    if how.aborted {
        return Err(call.cancelled().into());
    }
    let (settle, promise) = Settle::new(env)?;
    let pending = client.submit(call, &how.options, move |result| {
        settle.with(|env| Ok(convert::answer_to_js(env, result?)?.into_unknown(env)?));
    });
    let mut started = Object::new(env)?;
    started.set("promise", promise)?;
    started.set("pending", External::new(pending))?;
    Ok(started)
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

/// A promise that is fulfilled when no call is on its way any more. Waiting for them takes a thread.
#[napi]
pub(crate) fn client_close<'js>(
    env: &'js Env,
    client: &External<Client>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let (settle, promise) = Settle::new(env)?;
        let client = Client::clone(client);
        let close = move || {
            client.close();
            settle.with(|env| Ok(().into_unknown(env)?));
        };
        // Without a thread `close` is dropped, and the promise with it says so.
        let _ = thread::Builder::new()
            .name("alikassa-close".to_owned())
            .spawn(close);
        Ok(promise)
    })
}

/// The JSON of a raw answer.
#[napi]
pub(crate) fn reply_json<'js>(env: &'js Env, reply: &External<Reply>) -> napi::Result<Object<'js>> {
    boundary::run(*env, || Ok(convert::to_js(env, &reply.json()?)?))
}
