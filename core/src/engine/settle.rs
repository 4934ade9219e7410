//! Recording in the ledger what a status reports. The status is returned whatever the ledger does.

use std::time::Duration;

use crate::api::operation::{Operation, Resource};
use crate::api::prepared_request::PreparedRequest;
use crate::api::response::FromBody;
use crate::engine::execution::Execution;
use crate::error::Result;
use crate::json::parse::parse_response;
use crate::ledger::{Key, Ledger, Report, Settled, Subject};
use crate::schema::read_field::ReadField;
use crate::types::ledger_event::EventSource;
use crate::types::ledger_row::LedgerRow;
use crate::types::value::Value;

/// The maximum wait for the ledger. A later status or `reconcile` records what a busy ledger
/// misses.
const MAX_WAIT: Duration = Duration::from_secs(1);

/// How many calls in flight there are for one in a group that is recorded together. The others keep
/// the processor busy meanwhile.
const CALLS_PER_REPORT: usize = 2;

/// Records the status that a read returned, in the row of its order. None without a ledger, without
/// a row, or if the ledger fails.
pub(crate) fn record<R: FromBody>(
    execution: &Execution<'_>,
    request: &PreparedRequest,
    response: &R,
    source: EventSource,
) -> Option<Settled> {
    let ledger = execution.client.settings.options.ledger.as_ref()?;
    let (resource, report) = reported(request, response)?;
    let report = Report { source, ..report };
    let wait = execution.budget.remaining().min(MAX_WAIT);
    try_record(execution, ledger, resource, &report, wait).unwrap_or_else(|error| {
        let reason = error.message();
        execution
            .process
            .warn(format!("{reason}; the order's row is unchanged"));
        None
    })
}

/// [`record`], with the ledger's error.
pub(crate) fn try_record(
    execution: &Execution<'_>,
    ledger: &Ledger,
    resource: Resource,
    report: &Report,
    wait: Duration,
) -> Result<Option<Settled>> {
    let Some(order_id) = report.order_id.clone() else {
        return Ok(None);
    };
    let options = &execution.client.settings.options;
    let key = Key {
        account: options.account.clone(),
        operation: resource.create().name.to_owned(),
        order_id,
    };
    let running = execution
        .process
        .in_flight
        .count()
        .min(options.max_connections);
    let settled = ledger.settle(key, report.clone(), running / CALLS_PER_REPORT, wait)?;
    if let Some(Settled { row, subject }) = &settled {
        notice(execution, row, *subject, report);
    }
    Ok(settled)
}

/// Tells the operator about a payment or payout that the row does not take.
fn notice(execution: &Execution<'_>, row: &LedgerRow, subject: Subject, report: &Report) {
    if !matches!(subject, Subject::OtherId | Subject::Unclear) {
        return;
    }
    let id = |id: Option<i64>| id.map_or("no id".to_owned(), |id| format!("id {id}"));
    execution.process.warn(format!(
        "{} {}: the provider reports {} for this order_id, and the ledger has {}: the row is unchanged",
        row.operation,
        row.order_id,
        id(report.id),
        id(row.id)
    ));
}

/// What the response to a status reports. What the request asks for completes it: a response that
/// does not name its order is about the order that was asked for.
pub(crate) fn reported<R: FromBody>(
    request: &PreparedRequest,
    response: &R,
) -> Option<(Resource, Report)> {
    let operation = request.operation.or_else(|| Operation::at(&request.path))?;
    let resource = operation.reports()?;
    let mut report = match response.order_status() {
        Some(order) => Report::new(order),
        None => raw_report(operation, response.raw_body()?)?,
    };
    let asked = parse_response(&request.body).ok()?;
    if let Some(Value::Text(order_id)) = asked.get("order_id")
        && report.order_id.get_or_insert_with(|| order_id.clone()) != order_id
    {
        return None;
    }
    if let Some(id) = asked.get("id").and_then(|id| i64::read(id).ok().flatten())
        && *report.id.get_or_insert(id) != id
    {
        return None;
    }
    Some((resource, report))
}

/// The report in the body of a raw status.
fn raw_report(operation: &Operation, body: &[u8]) -> Option<Report> {
    let response = (operation.read)(parse_response(body).ok()?, Vec::new()).ok()?;
    response.order_status().map(Report::new)
}
