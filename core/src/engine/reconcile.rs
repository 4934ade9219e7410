//! Reconciling the ledger: the status of every open row is requested. Only reads are sent.

use std::ops::ControlFlow;
use std::time::Duration;

use crate::api::operation::Operation;
use crate::api::prepared_request::PreparedRequest;
use crate::api::response::{FromBody, Response};
use crate::engine::attempt::Budget;
use crate::engine::execution::{Execution, PollState, Step, Work};
use crate::engine::request;
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::{Ledger, MAX_LOCK_WAIT};
use crate::types::ledger_row::LedgerRow;
use crate::types::value::Value;

/// Requests the status of each open row of the client's account and records it. Returns the updated
/// rows.
///
/// A row is unchanged if the provider does not know the order, if it has another amount, or if the
/// client does not have its certificate. After a bad response the other rows are still reconciled,
/// and then the error is returned.
pub(crate) struct Reconcile;

impl Work for Reconcile {
    type Status = Response;
    type Output = Vec<LedgerRow>;

    fn step(
        &self,
        execution: &Execution<'_>,
        _: &mut PollState<Response>,
        _: &mut dyn FnMut(&Response) -> ControlFlow<()>,
    ) -> Result<Step<Vec<LedgerRow>>> {
        let ledger = execution.client.ledger()?;
        let mut rows = ledger.open()?;
        rows.retain(|row| row.account == execution.client.settings.options.account);
        let mut reconciled = Vec::with_capacity(rows.len());
        let mut first_error = None;
        for row in rows {
            if execution.cancel.is_cancelled() || execution.client.is_closed() {
                reconciled.push(row);
                continue;
            }
            match reconcile_row(execution, ledger, row) {
                Ok(row) => reconciled.push(row),
                Err(error) if is_of_one_row(&error) => _ = first_error.get_or_insert(error),
                Err(error) => return Err(error),
            }
        }
        first_error.map_or(Ok(Step::Done(reconciled)), Err)
    }

    fn finish(&self, _: PollState<Response>) -> Result<Vec<LedgerRow>> {
        Err(Error::internal("a reconcile has no pauses"))
    }
}

/// Whether the error concerns this row only. A failed connection, a refused certificate, a rate
/// limit or a server that is down affects every row.
fn is_of_one_row(error: &Error) -> bool {
    match error.http_status() {
        Some(status) => !matches!(status, 401 | 429 | 502..=504),
        None => error.kind() == ErrorKind::Protocol,
    }
}

fn reconcile_row(execution: &Execution<'_>, ledger: &Ledger, row: LedgerRow) -> Result<LedgerRow> {
    let Some(request) = status_request(&row)? else {
        return Ok(row);
    };
    // Each request has the whole deadline, because the caller does not choose the number of rows.
    let budget = Budget::start(&execution.client.settings, &execution.options)?;
    let execution = Execution {
        budget,
        ..*execution
    };
    match request::send::<Response>(&execution, &request) {
        Ok(status) => accept_if_sent(ledger, row, &status, MAX_LOCK_WAIT),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Configuration) => {
            Ok(row)
        }
        Err(error) => Err(error),
    }
}

/// Records the status if its amount is the amount that was sent.
pub(crate) fn accept_if_sent<S: FromBody>(
    ledger: &Ledger,
    row: LedgerRow,
    status: &S,
    wait: Duration,
) -> Result<LedgerRow> {
    match status.order_status() {
        Some(order) if row.amount.is_some() && row.amount.as_ref() == order.amount() => {
            ledger.accept(row, order.id(), order.payment_status().as_str(), wait)
        }
        _ => Ok(row),
    }
}

/// The request for the row's status; none if its operation has no status call.
fn status_request(row: &LedgerRow) -> Result<Option<PreparedRequest>> {
    let Some((resource, "create")) = row.operation.split_once('.') else {
        return Ok(None);
    };
    let order = match row.id {
        Some(id) => ("id".to_owned(), Value::Integer(id)),
        None => ("order_id".to_owned(), Value::from(row.order_id.as_str())),
    };
    let status = Operation::named(&format!("{resource}.status"))?;
    PreparedRequest::new(status, vec![order]).map(Some)
}
