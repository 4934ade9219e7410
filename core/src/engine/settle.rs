//! Recording in the ledger what a status reports. The status is returned whatever the ledger does.

use std::time::Duration;

use crate::api::operation::{Operation, Resource};
use crate::api::prepared_request::PreparedRequest;
use crate::api::response::FromBody;
use crate::engine::execution::Execution;
use crate::engine::shared::Notices;
use crate::error::{Error, Result};
use crate::json::parse::parse_response;
use crate::ledger::{Key, Ledger, Report, Settled, Subject};
use crate::schema::read_field::ReadField;
use crate::types::ledger_event::EventSource;
use crate::types::status::PaymentStatus;
use crate::types::value::Value;

/// The maximum wait for the ledger. A later status or `reconcile` records what a busy ledger
/// misses.
const MAX_WAIT: Duration = Duration::from_secs(1);

/// How many calls in flight there are for one in a group that is recorded together. The others keep
/// the processor busy meanwhile.
const CALLS_PER_REPORT: usize = 2;

/// Records the status that a read returned, in the row of its order.
///
/// A status that is not final leaves the row open. If there are many calls in flight, the call does
/// not wait until such a status is recorded: another call of them does it, before it returns.
pub(crate) fn record<R: FromBody>(
    execution: &Execution<'_>,
    request: &PreparedRequest,
    response: &R,
) {
    let Some((ledger, resource, report)) = in_ledger(execution, request, response) else {
        return;
    };
    if PaymentStatus::from(report.payment_status.clone()).is_final() {
        _ = try_record(execution, ledger, resource, &report, wait(execution))
            .unwrap_or_else(|error| failed(&execution.process.notices, &error));
        return;
    }
    let Some(key) = key(execution, resource, &report) else {
        return;
    };
    let (notices, reported) = (execution.process.notices.clone(), report.clone());
    let events = execution.events.clone();
    let done = move |settled: Result<Option<Settled>>| match settled {
        Ok(Some(settled)) => {
            events.ledger_transition(Some(settled.from), settled.row.state);
            notice(&notices, &settled, &reported);
        }
        Ok(None) => {}
        Err(error) => _ = failed(&notices, &error),
    };
    ledger.settle_soon(
        key,
        report,
        group(execution),
        wait(execution),
        Box::new(done),
    );
}

/// Records the status that a resolve got. None without a ledger, without a row, or if the ledger
/// fails.
pub(crate) fn record_resolved<R: FromBody>(
    execution: &Execution<'_>,
    request: &PreparedRequest,
    response: &R,
) -> Option<Settled> {
    let (ledger, resource, report) = in_ledger(execution, request, response)?;
    let report = Report {
        source: EventSource::Resolve,
        ..report
    };
    try_record(execution, ledger, resource, &report, wait(execution))
        .unwrap_or_else(|error| failed(&execution.process.notices, &error))
}

/// Records a report. None if there is no row.
pub(crate) fn try_record(
    execution: &Execution<'_>,
    ledger: &Ledger,
    resource: Resource,
    report: &Report,
    wait: Duration,
) -> Result<Option<Settled>> {
    let Some(key) = key(execution, resource, report) else {
        return Ok(None);
    };
    let settled = ledger.settle(key, report.clone(), group(execution), wait)?;
    if let Some(settled) = &settled {
        let events = execution.events;
        events.ledger_transition(Some(settled.from), settled.row.state);
        notice(&execution.process.notices, settled, report);
    }
    Ok(settled)
}

/// What a response reports, and the ledger that has its order.
fn in_ledger<'a, R: FromBody>(
    execution: &Execution<'a>,
    request: &PreparedRequest,
    response: &R,
) -> Option<(&'a Ledger, Resource, Report)> {
    let ledger = execution.client.settings.options.ledger.as_ref()?;
    let (resource, report) = reported(request, response)?;
    Some((ledger, resource, report))
}

fn key(execution: &Execution<'_>, resource: Resource, report: &Report) -> Option<Key> {
    Some(Key {
        account: execution.account.uuid.to_string(),
        operation: resource.create().name.to_owned(),
        order_id: report.order_id.clone()?,
    })
}

fn group(execution: &Execution<'_>) -> usize {
    let max_connections = execution.client.settings.options.max_connections;
    execution.process.in_flight.count().min(max_connections) / CALLS_PER_REPORT
}

fn wait(execution: &Execution<'_>) -> Duration {
    execution.budget.remaining().min(MAX_WAIT)
}

fn failed(notices: &Notices, error: &Error) -> Option<Settled> {
    notices.add(format!("{}; the order's row is unchanged", error.message()));
    None
}

/// Tells the operator about a payment or payout that the row does not take.
fn notice(notices: &Notices, Settled { row, subject, .. }: &Settled, report: &Report) {
    if !matches!(subject, Subject::OtherId | Subject::Unclear) {
        return;
    }
    let id = |id: Option<i64>| id.map_or("no id".to_owned(), |id| format!("id {id}"));
    notices.add(format!(
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
