//! Attempt a create: at most once, on record before its first byte, with an outcome whatever happens.

use crate::api::error_response as answer;
use crate::api::operation::Cert;
use crate::api::outcome;
use crate::api::outcome::Created;
use crate::api::prepared_request::Create;
use crate::api::raw::RawRequest;
use crate::api::response::Response;
use crate::engine::attempt::Attempt;
use crate::engine::read::pause;
use crate::error::cancelled;
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::ledger::{Completion, Entry, Ledger};
use crate::types::value::Value;

impl Attempt<'_> {
    /// Sends the create once.
    pub(crate) fn create(&self, create: &Create, ledger: Option<&Ledger>) -> Result<Response> {
        self.detect_digest()?;
        let digest = self.signer.digest();
        let signature = self.sign(digest)?;
        if self.cancel.guard.is_revoked() {
            return Err(cancelled().with_outcome(Outcome::NotSent));
        }
        let record = ledger
            .map(|ledger| self.begin(create, ledger))
            .transpose()?;
        let result = self
            .send_once(create, &signature)
            .inspect(|_| self.confirm(digest));
        if let Some(record) = record {
            self.end(&record, &result);
        }
        result.map(|(answer, _)| answer)
    }

    fn send_once(&self, create: &Create, signature: &str) -> Result<(Response, Created)> {
        let guard = &self.cancel.guard;
        let mut attempts = 0;
        loop {
            self.cancel.count_attempt();
            let failure = match self.exchange(signature, &mut attempts) {
                Ok(response) => {
                    return outcome::judge(self.prepared, create, response)
                        .map_err(|error| error.with_attempts(attempts));
                }
                Err(failure) => failure.with_attempts(attempts),
            };
            if let Some(phase) = guard.phase() {
                return Err(Error::outcome_unknown(phase, failure));
            }
            if guard.is_revoked() {
                return Err(cancelled().with_outcome(Outcome::NotSent));
            }
            // Not a byte of the request was handed over: no name, no connection, no TLS, or no way through the proxy.
            let again = failure.kind() == ErrorKind::Transport
                && attempts <= self.budget.max_retries
                && self.pause(pause(attempts - 1));
            if !again {
                return Err(failure.with_outcome(Outcome::NotSent));
            }
        }
    }

    /// A create must not be sent twice to find out the digest, so a read does it.
    fn detect_digest(&self) -> Result<()> {
        if !self.signer.is_unconfirmed() {
            return Ok(());
        }
        let probe = probe_request(self.prepared.cert).prepare()?;
        let probe = Attempt {
            prepared: &probe,
            application: self.application.filter(|_| self.prepared.is_raw()),
            ..*self
        };
        let mut attempts = 0;
        match probe.attempt_detecting_digest(&mut attempts) {
            // Both digests were refused; a 400 that says so is no 401, and means the same.
            Err(error) if answer::refuses_the_digest(&error) => {
                Err(not_sent(error.with_kind(ErrorKind::Authentication)))
            }
            Err(error) if is_transport(&error) => Err(not_sent(error)),
            // Whatever else the read was answered, it says nothing about the digest.
            _ => Ok(()),
        }
    }

    /// Puts the create on record; nothing is sent without it.
    fn begin<'b>(&'b self, create: &'b Create, ledger: &'b Ledger) -> Result<Record<'b>> {
        let Some(order_id) = self.prepared.order_id.as_deref() else {
            let message = "order_id: with a ledger a create needs an order_id, a string";
            return Err(Error::invalid_argument("order_id", "required", message));
        };
        let entry = Entry {
            account: self.account,
            operation: &create.operation,
            order_id,
            amount: create.amount.as_ref().map(crate::Amount::as_str),
            service: create.service.as_deref(),
            body_tag: self.signer.body_tag(&self.prepared.body)?,
        };
        let attempt = ledger.begin(&entry, self.budget.left())?;
        Ok(Record {
            ledger,
            entry,
            attempt,
        })
    }

    /// Records what became of the create. Failing that, its row stays open, which is safe.
    fn end(&self, record: &Record<'_>, result: &Result<(Response, Created)>) {
        let completion = match result {
            Ok((_, created)) => Completion::accepted(created.id, created.payment_status.clone()),
            Err(error) => Completion::failed(error),
        };
        let written = record
            .ledger
            .end(&record.entry, record.attempt, &completion);
        if let Err(error) = written {
            (self.notify)(format!(
                "{}; the order's row stays open, see reconcile",
                error.message()
            ));
        }
    }
}

/// A create on record.
struct Record<'a> {
    ledger: &'a Ledger,
    entry: Entry<'a>,
    attempt: i64,
}

fn probe_request(cert: Cert) -> RawRequest {
    match cert {
        Cert::Payment => {
            let first = Value::from([("page", 1), ("paginate", 1)]);
            RawRequest::read("v1/payment/history", first, cert)
        }
        Cert::Payout => RawRequest::read("v1/account/balance", Value::Map(Vec::new()), cert),
    }
}

fn is_transport(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Transport | ErrorKind::DeadlineExceeded
    )
}

fn not_sent(error: Error) -> Error {
    error
        .with_hint("nothing was created: a read had to find out the digest first, and this is how it ended")
        .with_attempts(0)
        .with_outcome(Outcome::NotSent)
}
