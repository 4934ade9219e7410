//! Reconciling the ledger: the status of every open row is requested. Only reads are sent.

use std::ops::ControlFlow;

use crate::api::operation::Resource;
use crate::api::prepared_request::PreparedRequest;
use crate::api::response::Response;
use crate::engine::attempt::Budget;
use crate::engine::execution::{Execution, PollState, Step, Work};
use crate::engine::{request, settle};
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::{Ledger, MAX_LOCK_WAIT, Report};
use crate::types::ledger_event::EventSource;
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
        let mut rows: Vec<LedgerRow> = ledger.open().collect::<Result<_>>()?;
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
    let Some(resource) = resource(&row) else {
        return Ok(row);
    };
    // Each request has the whole deadline, because the caller does not choose the number of rows.
    let budget = Budget::start(&execution.client.settings, &execution.options)?;
    let execution = Execution {
        budget,
        ..*execution
    };
    let by_order_id = ("order_id", Value::from(row.order_id.as_str()));
    let mut response = match row.id {
        Some(id) => request_status(&execution, resource, ("id", Value::Integer(id))),
        None => request_status(&execution, resource, by_order_id.clone()),
    };
    if row.id.is_some() && response.as_ref().is_err_and(is_not_found) {
        response = request_status(&execution, resource, by_order_id);
    }
    let report = match response {
        Ok(report) => report,
        Err(error) if is_not_found(&error) || error.kind() == ErrorKind::Configuration => {
            return Ok(row);
        }
        Err(error) => return Err(error),
    };
    if report
        .order_id
        .as_ref()
        .is_some_and(|order_id| *order_id != row.order_id)
    {
        execution.process.warn(format!(
            "{} {}: the provider reports another order_id for its id: the row is unchanged",
            row.operation, row.order_id
        ));
        return Ok(row);
    }
    let report = Report {
        order_id: Some(row.order_id.clone()),
        source: EventSource::Reconcile,
        ..report
    };
    let settled = settle::try_record(&execution, ledger, resource, &report, MAX_LOCK_WAIT)?;
    Ok(settled.map_or(row, |settled| settled.row))
}

fn is_not_found(error: &Error) -> bool {
    error.kind() == ErrorKind::NotFound
}

/// What the row's operation creates; none if it has no status call.
fn resource(row: &LedgerRow) -> Option<Resource> {
    [Resource::Payment, Resource::Payout]
        .into_iter()
        .find(|resource| resource.create().name == row.operation)
}

/// Requests the status of an order.
fn request_status(
    execution: &Execution<'_>,
    resource: Resource,
    (name, value): (&str, Value),
) -> Result<Report> {
    let request = PreparedRequest::new(resource.status(), vec![(name.to_owned(), value)])?;
    let status = request::send::<Response>(execution, &request)?;
    let report = settle::reported(&request, &status).map(|(_, report)| report);
    report.ok_or_else(|| Error::protocol("the response is about another order"))
}
