//! Keys and canonical JSON, for programs that send requests without a client of this library.

use std::ffi::c_char;

use alikassa::{Digest, DigestMode, SigningKey, VerifyingKey};

use crate::boundary;
use crate::error::alikassa_error;
use crate::handle::{self, Handle};
use crate::str::alikassa_str;
use crate::text::{Text, alikassa_text};

/// A merchant's private key. Free it with `alikassa_signing_key_free`.
pub enum alikassa_signing_key {}

impl Handle for alikassa_signing_key {
    type Object = SigningKey;
    const NAME: &'static str = "key";
}

/// A public key that verifies signatures. Free it with `alikassa_verifying_key_free`.
pub enum alikassa_verifying_key {}

impl Handle for alikassa_verifying_key {
    type Object = VerifyingKey;
    const NAME: &'static str = "key";
}

/// Loads a private key from `folder`, the unpacked archive of the provider: `private.pem` and
/// `password.txt`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_signing_key_load(
    folder: *const c_char,
    folder_len: usize,
    key: *mut *mut alikassa_signing_key,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::new_handle(key, error, |arguments| {
        let folder = arguments.text("folder", (folder, folder_len))?;
        Ok(SigningKey::load(folder)?)
    })
}

/// Loads a private key from `pem`, a text in PEM form. `password` is NULL if there is no password.
///
/// `password` may be the content of `password.txt`: if the key does not decrypt, the library also
/// tries it without a byte-order mark and one line end.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_signing_key_from_pem(
    pem: *const c_char,
    pem_len: usize,
    password: *const c_char,
    password_len: usize,
    key: *mut *mut alikassa_signing_key,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::new_handle(key, error, |arguments| {
        let pem = arguments.bytes("pem", (pem, pem_len))?;
        let password = arguments.optional_bytes("password", (password, password_len))?;
        Ok(SigningKey::from_pem(pem, password)?)
    })
}

/// Signs `data`. The signature is base64, as in the header `Sign`. `digest` is `sha1` or `sha256`.
/// With an external key it waits up to 30 seconds for the function that signs.
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
    boundary::new_handle(signature, error, |arguments| {
        let data = arguments.bytes("data", (data, data_len))?;
        let digest: Digest = arguments.text("digest", (digest, digest_len))?.parse()?;
        let signature = handle::get(key)?.sign(data, digest)?;
        Ok(Text(signature.into_bytes()))
    })
}

/// Frees `key`. Clients that use the key keep it.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_signing_key_free(key: *mut alikassa_signing_key) {
    boundary::free(key);
}

/// Loads a public key from `folder`, the unpacked archive of the provider: `public.pem`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_verifying_key_load(
    folder: *const c_char,
    folder_len: usize,
    key: *mut *mut alikassa_verifying_key,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::new_handle(key, error, |arguments| {
        let folder = arguments.text("folder", (folder, folder_len))?;
        Ok(VerifyingKey::load(folder)?)
    })
}

/// Loads a public key from `pem`: a public key or a certificate in PEM form.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_verifying_key_from_pem(
    pem: *const c_char,
    pem_len: usize,
    key: *mut *mut alikassa_verifying_key,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::new_handle(key, error, |arguments| {
        let pem = arguments.bytes("pem", (pem, pem_len))?;
        Ok(VerifyingKey::from_pem(pem)?)
    })
}

/// Verifies the base64 `signature` of `data`. `matched` is the digest that matched, `sha1` or
/// `sha256`, as static text.
///
/// `digest` is the digest to accept: `sha1`, `sha256`, or `auto` for either. Returns
/// `ALIKASSA_STATUS_SIGNATURE_MISMATCH` if the signature does not match.
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
    boundary::call(matched, error, |arguments| {
        let data = arguments.bytes("data", (data, data_len))?;
        let signature = arguments.text("signature", (signature, signature_len))?;
        let digest: DigestMode = arguments.text("digest", (digest, digest_len))?.parse()?;
        let matched = handle::get(key)?.verify(data, signature, digest)?;
        Ok(matched.as_str().into())
    })
}

/// Frees `key`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_verifying_key_free(key: *mut alikassa_verifying_key) {
    boundary::free(key);
}

/// The canonical form of `json`, a JSON object: the bytes that a request signs and sends.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_canonical_json(
    json: *const c_char,
    json_len: usize,
    canonical: *mut *mut alikassa_text,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::new_handle(canonical, error, |arguments| {
        let body = alikassa::parse_body(arguments.bytes("json", (json, json_len))?)?;
        Ok(Text(alikassa::canonical_json(&body)?))
    })
}
