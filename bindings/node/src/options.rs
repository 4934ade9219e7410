//! The options of a client and of a call.

use std::str::FromStr;

use alikassa::{
    Client, ClientBuilder, DigestMode, IntoSigningKey, IntoVerifyingKey, Ledger, SigningKey,
    VerifyingKey,
};
use napi::Env;
use napi::bindgen_prelude::{Object, Unknown};
use napi_derive::napi;

use crate::boundary;
use crate::error::Failure;
use crate::input::Argument;
use crate::output;

/// The options that are neither undefined nor null, under their documented names.
#[napi]
pub(crate) fn normalize_options<'js>(
    env: &'js Env,
    options: Unknown<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let options = Argument::options(options)?;
        let members = options.iter();
        let members = members.map(|option| Ok((option.name(), option.value())));
        Ok(output::object_to_js(env, members)?)
    })
}

/// The options that the environment sets, by name. Without `has_account` it must set the account.
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

/// A builder with the options of a client.
pub(crate) fn client_builder(options: Vec<Argument<'_>>) -> Result<ClientBuilder, Failure> {
    let account = options.iter().find(|option| option.name() == "account");
    let account = account.map(Argument::text).transpose()?;
    let mut builder = Client::builder(account.unwrap_or_default());
    for option in options {
        builder = match option.name() {
            "account" => builder,
            "payment_cert" => builder.payment_cert(signing_key(&option)?)?,
            "payout_cert" => builder.payout_cert(signing_key(&option)?)?,
            "notification_cert" => notification_certs(builder, option)?,
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

/// Adds one certificate, or each of a list.
fn notification_certs(
    mut builder: ClientBuilder,
    option: Argument<'_>,
) -> Result<ClientBuilder, Failure> {
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

/// The options that every call has.
#[derive(Default)]
pub(crate) struct CallOptions {
    pub(crate) core: alikassa::CallOptions,
    /// The signal was aborted before the call started.
    pub(crate) is_aborted: bool,
}

impl CallOptions {
    pub(crate) fn new(options: Unknown<'_>) -> Result<Self, Failure> {
        let mut call = Self::default();
        for option in Argument::options(options)? {
            call.set(&option)?;
        }
        Ok(call)
    }

    pub(crate) fn set(&mut self, option: &Argument<'_>) -> Result<(), Failure> {
        match option.name() {
            "timeout" => self.core = self.core.timeout(option.duration()?),
            "deadline" => self.core = self.core.deadline(option.duration()?),
            "signal" => self.is_aborted = option.is_aborted()?,
            _ => return Err(option.unknown()),
        }
        Ok(())
    }
}

/// The `digest` of a signature or verification, its only option.
pub(crate) fn digest<D>(options: Unknown<'_>) -> Result<Option<D>, Failure>
where
    D: FromStr<Err = alikassa::Error>,
{
    let mut digest = None;
    for option in Argument::options(options)? {
        match option.name() {
            "digest" => digest = Some(option.text()?.parse()?),
            _ => return Err(option.unknown()),
        }
    }
    Ok(digest)
}
