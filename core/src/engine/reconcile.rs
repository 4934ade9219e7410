//! Asking the provider about every open row of the ledger. Only reads are sent.

use std::time::Duration;

use crate::api::operation::Operation;
use crate::api::prepared_request::PreparedRequest;
use crate::api::response::Response;
use crate::engine::poll::amount_in;
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::{Ledger, MAX_LOCK_WAIT};
use crate::types::amount::Amount;
use crate::types::ledger_row::LedgerRow;
use crate::types::value::Value;

/// Asks for the status of each open row of `account`, and records what the provider knows. Gives the rows as they
/// then are: one that the provider does not know, or knows with another amount, is unchanged, and so is one whose
/// certificate the client does not have. One bad answer does not keep the rows behind it from theirs; it is the error
/// in the end.
pub(crate) fn reconcile(
    ledger: &Ledger,
    account: &str,
    ask: &dyn Fn(&PreparedRequest) -> Result<Response>,
    goes_on: &dyn Fn() -> bool,
) -> Result<Vec<LedgerRow>> {
    let mut rows = ledger.open()?;
    rows.retain(|row| row.account == account);
    let mut looked_at = Vec::with_capacity(rows.len());
    let mut first_failure = None;
    for row in rows {
        if !goes_on() {
            looked_at.push(row);
            continue;
        }
        match look_at(ledger, row, ask) {
            Ok(row) => looked_at.push(row),
            Err(error) if is_of_one_row(&error) => _ = first_failure.get_or_insert(error),
            Err(error) => return Err(error),
        }
    }
    first_failure.map_or(Ok(looked_at), Err)
}

/// Whether the next row may fare better: not without a connection, a certificate that is taken, a server or leave to ask.
fn is_of_one_row(error: &Error) -> bool {
    match error.http_status() {
        Some(status) => !matches!(status, 401 | 429 | 502..=504),
        None => error.kind() == ErrorKind::Protocol,
    }
}

fn look_at(
    ledger: &Ledger,
    row: LedgerRow,
    ask: &dyn Fn(&PreparedRequest) -> Result<Response>,
) -> Result<LedgerRow> {
    let Some(status) = status_of(&row)? else {
        return Ok(row);
    };
    let answer = match ask(&status) {
        Ok(answer) => answer,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Configuration) => {
            return Ok(row);
        }
        Err(error) => return Err(error),
    };
    accept_if_sent(ledger, row, &answer, MAX_LOCK_WAIT)
}

/// Records the status when its amount is the one that was sent.
pub(crate) fn accept_if_sent(
    ledger: &Ledger,
    row: LedgerRow,
    answer: &Response,
    wait: Duration,
) -> Result<LedgerRow> {
    let (id, payment_status) = match answer {
        Response::Payment(payment) => (payment.id, &payment.payment_status),
        Response::Payout(payout) => (payout.id, &payout.payment_status),
        _ => return Ok(row),
    };
    if !is_same(row.amount.as_ref(), amount_in(answer)) {
        return Ok(row);
    }
    ledger.accept(row, id, payment_status.as_str(), wait)
}

fn is_same(sent: Option<&Amount>, answered: Option<&Amount>) -> bool {
    matches!((sent, answered), (Some(sent), Some(answered)) if sent == answered)
}

/// The question for the row's status; none where the operation has no status call.
fn status_of(row: &LedgerRow) -> Result<Option<PreparedRequest>> {
    let Some((resource, "create")) = row.operation.split_once('.') else {
        return Ok(None);
    };
    let asked = match row.id {
        Some(id) => ("id".to_owned(), Value::Integer(id)),
        None => ("order_id".to_owned(), Value::from(row.order_id.as_str())),
    };
    let status = Operation::named(&format!("{resource}.status"))?;
    PreparedRequest::typed(status, vec![asked]).map(Some)
}
