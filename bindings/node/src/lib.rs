//! The library for Node: every function here converts, calls the core, and converts back.
//!
//! `node/src` makes the public classes from them. A function gives `{ ok }` or `{ error }` and the JavaScript
//! side throws: an error made there is of the class, and of the realm, that the caller's `instanceof` knows.
#![cfg_attr(test, allow(dead_code, reason = "a test build exports nothing"))]

mod boundary;
mod client;
mod codec;
mod completion_queue;
mod error;
mod input;
mod ledger;
mod output;
mod progress;
mod statuses;

mod notification;

use std::str::FromStr;
#[cfg(feature = "test-hooks")]
use std::sync::Arc;

use alikassa::{Digest, DigestMode, SigningKey, VerifyingKey};
use napi::Env;
#[cfg(feature = "test-hooks")]
use napi::bindgen_prelude::ToNapiValue;
use napi::bindgen_prelude::{External, Object, Unknown};
use napi_derive::napi;

#[cfg(feature = "test-hooks")]
use completion_queue::{CompletionQueue, PromiseHandle};
use error::Failure;
use input::Argument;

/// The library's version.
#[napi]
pub(crate) fn version() -> &'static str {
    alikassa::VERSION
}

/// The deepest nesting of a body.
#[napi]
pub(crate) fn max_depth() -> u32 {
    u32::try_from(alikassa::binding::MAX_DEPTH).unwrap_or(u32::MAX)
}

/// The canonical form of an encoded body. It is ASCII, and JavaScript makes a Buffer of it faster than napi.
#[napi]
pub(crate) fn canonical_json<'js>(env: &'js Env, data: Unknown<'js>) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let bytes = alikassa::canonical_json(&codec::decode(data)?)?;
        Ok(env.create_string_latin1(bytes)?)
    })
}

/// The private key of an archive's folder.
#[napi]
pub(crate) fn signing_key_load<'js>(
    env: &'js Env,
    folder: Unknown<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let folder = Argument::new("folder", folder).text()?;
        signing_key(env, SigningKey::load(folder)?)
    })
}

/// A private key in PEM form.
#[napi]
pub(crate) fn signing_key_from_pem<'js>(
    env: &'js Env,
    pem: Unknown<'js>,
    password: Unknown<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let pem = Argument::new("pem", pem).bytes()?;
        let password = Argument::new("password", password).present()?;
        let password = password.map(|password| password.bytes()).transpose()?;
        let key = SigningKey::from_pem(pem, password.as_ref().map(|bytes| bytes.as_slice()))?;
        signing_key(env, key)
    })
}

fn signing_key(env: &Env, key: SigningKey) -> Result<Object<'_>, Failure> {
    let mut opened = Object::new(env)?;
    opened.set("bits", u32::try_from(key.bits()).unwrap_or(u32::MAX))?;
    opened.set("notices", Vec::from_iter(key.notice()))?;
    opened.set("handle", External::new(key))?;
    Ok(opened)
}

/// The signature of some data.
#[napi]
pub(crate) fn signing_key_sign<'js>(
    env: &'js Env,
    key: &External<SigningKey>,
    data: Unknown<'js>,
    options: Unknown<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let data = Argument::new("data", data).bytes()?;
        Ok(key.sign(&data, digest(options)?.unwrap_or(Digest::Sha1))?)
    })
}

/// The public key of an archive's folder.
#[napi]
pub(crate) fn verifying_key_load<'js>(
    env: &'js Env,
    folder: Unknown<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let folder = Argument::new("folder", folder).text()?;
        Ok(External::new(VerifyingKey::load(folder)?))
    })
}

/// A public key, or a certificate's, in PEM form.
#[napi]
pub(crate) fn verifying_key_from_pem<'js>(
    env: &'js Env,
    pem: Unknown<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let pem = Argument::new("pem", pem).bytes()?;
        Ok(External::new(VerifyingKey::from_pem(pem)?))
    })
}

/// The digest that a signature was made with.
#[napi]
pub(crate) fn verifying_key_verify<'js>(
    env: &'js Env,
    key: &External<VerifyingKey>,
    data: Unknown<'js>,
    signature: Unknown<'js>,
    options: Unknown<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let data = Argument::new("data", data).bytes()?;
        let signature = Argument::new("signature", signature).text()?;
        let digest = digest(options)?.unwrap_or(DigestMode::Auto);
        Ok(key.verify(&data, &signature, digest)?.as_str())
    })
}

fn digest<D: FromStr<Err = alikassa::Error>>(options: Unknown<'_>) -> Result<Option<D>, Failure> {
    let mut digest = None;
    for option in Argument::options(options)? {
        match option.name() {
            "digest" => digest = Some(option.text()?.parse()?),
            _ => return Err(option.unknown()),
        }
    }
    Ok(digest)
}

/// Panics on the JavaScript thread.
#[cfg(feature = "test-hooks")]
#[napi]
#[allow(clippy::panic, reason = "the tests want it contained")]
pub(crate) fn test_panic(env: &Env) -> napi::Result<Object<'_>> {
    boundary::run::<()>(*env, || panic!("a panic asked for by a test"))
}

/// The number of a promise of what a thread gives that panics.
#[cfg(feature = "test-hooks")]
#[napi]
#[allow(clippy::panic, reason = "the tests want it contained")]
pub(crate) fn test_panic_on_spawned_thread<'js>(
    env: &'js Env,
    queue: &External<Arc<CompletionQueue>>,
) -> napi::Result<Object<'js>> {
    let panics = || panic!("a panic asked for by a test");
    boundary::run(*env, || {
        Ok(completion_queue::spawn_blocking(
            queue,
            panics,
            |env, ()| Ok(().into_unknown(env)?),
        ))
    })
}

/// The number of a promise whose other end is lost.
#[cfg(feature = "test-hooks")]
#[napi]
pub(crate) fn test_lost_promise<'js>(
    env: &'js Env,
    queue: &External<Arc<CompletionQueue>>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || Ok(PromiseHandle::new(queue).promise()))
}
