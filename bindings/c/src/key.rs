//! Keys and canonical JSON by themselves, for programs that send requests their own way.

use std::ffi::c_char;

use alikassa::{Digest, DigestMode, SigningKey, VerifyingKey};

use crate::boundary;
use crate::error::alikassa_error;
use crate::handle::{self, Handle};
use crate::text::{Text, alikassa_str, alikassa_text};

/// A merchant's private key. End it with `alikassa_signing_key_free`.
pub enum alikassa_signing_key {}

impl Handle for alikassa_signing_key {
    type Object = SigningKey;
    const NAME: &'static str = "key";
}

/// A public key that checks signatures. End it with `alikassa_verifying_key_free`.
pub enum alikassa_verifying_key {}

impl Handle for alikassa_verifying_key {
    type Object = VerifyingKey;
    const NAME: &'static str = "key";
}

/// Opens `private.pem` with `password.txt` in a folder as the provider's archive unpacks.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_signing_key_load(
    folder: *const c_char,
    folder_len: usize,
    key: *mut *mut alikassa_signing_key,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::call(key, error, |caller| {
        handle::issue(SigningKey::load(
            caller.text("folder", folder, folder_len)?,
        )?)
    })
}

/// Opens a private key in PEM form; NULL where there is no password.
///
/// The bytes of a `password.txt` will do too: should the key not open with the password as it is, it is tried without
/// a byte-order mark and one line end.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_signing_key_from_pem(
    pem: *const c_char,
    pem_len: usize,
    password: *const c_char,
    password_len: usize,
    key: *mut *mut alikassa_signing_key,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::call(key, error, |caller| {
        let pem = caller.bytes("pem", pem, pem_len)?;
        let password = caller.optional_bytes("password", password, password_len)?;
        handle::issue(SigningKey::from_pem(pem, password)?)
    })
}

/// The base64 signature of `data`, as in the header `Sign`; `digest` is `sha1` or `sha256`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_sign(
    key: *const alikassa_signing_key,
    data: *const c_char,
    data_len: usize,
    digest: *const c_char,
    digest_len: usize,
    signature: *mut *mut alikassa_text,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::call(signature, error, |caller| {
        let data = caller.bytes("data", data, data_len)?;
        let digest: Digest = caller.text("digest", digest, digest_len)?.parse()?;
        let signature = handle::get(key)?.sign(data, digest)?;
        handle::issue(Text(signature.into_bytes()))
    })
}

/// Ends a private key. Clients that use it go on.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_signing_key_free(key: *mut alikassa_signing_key) {
    boundary::release(key);
}

/// Opens `public.pem` in a folder as the provider's archive unpacks.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_verifying_key_load(
    folder: *const c_char,
    folder_len: usize,
    key: *mut *mut alikassa_verifying_key,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::call(key, error, |caller| {
        handle::issue(VerifyingKey::load(
            caller.text("folder", folder, folder_len)?,
        )?)
    })
}

/// Opens a public key, or the public key of a certificate, in PEM form.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_verifying_key_from_pem(
    pem: *const c_char,
    pem_len: usize,
    key: *mut *mut alikassa_verifying_key,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::call(key, error, |caller| {
        handle::issue(VerifyingKey::from_pem(caller.bytes("pem", pem, pem_len)?)?)
    })
}

/// Checks the base64 signature of `data` and gives the digest that matched, `sha1` or `sha256`, as static text.
///
/// `digest` says which may match: `auto` is either. `ALIKASSA_STATUS_SIGNATURE_MISMATCH` when none does.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_verify(
    key: *const alikassa_verifying_key,
    data: *const c_char,
    data_len: usize,
    signature: *const c_char,
    signature_len: usize,
    digest: *const c_char,
    digest_len: usize,
    matched: *mut alikassa_str,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::call(matched, error, |caller| {
        let data = caller.bytes("data", data, data_len)?;
        let signature = caller.text("signature", signature, signature_len)?;
        let digest: DigestMode = caller.text("digest", digest, digest_len)?.parse()?;
        let matched = handle::get(key)?.verify(data, signature, digest)?;
        Ok(matched.as_str().into())
    })
}

/// Ends a public key.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_verifying_key_free(key: *mut alikassa_verifying_key) {
    boundary::release(key);
}

/// The bytes that are signed and sent for the JSON object `json`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_canonical_json(
    json: *const c_char,
    json_len: usize,
    canonical: *mut *mut alikassa_text,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::call(canonical, error, |caller| {
        let body = alikassa::parse_body(caller.bytes("json", json, json_len)?)?;
        handle::issue(Text(alikassa::canonical_json(&body)?))
    })
}
