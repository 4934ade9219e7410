//! External signers: functions of a C program that sign.

use std::ffi::{c_char, c_void};

use alikassa::{Digest, Error, ExternalSigner, SignerError, SigningKey};

use crate::boundary;
use crate::callback::{Context, alikassa_destroy};
use crate::error::{Failure, alikassa_error};
use crate::handle;
use crate::key::{alikassa_signing_key, alikassa_verifying_key};
use crate::str::alikassa_str;

/// The size of the memory for a signature, in bytes: that of the largest key.
const CAPACITY: usize = 1024;

/// Makes the RSASSA-PKCS1-v1_5 signature of `message`, which is not hashed yet, with `digest`,
/// `sha1` or `sha256`. Writes it to `signature`, which has memory for `capacity` bytes, and its length
/// to `signature_len`. Return 0, or another number if that fails. Both texts are borrowed until the
/// function returns. `context` is the pointer that was passed to `alikassa_signing_key_external`.
///
/// The function runs on a thread of the library, a new one for each signature, and up to 64 of them
/// run at the same time. It must return: do not call `longjmp` and do not throw a C++ exception. It
/// may return after the call that needed the signature has given up. It may call the library with any
/// handle, and free its key and its client. If it closes a client of its key, the close waits until
/// the call that needs the signature gives up.
pub type alikassa_on_sign = Option<
    unsafe extern "C" fn(
        context: *mut c_void,
        message: alikassa_str,
        digest: alikassa_str,
        signature: *mut c_char,
        capacity: usize,
        signature_len: *mut usize,
    ) -> i32,
>;

/// Makes a key whose private part is in an HSM, a KMS or another program, which `sign` asks for
/// each signature. A call waits for it up to `timeout_ms` and `deadline_ms`.
///
/// `public_key` is the public key of the certificate. Each signature is verified with it before it
/// is used.
///
/// `destroy` frees `context`, or is NULL: it is called when the key, and every config and client
/// with it, are freed, and the last signature has returned.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_signing_key_external(
    public_key: *const alikassa_verifying_key,
    sign: alikassa_on_sign,
    context: *mut c_void,
    destroy: alikassa_destroy,
    key: *mut *mut alikassa_signing_key,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::new_handle(key, error, |_| {
        let sign = sign.ok_or_else(|| Failure::null_pointer("sign"))?;
        let public = handle::get(public_key)?.as_ref().clone();
        let context = Context {
            pointer: context,
            destroy,
        };
        Ok(SigningKey::external(public, Signer { sign, context })?)
    })
}

/// A signer with its context.
struct Signer {
    sign: unsafe extern "C" fn(
        *mut c_void,
        alikassa_str,
        alikassa_str,
        *mut c_char,
        usize,
        *mut usize,
    ) -> i32,
    context: Context,
}

impl ExternalSigner for Signer {
    fn sign(&self, message: &[u8], digest: Digest) -> Result<Vec<u8>, SignerError> {
        let mut signature = vec![0; CAPACITY];
        let mut length = 0;
        // SAFETY: by the contract `sign` is a function of this type that returns, accepts `context`,
        // and writes at most `CAPACITY` bytes to `signature`, which has as many.
        let status = unsafe {
            (self.sign)(
                self.context.pointer,
                message.into(),
                digest.as_str().into(),
                signature.as_mut_ptr().cast(),
                CAPACITY,
                &raw mut length,
            )
        };
        if status != 0 {
            let message = format!("the external signer returned {status}");
            return Err(Error::signing("failed", message).into());
        }
        signature.truncate(length);
        Ok(signature)
    }
}
