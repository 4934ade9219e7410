//! Attempt a read again after a passing fault, and finding out the digest, all within the deadline.

use std::time::Duration;

use crate::api::error_response as answer;
use crate::api::response::Response;
use crate::crypto::Digest;
use crate::engine::attempt::Attempt;
use crate::error::{Error, ErrorKind, Result};

/// The first pause is drawn from 0 to this; each further one from twice as much.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

const LONGEST_PAUSE: Duration = Duration::from_secs(8);

impl Attempt<'_> {
    /// Sends the read until it is answered, refused, or out of retries or time.
    pub(crate) fn read(&self) -> Result<Response> {
        let mut attempts = 0;
        let mut retries = 0;
        loop {
            let error = match self.attempt_detecting_digest(&mut attempts) {
                Ok(answer) => return Ok(answer),
                Err(error) => error.with_attempts(attempts),
            };
            let pause = pause(retries).max(error.retry_after().unwrap_or_default());
            if retries >= self.budget.max_retries || !is_retryable(&error) || !self.pause(pause) {
                return Err(error);
            }
            retries += 1;
        }
    }

    /// Sends the read once, and once more if it may have been the digest that was refused.
    pub(crate) fn attempt_detecting_digest(&self, attempts: &mut u32) -> Result<Response> {
        let digest = self.signer.digest();
        let first = match self.attempt(digest, attempts) {
            Err(error) if answer::refuses_the_digest(&error) && self.signer.can_fall_back() => {
                error
            }
            result => return result,
        };
        match self.attempt(Digest::Sha256, attempts) {
            Ok(answer) => Ok(answer),
            // A 200 came that is no valid answer: it was the digest, and this is another matter.
            Err(second) if !self.signer.is_unconfirmed() => Err(second),
            Err(second) => {
                self.signer.pause();
                Err(first.with_hint(refused_with_sha1(&second)))
            }
        }
    }

    fn attempt(&self, digest: Digest, attempts: &mut u32) -> Result<Response> {
        let signature = self.sign(digest)?;
        let response = self.exchange(&signature, attempts)?;
        if response.status == 200 {
            self.confirm(digest);
        }
        answer::read(self.prepared, response)
    }
}

/// What to make of a read that was refused with SHA-1 and, with SHA-256, came to this.
fn refused_with_sha1(second: &Error) -> String {
    if answer::refuses_the_digest(second) {
        return "SHA-1 and SHA-256 were both refused: check the account, and that the certificate is the one saved in \
                the cabinet"
            .to_owned();
    }
    let answer = match second.http_status() {
        Some(_) => "the answer was",
        None => "there was no answer",
    };
    let message = second.message();
    format!("refused with SHA-1, and with SHA-256 {answer}: {message}")
}

/// Whether the fault may have passed when the read is sent again.
pub(crate) fn is_retryable(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Transport => true,
        _ => matches!(
            error.http_status(),
            Some(408 | 425 | 429 | 500 | 502 | 503 | 504)
        ),
    }
}

/// Full jitter: anything from nothing to twice the pause before.
pub(crate) fn pause(retries: u32) -> Duration {
    let longest = FIRST_PAUSE
        .saturating_mul(2_u32.saturating_pow(retries))
        .min(LONGEST_PAUSE);
    longest.mul_f64(fastrand::f64())
}
