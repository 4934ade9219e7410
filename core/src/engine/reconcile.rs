//! Reconciling the ledger: the status of every open row is requested. Only reads are sent.

use std::ops::ControlFlow;
use std::time::Duration;

use crate::api::operation::Resource;
use crate::api::prepared_request::PreparedRequest;
use crate::api::response::Response;
use crate::engine::execution::{Execution, PollState, Step, Work};
use crate::engine::{request, settle};
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::{Lease, LeaseCursor, MAX_LOCK_WAIT, Report, Subject};
use crate::types::ledger_event::EventSource;
use crate::types::ledger_row::LedgerRow;
use crate::types::value::Value;

/// What became of an open row.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reconciled {
    /// The row afterwards. It is unchanged if the provider does not know the order, if it has
    /// another amount, or if the client does not have its certificate.
    pub row: LedgerRow,
    /// The error of the request about this row.
    pub error: Option<Error>,
    /// The id of another payment or payout that the provider has with this `order_id`.
    pub other_id: Option<i64>,
}

/// Requests the status of an open row and records it. An error that does not concern this row alone
/// is the error of the call.
pub(crate) struct ReconcileRow(pub(crate) LedgerRow);

impl Work for ReconcileRow {
    type Status = Response;
    type Output = Reconciled;

    fn step(
        &self,
        execution: &Execution<'_>,
        _: &mut PollState<Response>,
        _: &mut dyn FnMut(&Response) -> ControlFlow<()>,
    ) -> Result<Step<Reconciled>> {
        let reconciled = reconcile(execution, &self.0);
        let reconciled = reconciled.or_else(|error| {
            if !is_of_one_row(&error) {
                return Err(error);
            }
            Ok(Reconciled {
                row: self.0.clone(),
                error: Some(execution.context.annotate(error)),
                other_id: None,
            })
        });
        reconciled.map(Step::Done)
    }

    fn finish(&self, _: PollState<Response>) -> Result<Reconciled> {
        Err(Error::internal("the request about a row has no pauses"))
    }
}

/// Ends the leases of rows that were asked about, and leases the next.
pub(crate) struct LeaseRows {
    pub(crate) asked: Vec<Lease>,
    /// Rows that were not asked about.
    pub(crate) returned: Vec<Lease>,
    pub(crate) cursor: LeaseCursor,
    pub(crate) limit: usize,
    pub(crate) time: Duration,
}

impl Work for LeaseRows {
    type Status = Response;
    type Output = (LeaseCursor, Vec<Lease>);

    fn step(
        &self,
        execution: &Execution<'_>,
        _: &mut PollState<Response>,
        _: &mut dyn FnMut(&Response) -> ControlFlow<()>,
    ) -> Result<Step<Self::Output>> {
        let ledger = execution.client.ledger()?;
        ledger.end_leases(&self.asked, true)?;
        ledger.end_leases(&self.returned, false)?;
        let mut cursor = self.cursor.clone();
        let leases = match self.limit {
            0 => Vec::new(),
            limit => ledger.lease(&mut cursor, limit, self.time)?,
        };
        Ok(Step::Done((cursor, leases)))
    }

    fn finish(&self, _: PollState<Response>) -> Result<Self::Output> {
        Err(Error::internal("leasing has no pauses"))
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

fn reconcile(execution: &Execution<'_>, row: &LedgerRow) -> Result<Reconciled> {
    let unchanged = || Reconciled {
        row: row.clone(),
        error: None,
        other_id: None,
    };
    let Some(resource) = resource(row) else {
        return Ok(unchanged());
    };
    let by_order_id = ("order_id", Value::from(row.order_id.as_str()));
    let mut response = match row.id {
        Some(id) => request_status(execution, resource, ("id", Value::Integer(id))),
        None => request_status(execution, resource, by_order_id.clone()),
    };
    if row.id.is_some() && response.as_ref().is_err_and(is_not_found) {
        response = request_status(execution, resource, by_order_id);
    }
    let report = match response {
        Ok(report) => report,
        Err(error) if is_not_found(&error) || error.kind() == ErrorKind::Configuration => {
            return Ok(unchanged());
        }
        Err(error) => return Err(error),
    };
    if report
        .order_id
        .as_ref()
        .is_some_and(|order_id| *order_id != row.order_id)
    {
        execution.process.notices.add(format!(
            "{} {}: the provider reports another order_id for its id: the row is unchanged",
            row.operation, row.order_id
        ));
        return Ok(unchanged());
    }
    let report = Report {
        order_id: Some(row.order_id.clone()),
        source: EventSource::Reconcile,
        ..report
    };
    let ledger = execution.client.ledger()?;
    let settled = settle::try_record(execution, ledger, resource, &report, MAX_LOCK_WAIT)?;
    Ok(settled.map_or_else(unchanged, |settled| Reconciled {
        row: settled.row,
        error: None,
        other_id: report.id.filter(|_| settled.subject == Subject::OtherId),
    }))
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
