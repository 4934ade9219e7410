//! External signers: functions of a JavaScript thread that sign.

use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use alikassa::binding::SignatureRequest;
use alikassa::{Error, SigningKey};
use napi::bindgen_prelude::{Buffer, External, FnArgs, Function, Object, Unknown};
use napi::threadsafe_function::{
    ThreadsafeCallContext, ThreadsafeFunction, ThreadsafeFunctionCallMode,
};
use napi::{Env, Status, ValueType};
use napi_derive::napi;

use crate::boundary;
use crate::foreign::Thrown;
use crate::input::Argument;
use crate::key;

/// Hands the requests of all signers to one JavaScript thread.
pub(crate) struct SignerChannel {
    sign: ThreadsafeSign,
    /// The signers whose keys are gone.
    ended: Mutex<Vec<u32>>,
}

/// A signer, as its key has it.
struct Signer {
    channel: Arc<SignerChannel>,
    /// By which the JavaScript side knows it.
    number: u32,
}

impl Drop for Signer {
    fn drop(&mut self) {
        let ended = self.channel.ended.lock();
        ended
            .unwrap_or_else(PoisonError::into_inner)
            .push(self.number);
    }
}

/// Takes a signer's number, the message, the digest, and the request to end.
type SignArguments = FnArgs<(u32, Buffer, &'static str, External<PendingSignature>)>;
type ThreadsafeSign = ThreadsafeFunction<ToSign, (), SignArguments, Status, false, true>;

struct ToSign {
    signer: u32,
    request: SignatureRequest,
}

/// A signature that a JavaScript function has to make.
pub(crate) struct PendingSignature(Mutex<Option<SignatureRequest>>);

impl PendingSignature {
    fn end(&self, signature: alikassa::Result<Vec<u8>>) {
        let request = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(request) = request {
            request.finish(signature);
        }
    }
}

/// The channel of this thread, made once.
#[napi]
#[allow(
    clippy::needless_pass_by_value,
    reason = "napi hands functions over by value"
)]
pub(crate) fn signer_channel_new<'js>(
    env: &'js Env,
    sign: Function<'js, SignArguments, ()>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let sign = sign
            .build_threadsafe_function::<ToSign>()
            // The promise of the call keeps the process alive.
            .weak::<true>()
            .build_callback(|context: ThreadsafeCallContext<ToSign>| {
                let ToSign { signer, request } = context.value;
                let message = Buffer::from(request.message());
                let digest = request.digest().as_str();
                let request = External::new(PendingSignature(Mutex::new(Some(request))));
                Ok((signer, message, digest, request).into())
            })?;
        let ended = Mutex::default();
        let channel = Arc::new(SignerChannel { sign, ended });
        // napi cannot release a thread-safe function on a pool thread while the environment ends:
        // Node frees it at the same time. Each JavaScript thread has one; it is never released.
        mem::forget(Arc::clone(&channel));
        Ok(External::new(channel))
    })
}

/// A key whose signatures the signer makes that the JavaScript side knows by this number.
#[napi]
pub(crate) fn signing_key_external<'js>(
    env: &'js Env,
    public_key: Unknown<'js>,
    sign: Unknown<'js>,
    channel: &External<Arc<SignerChannel>>,
    signer: u32,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let public = key::public_key(&Argument::new("publicKey", public_key))?;
        Argument::new("sign", sign).expect_function()?;
        let signer = Signer {
            channel: Arc::clone(channel),
            number: signer,
        };
        let start = move |request| {
            let to_sign = ToSign {
                signer: signer.number,
                request,
            };
            // If the thread has ended, the request is dropped, which its caller notices.
            let sign = &signer.channel.sign;
            if !sign.aborted() {
                sign.call(to_sign, ThreadsafeFunctionCallMode::NonBlocking);
            }
        };
        key::signing_key(env, SigningKey::started_by(public, start))
    })
}

/// The signers whose keys have gone since this was asked.
#[napi]
pub(crate) fn signers_ended(channel: &External<Arc<SignerChannel>>) -> Vec<u32> {
    let ended = channel.ended.lock();
    mem::take(&mut *ended.unwrap_or_else(PoisonError::into_inner))
}

/// Ends a request with what the function returned.
#[napi]
pub(crate) fn signature_finish<'js>(
    env: &'js Env,
    pending: &External<PendingSignature>,
    signature: Unknown<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let kind = signature.get_type()?;
        let bytes = match kind {
            ValueType::Object => Argument::new("signature", signature).bytes().ok(),
            _ => None,
        };
        pending.end(bytes.map(|bytes| bytes.to_vec()).ok_or_else(|| {
            let kind = format!("{kind:?}").to_lowercase();
            let message = format!(
                "the external signer returned a value of type {kind}: return a Buffer or Uint8Array, or a promise of one"
            );
            Error::signing("wrong_type", message)
        }));
        Ok(())
    })
}

/// Ends a request with what the function threw: the name of its class, and the number by which the
/// JavaScript side knows it.
#[napi]
#[allow(
    clippy::needless_pass_by_value,
    reason = "napi hands texts over by value"
)]
pub(crate) fn signature_fail<'js>(
    env: &'js Env,
    pending: &External<PendingSignature>,
    name: String,
    thrown: u32,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let message = format!("the external signer threw {name}");
        pending.end(Err(
            Error::signing("failed", message).with_foreign(Thrown(thrown))
        ));
        Ok(())
    })
}
