//! Sending a read: it is retried after a transient error, and with the other digest if the first
//! was refused, within the deadline.

use crate::api::error_response;
use crate::api::response::FromBody;
use crate::crypto::Digest;
use crate::engine::attempt::Attempt;
use crate::error::{Error, ErrorKind, Result};

/// Sends the read until it succeeds, its error is not transient, or no retry or time is left.
pub(crate) fn send<R: FromBody>(attempt: &Attempt<'_>) -> Result<R> {
    let mut attempts = 0;
    let mut retries = 0;
    loop {
        let error = match send_detecting_digest(attempt, &mut attempts) {
            Ok(response) => return Ok(response),
            Err(error) => error.with_attempts(attempts),
        };
        let at_least = error.retry_after().unwrap_or_default();
        let may_retry = retries < attempt.budget.max_retries && is_retryable(&error);
        if !may_retry || !attempt.pause(retries, at_least) {
            return Err(error);
        }
        attempt.events.retry(&error);
        retries += 1;
    }
}

/// Sends the read once, and once more with SHA-256 if the digest may be the reason for the refusal.
pub(crate) fn send_detecting_digest<R: FromBody>(
    attempt: &Attempt<'_>,
    attempts: &mut u32,
) -> Result<R> {
    let signer = attempt.signer;
    let digest = signer.digest();
    let first = match send_once(attempt, digest, attempts) {
        Err(error) if error_response::may_be_digest_mismatch(&error) && signer.can_fall_back() => {
            error
        }
        result => return result,
    };
    match send_once(attempt, Digest::Sha256, attempts) {
        Ok(response) => Ok(response),
        // Another call confirmed a digest meanwhile, or this error is about the body of a 200.
        Err(second) if !signer.is_unconfirmed() || second.kind() == ErrorKind::Protocol => {
            Err(second)
        }
        Err(second) => {
            signer.pause();
            Err(first.with_hint(hint_after_both(&second)))
        }
    }
}

fn send_once<R: FromBody>(attempt: &Attempt<'_>, digest: Digest, attempts: &mut u32) -> Result<R> {
    let signature = attempt.sign(digest)?;
    let response = attempt.exchange(&signature, attempts)?;
    // A 200 in another form may not be the provider's.
    if response.status == 200
        && attempt.signer.is_unconfirmed()
        && attempt.request.is_response(&response.body)
    {
        attempt.confirm(digest);
    }
    error_response::read(attempt.request, response)
}

/// The hint for a read that was refused with SHA-1. With SHA-256 its error was `second`.
fn hint_after_both(second: &Error) -> String {
    if error_response::may_be_digest_mismatch(second) {
        return "SHA-1 and SHA-256 were both refused: check the account, and that the certificate is the \
                one saved in the provider's cabinet"
            .to_owned();
    }
    let result = match second.http_status() {
        Some(_) => "the response was",
        None => "there was no response",
    };
    let message = second.message();
    format!("refused with SHA-1, and with SHA-256 {result}: {message}")
}

/// Whether the error is transient, so that sending the read again can succeed.
pub(crate) fn is_retryable(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Transport => true,
        _ => matches!(
            error.http_status(),
            Some(408 | 425 | 429 | 500 | 502 | 503 | 504)
        ),
    }
}
