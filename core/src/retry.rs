//! Sending a read again after a passing fault, and finding out the digest, all within the deadline.

use std::thread;
use std::time::{Duration, Instant};

use crate::answer;
use crate::digest::Signer;
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::key::Digest;
use crate::operation::Prepared;
use crate::reply::Answer;
use crate::transport::{Incoming, Outgoing, Transport};

/// The first pause is drawn from 0 to this; each further one from twice as much.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// How long a call and each of its attempts may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    pub(crate) connect_timeout: Duration,
    pub(crate) timeout: Duration,
    pub(crate) deadline: Instant,
    pub(crate) max_retries: u32,
}

/// One call on its way.
pub(crate) struct Call<'a> {
    pub(crate) prepared: &'a Prepared,
    pub(crate) account: &'a str,
    pub(crate) application: Option<&'a str>,
    pub(crate) signer: &'a Signer,
    pub(crate) transport: &'a Transport,
    pub(crate) budget: Budget,
    /// Whether the caller still wants the answer.
    pub(crate) wanted: &'a dyn Fn() -> bool,
    /// Where notices go.
    pub(crate) notify: &'a dyn Fn(String),
}

impl Call<'_> {
    /// Sends the read until it is answered, refused, or out of retries or time.
    pub(crate) fn read(&self) -> Result<Answer> {
        let mut attempts = 0;
        let mut retries = 0;
        loop {
            let error = match self.attempt_finding_the_digest(&mut attempts) {
                Ok(answer) => return Ok(answer),
                Err(error) => error.with_attempts(attempts),
            };
            let pause = pause(retries).max(error.retry_after().unwrap_or_default());
            let in_time = Instant::now() + pause < self.budget.deadline;
            if retries >= self.budget.max_retries || !passes(&error) || !in_time {
                return Err(error);
            }
            thread::sleep(pause);
            if !(self.wanted)() {
                return Err(error);
            }
            retries += 1;
        }
    }

    fn attempt_finding_the_digest(&self, attempts: &mut u32) -> Result<Answer> {
        let digest = self.signer.digest();
        let first = match self.attempt(digest, attempts) {
            Err(error) if answer::refuses_the_digest(&error) && self.signer.may_switch() => error,
            result => return result,
        };
        match self.attempt(Digest::Sha256, attempts) {
            Ok(answer) => Ok(answer),
            Err(second) => {
                self.signer.pause();
                let hint = if answer::refuses_the_digest(&second) {
                    "SHA-1 and SHA-256 were both refused: check the account, and that the certificate is the \
                     one saved in the cabinet"
                        .to_owned()
                } else {
                    format!(
                        "refused with SHA-1, and with SHA-256 there was no answer: {}",
                        second.message()
                    )
                };
                Err(first.with_hint(hint))
            }
        }
    }

    fn attempt(&self, digest: Digest, attempts: &mut u32) -> Result<Answer> {
        let signature = self.signer.sign(&self.prepared.body, digest)?;
        let incoming = self.exchange(&signature, attempts)?;
        if incoming.status != 200 {
            return Err(answer::refusal(incoming));
        }
        if self.signer.prove(digest) {
            (self.notify)(format!(
                "the provider takes SHA-256 with the {} certificate; set digest=\"sha256\" to save the first try",
                self.prepared.cert.as_str()
            ));
        }
        if incoming.oversize {
            return Err(Error::protocol("the answer is longer than 1 MiB"));
        }
        self.prepared.read_answer(incoming.body)
    }

    fn exchange(&self, signature: &str, attempts: &mut u32) -> Result<Incoming> {
        let left = self
            .budget
            .deadline
            .saturating_duration_since(Instant::now());
        if left.is_zero() {
            let error = Error::new(
                ErrorKind::DeadlineExceeded,
                "the deadline passed before anything was sent",
            );
            return Err(if *attempts == 0 {
                error.with_outcome(Outcome::NotSent)
            } else {
                error
            });
        }
        *attempts += 1;
        let outgoing = Outgoing {
            path: &self.prepared.path,
            account: self.account,
            application: self.application.filter(|_| self.prepared.is_raw()),
            signature,
            body: &self.prepared.body,
        };
        let timeout = self.budget.timeout.min(left);
        let connect_timeout = self.budget.connect_timeout.min(timeout);
        self.transport
            .exchange(&outgoing, connect_timeout, timeout)
            .map_err(|failure| {
                if failure.timed_out && left <= self.budget.timeout {
                    Error::new(
                        ErrorKind::DeadlineExceeded,
                        "the deadline passed while the call was on its way",
                    )
                } else {
                    let phase = failure.phase;
                    Error::transport(phase, format!("{}: {}", phase.as_str(), failure.message))
                }
            })
    }
}

/// Whether the fault may have passed when the read is sent again.
fn passes(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Transport => true,
        _ => matches!(
            error.http_status(),
            Some(408 | 425 | 429 | 500 | 502 | 503 | 504)
        ),
    }
}

/// Full jitter: anything from nothing to twice the pause before.
fn pause(retries: u32) -> Duration {
    let longest = FIRST_PAUSE
        .saturating_mul(2_u32.saturating_pow(retries))
        .min(LONGEST_PAUSE);
    longest.mul_f64(fastrand::f64())
}
