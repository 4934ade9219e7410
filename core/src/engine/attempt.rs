//! One attempt: a request is signed and sent once, and its response is read. `read` and `create`
//! decide whether there is another one.

use std::time::{Duration, Instant};

use crate::api::prepared_request::PreparedRequest;
use crate::crypto::{self, Digest};
use crate::engine::account::ClientAccount;
use crate::engine::call_events::CallEvents;
use crate::engine::options::{checked_deadline, checked_timeout};
use crate::engine::recorder::Recorder;
use crate::engine::settings::{CallOptions, Settings};
use crate::engine::shared::{Process, Shared};
use crate::engine::signer::Signer;
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::http::{Connection, Failure, HttpRequest, HttpResponse, Limits};
use crate::sync::cancel::CancelToken;
use crate::types::language;

/// The limit of the first pause between attempts. It doubles with each retry.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

const MAX_PAUSE: Duration = Duration::from_secs(8);

/// The limits of a call: its time, the time of each attempt, and the number of retries.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    pub(crate) connect_timeout: Duration,
    pub(crate) timeout: Duration,
    pub(crate) deadline: Instant,
    /// How long after its start the deadline is.
    limit: Duration,
    pub(crate) max_retries: u32,
}

impl Budget {
    /// The budget of a call that starts now.
    pub(crate) fn start(settings: &Settings, options: &CallOptions) -> Result<Self> {
        let timeout = options
            .timeout
            .map_or(Ok(settings.options.timeout), checked_timeout)?;
        let deadline = options
            .deadline
            .map_or(Ok(settings.options.deadline), checked_deadline)?;
        Ok(Self {
            connect_timeout: settings.options.connect_timeout,
            timeout,
            deadline: Instant::now() + deadline,
            limit: deadline,
            max_retries: settings.options.max_retries,
        })
    }

    /// The time until the deadline.
    pub(crate) fn remaining(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// The error of a call whose deadline passed; `when` says at what.
    pub(crate) fn exceeded(&self, when: &str) -> Error {
        let limit = language::duration(self.limit);
        let message = format!("the deadline of {limit} passed {when}");
        Error::new(ErrorKind::DeadlineExceeded, message)
    }
}

/// A request with everything that is needed to send it.
#[derive(Clone, Copy)]
pub(crate) struct Attempt<'a> {
    pub(crate) request: &'a PreparedRequest,
    /// The `Application` header, if the request has one.
    pub(crate) application: Option<&'a str>,
    pub(crate) signer: &'a Signer,
    pub(crate) client: &'a Shared,
    pub(crate) account: &'a ClientAccount,
    pub(crate) process: &'a Process,
    pub(crate) budget: Budget,
    pub(crate) cancel: &'a CancelToken,
    pub(crate) events: &'a CallEvents,
    pub(crate) recorder: &'a Recorder,
}

impl Attempt<'_> {
    /// The `Sign` header.
    pub(crate) fn sign(&self, digest: Digest) -> Result<String> {
        let sign = |limit| signature(self.request, self.signer, self.process, digest, limit);
        self.events.signing(|| self.within_limits(sign))
    }

    /// Derives the key of body tags from a signature, unless it is known.
    pub(crate) fn derive_tag_key(&self) -> Result<()> {
        self.within_limits(|limit| self.signer.derive_tag_key(limit))
    }

    /// Signs, with the limit that an external signer has: that of an attempt and of the call.
    fn within_limits<T>(&self, sign: impl FnOnce(Duration) -> Result<T>) -> Result<T> {
        let remaining = self.budget.remaining();
        sign(self.budget.timeout.min(remaining)).map_err(|error| match error.kind() {
            ErrorKind::Signing
                if error.reason() == Some(crypto::TIMEOUT) && remaining <= self.budget.timeout =>
            {
                self.budget.exceeded("while the external signer ran")
            }
            ErrorKind::Signing => {
                let option = format!("{}_cert", self.request.cert.as_str());
                error.about_option(&language::option(&option))
            }
            _ => error,
        })
    }

    /// Sends the request and reads the whole response.
    pub(crate) fn exchange(&self, signature: &str, attempts: &mut u32) -> Result<HttpResponse> {
        let remaining = self.budget.remaining();
        if remaining.is_zero() {
            let error = self.budget.exceeded("before the request was sent");
            return Err(if *attempts == 0 {
                error.with_outcome(Outcome::NotSent)
            } else {
                error
            });
        }
        *attempts += 1;
        let request = HttpRequest {
            path: &self.request.path,
            account: &self.account.uuid,
            application: self.application,
            signature,
            body: &self.request.body,
        };
        let connection = match self.request.create {
            Some(_) => Connection::Fresh(&self.cancel.guard),
            None => Connection::Pooled,
        };
        let total = self.budget.timeout.min(remaining);
        let limits = Limits {
            connect: self.budget.connect_timeout.min(total),
            total,
        };
        let failed = |failure: Failure| {
            if failure.timed_out && remaining <= self.budget.timeout {
                self.budget.exceeded("while the call was in flight")
            } else {
                failure.into()
            }
        };
        let transport = &self.process.transport;
        self.recorder.record(signature, || {
            let started = self.events.attempt_started();
            let response = transport.exchange(&request, connection, limits);
            let response = response.map_err(failed);
            self.events.attempt_ended(started, &response);
            response
        })
    }

    /// Records that the provider accepted this digest: the response was a 200.
    pub(crate) fn confirm(&self, digest: Digest) {
        if self.signer.confirm(digest) {
            self.events.digest_confirmed(digest);
            self.process.notices.add(format!(
                "the provider accepts SHA-256 with the {} certificate; set digest=\"sha256\" to skip the first attempt",
                self.request.cert.as_str()
            ));
        }
    }

    /// Pauses before the next attempt, for at least `at_least`; `retries` counts the retries so
    /// far. Returns false if the pause does not fit into the deadline, or if the call is cancelled
    /// or the client closed.
    pub(crate) fn pause(&self, retries: u32, at_least: Duration) -> bool {
        let pause = jitter(retries).max(at_least);
        let is_closed = || self.client.is_closed(self.account);
        pause < self.budget.remaining() && self.cancel.pause(pause, &is_closed)
    }
}

/// The `Sign` header of a request. Signatures of reads are cached. An external signer is awaited up
/// to `limit`.
pub(crate) fn signature(
    request: &PreparedRequest,
    signer: &Signer,
    process: &Process,
    digest: Digest,
    limit: Duration,
) -> Result<String> {
    let sign = || {
        // An external signer waits for others; it does not need a processor of this machine.
        let is_external = signer.key.is_external();
        let _permit = (!is_external).then(|| process.semaphore.acquire());
        signer.key.sign_within(&request.body, digest, limit)
    };
    if request.create.is_some() {
        return sign();
    }
    process
        .signatures
        .signature(request.cert, digest, &request.body, sign)
}

/// Full jitter: a random pause from 0 to the limit, which doubles with each retry.
fn jitter(retries: u32) -> Duration {
    let limit = FIRST_PAUSE
        .saturating_mul(2_u32.saturating_pow(retries))
        .min(MAX_PAUSE);
    limit.mul_f64(fastrand::f64())
}
