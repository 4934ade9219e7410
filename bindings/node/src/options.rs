//! The options of a client and of a call.

use std::str::FromStr;

use alikassa::binding::{EventSink, Language, OptionKind, OptionValue};
use alikassa::{BatchOptions, Client, ClientBuilder};
use napi::Env;
use napi::bindgen_prelude::{External, Object, Unknown};
use napi_derive::napi;

use crate::boundary;
use crate::error::Failure;
use crate::input::Argument;
use crate::limits;
use crate::output;

/// The options that are neither undefined nor null.
#[napi]
pub(crate) fn present_options<'js>(
    env: &'js Env,
    options: Unknown<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let options = Argument::options(options)?;
        let members = options.iter();
        let members = members.map(|option| Ok((option.shown(), option.value())));
        Ok(output::object_to_js(env, members)?)
    })
}

/// The options that the environment sets, except the `given` ones; a key is a handle.
#[allow(
    clippy::needless_pass_by_value,
    reason = "napi converts arguments to owned values"
)]
#[napi]
pub(crate) fn environment(env: &Env, given: Vec<String>) -> napi::Result<Object<'_>> {
    boundary::run(*env, || {
        let is_given = |name: &str| {
            given
                .iter()
                .any(|given| *given == Language::Node.option(name))
        };
        let mut options = Object::new(env)?;
        for (name, value) in alikassa::binding::environment(is_given)? {
            let name = Language::Node.option(name);
            match value {
                OptionValue::SigningKey(key) => options.set(name, External::new(key))?,
                OptionValue::VerifyingKey(key) => options.set(name, External::new(key))?,
                OptionValue::Text(text) => options.set(name, text)?,
                other => unreachable!("the environment has texts and keys, no {other:?}"),
            }
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
        let Ok(row) = alikassa::binding::option(option.name()) else {
            return Err(option.unknown());
        };
        for value in read_values(option, row.kind)? {
            builder = builder.set(row.name, value)?;
        }
    }
    Ok(builder)
}

/// The values of an option; several only if it is a list of keys.
fn read_values(option: Argument<'_>, kind: OptionKind) -> Result<Vec<OptionValue>, Failure> {
    Ok(vec![match kind {
        OptionKind::Account => return Ok(Vec::new()),
        OptionKind::Choice(_) | OptionKind::Path | OptionKind::Text => {
            OptionValue::Text(option.text()?)
        }
        OptionKind::Count(..) => OptionValue::Count(option.count()?),
        OptionKind::Duration(..) => OptionValue::Duration(option.duration()?),
        OptionKind::EventHook => event_hook(&option)?,
        OptionKind::Flag => OptionValue::Flag(option.flag()?),
        OptionKind::Ledger => ledger(&option)?,
        OptionKind::Limits => return limits::read(option),
        OptionKind::SigningKey => signing_key(&option)?,
        OptionKind::VerifyingKeys => {
            return option.items()?.iter().map(verifying_key).collect();
        }
    }])
}

fn event_hook(option: &Argument<'_>) -> Result<OptionValue, Failure> {
    let hook = option.handle::<EventSink>()?.map(OptionValue::EventHook);
    hook.ok_or_else(|| option.refuse("type", "pass a function"))
}

fn ledger(option: &Argument<'_>) -> Result<OptionValue, Failure> {
    Ok(match option.handle()? {
        Some(ledger) => OptionValue::Ledger(ledger),
        None => OptionValue::Text(option.text_or("pass a Ledger, or the path of its file")?),
    })
}

fn signing_key(option: &Argument<'_>) -> Result<OptionValue, Failure> {
    let advice = "pass the path of a folder, or a SigningKey";
    Ok(match option.handle()? {
        Some(key) => OptionValue::SigningKey(key),
        None => OptionValue::Text(option.text_or(advice)?),
    })
}

fn verifying_key(option: &Argument<'_>) -> Result<OptionValue, Failure> {
    let advice = "pass the path of a folder, or a VerifyingKey";
    Ok(match option.handle()? {
        Some(key) => OptionValue::VerifyingKey(key),
        None => OptionValue::Text(option.text_or(advice)?),
    })
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

/// The limits of many requests, and the options of each. The JavaScript side calls `onProgress`.
pub(crate) fn batch(
    options: Unknown<'_>,
    reports_progress: bool,
) -> Result<(BatchOptions, CallOptions), Failure> {
    let (mut batch, mut call) = (BatchOptions::default(), CallOptions::default());
    for option in Argument::options(options)? {
        match option.name() {
            "concurrency" => {
                batch.concurrency = option.count()?.try_into().unwrap_or(usize::MAX);
            }
            "rate" => batch.rate = Some(option.rate()?),
            "on_progress" if reports_progress => option.expect_function()?,
            _ => call.set(&option)?,
        }
    }
    Ok((batch, call))
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
