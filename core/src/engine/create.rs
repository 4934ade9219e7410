//! Sending a create: at most once, recorded in the ledger before its first byte, with an outcome in
//! every case.

use std::sync::Arc;
use std::time::Duration;

use crate::api::error_response;
use crate::api::operation::{ACCOUNT_BALANCE, Cert, PAYMENTS_HISTORY};
use crate::api::outcome::{self, Accepted};
use crate::api::prepared_request::{Create, PreparedRequest};
use crate::api::response::{FromBody, Response};
use crate::engine::account::ClientAccount;
use crate::engine::attempt::Attempt;
use crate::engine::guards::Decision;
use crate::engine::read;
use crate::engine::recorder::Recorder;
use crate::engine::shared::Shared;
use crate::error::{Error, ErrorKind, Outcome, Result, cancelled};
use crate::ledger::{Completion, DayLimit, Ended, Entry, Key, Ledger, Stored};
use crate::types::language;
use crate::types::ledger_state::LedgerState;
use crate::types::value::Value;

/// The hint for a create that the ledger could not record.
const LEDGER_HINT: &str =
    "this call sent nothing; whether an earlier call sent it is not known here";

/// The advice if the response to the digest-detection request is not the provider's.
fn foreign() -> String {
    let base_url = language::option("base_url");
    format!(
        ", and the response is not the provider's: check {base_url}, or set digest=\"sha1\" or digest=\"sha256\" to skip this request"
    )
}

/// Sends the create once, if the limits of the client allow it.
pub(crate) fn send<R: FromBody>(
    attempt: &Attempt<'_>,
    create: &Create,
    decision: &Decision,
) -> Result<R> {
    let Ok(day_limit) = decision else {
        preview(attempt, create, decision)?;
        return Err(Error::internal("limits refused and allowed a create"));
    };
    if attempt.signer.is_unconfirmed() {
        detect_digest(attempt)?;
    }
    let digest = attempt.signer.digest();
    let signature = attempt.sign(digest)?;
    if attempt.cancel.guard.is_revoked() {
        return Err(cancelled().with_outcome(Outcome::NotSent));
    }
    let record = match &attempt.client.settings.options.ledger {
        Some(ledger) => {
            attempt.derive_tag_key()?;
            let begun = begin_record(attempt, create, ledger, day_limit.as_ref())?;
            Some((ledger, begun))
        }
        None => None,
    };
    let result = send_once(attempt, create, &signature).inspect(|_| attempt.confirm(digest));
    if let Some((ledger, begun)) = record {
        end_record(attempt, create, ledger, &begun, &result);
    }
    result.map(|(response, _)| response)
}

fn send_once<R: FromBody>(
    attempt: &Attempt<'_>,
    create: &Create,
    signature: &str,
) -> Result<(R, Accepted)> {
    let guard = &attempt.cancel.guard;
    let mut attempts = 0;
    loop {
        attempt.cancel.count_attempt();
        let failure = match attempt.exchange(signature, &mut attempts) {
            Ok(response) => {
                return outcome::classify(attempt.request, create, response)
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
        // No byte of the request was sent: DNS, connect, the TLS handshake or the proxy failed.
        let may_retry =
            failure.kind() == ErrorKind::Transport && attempts <= attempt.budget.max_retries;
        if !may_retry || !attempt.pause(attempts - 1, Duration::ZERO) {
            return Err(failure.with_outcome(Outcome::NotSent));
        }
        attempt.events.retry(&failure);
    }
}

/// A create must not be sent twice to detect the digest, so a read does it.
fn detect_digest(attempt: &Attempt<'_>) -> Result<()> {
    let request = probe_request(attempt.request.cert)?;
    let recorder = Recorder::default();
    let probe = Attempt {
        request: &request,
        recorder: &recorder,
        ..*attempt
    };
    let result = read::send_detecting_digest::<Response>(&probe, &mut 0);
    match recorder.attach(&request, result) {
        Ok(_) if !attempt.signer.is_unconfirmed() => Ok(()),
        Ok(_) => Err(undetected(
            Error::protocol("the response has no field of the operation"),
            &foreign(),
        )),
        // Both digests were refused. A 400 means the same as a 401 here.
        Err(error) if error_response::may_be_digest_mismatch(&error) => {
            Err(undetected(error.with_kind(ErrorKind::Authentication), ""))
        }
        Err(error) if is_transport(&error) => Err(undetected(error, "")),
        Err(error) if error.kind() == ErrorKind::Signing => Err(error),
        // The provider refuses the read for another reason, which says nothing about the digest.
        Err(error) if error_response::is_of_provider(&error) => Ok(()),
        // This may not be the provider's server. The create could end there as unknown.
        Err(error) => Err(undetected(error, &foreign())),
    }
}

/// Refuses a create as [`send`] would now, and records nothing. An order that the ledger has is a
/// duplicate, whatever the limits say.
pub(crate) fn preview(attempt: &Attempt<'_>, create: &Create, decision: &Decision) -> Result<()> {
    let ledger = attempt.client.settings.options.ledger.as_ref();
    if let Some(ledger) = ledger {
        attempt.derive_tag_key()?;
        let mut entry = entry(attempt.client, attempt.account, attempt.request, create)?;
        entry.day_limit = decision.as_ref().ok().cloned().flatten();
        let previewed = ledger.preview(&entry, attempt.budget.deadline);
        previewed.map_err(of_ledger)?;
    }
    match decision {
        Ok(_) => Ok(()),
        Err(refusal) => Err(refusal.clone()),
    }
}

/// What the ledger records of a create.
pub(crate) fn entry(
    client: &Shared,
    account: &ClientAccount,
    request: &PreparedRequest,
    create: &Create,
) -> Result<Entry> {
    let Some(order_id) = create.order_id.clone() else {
        let message = "order_id: a create with a ledger needs an order_id, a string";
        return Err(Error::invalid_argument("order_id", "required", message));
    };
    Ok(Entry {
        key: Key {
            account: account.uuid.to_string(),
            operation: create.operation.clone().into_owned(),
            order_id,
        },
        amount: create.amount.clone(),
        service: create.service.clone(),
        body_tag: client.signer(request.cert)?.body_tag(&request.body)?,
        day_limit: None,
    })
}

/// Records the create in the ledger. If that fails, it is not sent.
fn begin_record(
    attempt: &Attempt<'_>,
    create: &Create,
    ledger: &Ledger,
    day_limit: Option<&Arc<DayLimit>>,
) -> Result<Stored> {
    let mut entry = entry(attempt.client, attempt.account, attempt.request, create)?;
    entry.day_limit = day_limit.cloned();
    let begun = ledger.begin(entry, attempt.budget.deadline);
    let begun = begun.map_err(of_ledger)?;
    attempt.events.ledger_transition(None, LedgerState::Sending);
    Ok(begun)
}

fn of_ledger(error: Error) -> Error {
    match error.kind() {
        ErrorKind::Ledger => error.with_hint(LEDGER_HINT),
        _ => error,
    }
}

/// Records the outcome of the create. If that fails, its row stays open, which is safe: it blocks
/// another create.
fn end_record<R>(
    attempt: &Attempt<'_>,
    create: &Create,
    ledger: &Ledger,
    begun: &Stored,
    result: &Result<(R, Accepted)>,
) {
    let completion = match result {
        Ok((_, accepted)) => Completion::accepted(accepted.id, accepted.payment_status.clone()),
        Err(error) => Completion::failed(error),
    };
    let completion = completion.with_support(attempt.recorder.text(attempt.request));
    let order_id = create.order_id.as_deref().unwrap_or_default();
    let ended = ledger.end(begun, &completion);
    if let Ok(Ended {
        states: Some((from, to)),
        ..
    }) = ended
    {
        attempt.events.ledger_transition(Some(from), to);
    }
    match ended.map(|ended| ended.learned) {
        Ok(None) => {}
        Ok(Some(other)) => attempt.process.notices.add(format!(
            "order {order_id}: the provider has another payment or payout, {other}, with this order_id; the ledger's row has the id of the response"
        )),
        Err(error) => {
            let id = match result {
                Ok((_, Accepted { id: Some(id), .. })) => format!(" without the id {id} of the response"),
                _ => String::new(),
            };
            attempt.process.notices.add(format!(
                "{}; the order's row stays open{id} until this process can write it: else call reconcile",
                error.message()
            ));
        }
    }
}

/// A read that changes nothing, signed with this certificate.
fn probe_request(cert: Cert) -> Result<PreparedRequest> {
    match cert {
        Cert::Payment => {
            let first = ["page", "paginate"].map(|name| (name.to_owned(), Value::Integer(1)));
            PreparedRequest::new(&PAYMENTS_HISTORY, first.into())
        }
        Cert::Payout => PreparedRequest::new(&ACCOUNT_BALANCE, Vec::new()),
    }
}

fn is_transport(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Transport | ErrorKind::DeadlineExceeded
    )
}

fn undetected(error: Error, advice: &str) -> Error {
    error
        .with_hint(format!(
            "not sent: the digest-detection request failed{advice}"
        ))
        .with_attempts(0)
        .with_outcome(Outcome::NotSent)
}
