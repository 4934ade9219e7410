//! One request on its way: signed, sent once, answered. `retry` sends reads again, `create` sends creates once.

use std::time::Duration;

use crate::api::prepared_request::PreparedRequest;
use crate::crypto::Digest;
use crate::engine::settings::Budget;
use crate::engine::signature_cache::SignatureCache;
use crate::engine::signer::Signer;
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::http::{Connection, HttpRequest, HttpResponse, Transport};
use crate::sync::cancel::CancelToken;
use crate::sync::semaphore::Semaphore;

/// A request and everything it is sent with.
#[derive(Clone, Copy)]
pub(crate) struct Attempt<'a> {
    pub(crate) prepared: &'a PreparedRequest,
    pub(crate) account: &'a str,
    pub(crate) application: Option<&'a str>,
    pub(crate) signer: &'a Signer,
    pub(crate) signatures: &'a SignatureCache,
    pub(crate) semaphore: &'a Semaphore,
    pub(crate) transport: &'a Transport,
    pub(crate) budget: Budget,
    pub(crate) cancel: &'a CancelToken,
    /// Whether the client was closed.
    pub(crate) closed: &'a dyn Fn() -> bool,
    /// Where notices go.
    pub(crate) notify: &'a dyn Fn(String),
}

impl Attempt<'_> {
    pub(crate) fn sign(&self, digest: Digest) -> Result<String> {
        signature(
            self.prepared,
            self.signer,
            self.signatures,
            self.semaphore,
            digest,
        )
    }

    /// Sends the request and reads the answer to its end.
    pub(crate) fn exchange(&self, signature: &str, attempts: &mut u32) -> Result<HttpResponse> {
        let left = self.budget.left();
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
        let http_request = HttpRequest {
            path: &self.prepared.path,
            account: self.account,
            application: self.application.filter(|_| self.prepared.is_raw()),
            signature,
            body: &self.prepared.body,
        };
        let connection = match self.prepared.create {
            Some(_) => Connection::Fresh(&self.cancel.guard),
            None => Connection::Pooled,
        };
        let timeout = self.budget.timeout.min(left);
        let connect_timeout = self.budget.connect_timeout.min(timeout);
        self.transport
            .exchange(&http_request, connection, connect_timeout, timeout)
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

    /// A 200 came: the digest is right.
    pub(crate) fn confirm(&self, digest: Digest) {
        if self.signer.confirm(digest) {
            (self.notify)(format!(
                "the provider takes SHA-256 with the {} certificate; set digest=\"sha256\" to save the first try",
                self.prepared.cert.as_str()
            ));
        }
    }

    /// Waits before another attempt; false when there is no time or no use for one.
    pub(crate) fn pause(&self, pause: Duration) -> bool {
        pause < self.budget.left() && self.cancel.pause(pause, self.closed)
    }
}

/// The `Sign` header of a request; that of a read may have been made before.
pub(crate) fn signature(
    prepared: &PreparedRequest,
    signer: &Signer,
    signatures: &SignatureCache,
    semaphore: &Semaphore,
    digest: Digest,
) -> Result<String> {
    let sign = || {
        let _permit = semaphore.acquire();
        signer.sign(&prepared.body, digest)
    };
    if prepared.create.is_some() {
        return sign();
    }
    signatures.signature(prepared.cert, digest, &prepared.body, sign)
}
