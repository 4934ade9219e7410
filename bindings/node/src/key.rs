//! Keys: loaded, and used to sign and to verify.

use alikassa::{Digest, DigestMode, Error, SigningKey, VerifyingKey};
use napi::Env;
use napi::bindgen_prelude::{External, Object, Unknown};
use napi_derive::napi;

use crate::boundary;
use crate::error::Failure;
use crate::input::Argument;
use crate::options;

/// The private key in a folder of the provider's archive.
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

pub(crate) fn signing_key(env: &Env, key: SigningKey) -> Result<Object<'_>, Failure> {
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
        let digest = options::digest(options)?.unwrap_or(Digest::Sha1);
        if key.is_external() {
            let message = "sign: this thread cannot wait for an external signer, which runs on it: call its function yourself";
            return Err(Error::signing("failed", message).into());
        }
        Ok(key.sign(&data, digest)?)
    })
}

/// The public key in a folder of the provider's archive.
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

/// A public key or a certificate in PEM form.
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

/// The public key in an argument that is a key or a folder.
pub(crate) fn public_key(argument: &Argument<'_>) -> Result<VerifyingKey, Failure> {
    if let Some(key) = argument.handle()? {
        return Ok(key);
    }
    let advice = "pass the path of a folder, or a VerifyingKey";
    Ok(VerifyingKey::load(argument.text_or(advice)?)?)
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
        let digest = options::digest(options)?.unwrap_or(DigestMode::Auto);
        Ok(key.verify(&data, &signature, digest)?.as_str())
    })
}
