//! Opens a key file in this process and reports the result.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use alikassa::{Digest, Error, ErrorKind, SigningKey, VerifyingKey};
use rustix::time::{ClockId, clock_gettime};

use crate::secrets::Secrets;

const REASONS: [&str; 7] = [
    "malformed",
    "needs_password",
    "not_pem",
    "too_small",
    "unsupported",
    "wrong_kind",
    "wrong_password",
];

/// The result of opening a file, if it did not panic, leak a secret or return a wrong error.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Opened {
    /// The private key's signature of the body.
    Signs(String),
    /// Whether the public key verifies the signature.
    Verifies(bool),
    Refused(String),
}

pub(super) fn sign(pem: &[u8], password: Option<&[u8]>, body: &[u8]) -> Result<Opened, String> {
    let opened = guarded(|| SigningKey::from_pem(pem, password))?;
    let key = match opened {
        Ok(key) => key,
        Err(error) => return refused(&error, pem, password),
    };
    let signature = guarded(|| key.sign(body, Digest::Sha256))?;
    let signature = signature.map_err(|error| format!("it loads but does not sign: {error}"))?;
    let public = key.verifying_key();
    match guarded(|| public.verify(body, &signature, Digest::Sha256))? {
        Ok(_) => Ok(Opened::Signs(signature)),
        Err(_) => Err("its public key does not verify its signature".to_owned()),
    }
}

pub(super) fn verify(pem: &[u8], body: &[u8], signature: &str) -> Result<Opened, String> {
    let opened = guarded(|| VerifyingKey::from_pem(pem))?;
    let key = match opened {
        Ok(key) => key,
        Err(error) => return refused(&error, pem, None),
    };
    match guarded(|| key.verify(body, signature, Digest::Sha256))? {
        Ok(_) => Ok(Opened::Verifies(true)),
        Err(error) if error.kind() == ErrorKind::SignatureMismatch => Ok(Opened::Verifies(false)),
        Err(error) => Err(format!("it loads but does not verify: {error}")),
    }
}

fn refused(error: &Error, pem: &[u8], password: Option<&[u8]>) -> Result<Opened, String> {
    let mut secrets = Secrets::default();
    secrets.add_pem(pem);
    secrets.add_password(password.unwrap_or_default());
    secrets.check_text(&error.to_string())?;
    match error.reason() {
        Some(reason) if error.kind() == ErrorKind::KeyLoad && REASONS.contains(&reason) => {
            Ok(Opened::Refused(reason.to_owned()))
        }
        _ => Err(format!("an error without a key file's reason: {error}")),
    }
}

fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|panic| format!("it panicked: {}", panic_message(&*panic)))
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message")
}

/// The result and the processor time of this thread, which does not depend on the machine's load.
pub(super) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let began = thread_time();
    let result = work();
    (result, thread_time().saturating_sub(began))
}

fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}
