//! The outcome of a create: each row of the outcome table and each cause of it, for every kind of
//! create, and lost responses over new, reused and stale connections. outcomes.json lists the
//! cases; here they are expanded to scenarios.

mod file;

use serde_json::{Map, Value, json};

use crate::language::Language;
use crate::scenarios::{self, file::Scenario};
use crate::tally::Tally;
use crate::{Result, repository};
use file::{
    Before, Cause, Column, Fault, File, Operation, Part, RecordKind, ResponseCase, Verdict,
};

pub(crate) fn run(languages: &[Language], name: &str) -> Result<Vec<Tally>> {
    scenarios::run_all("outcomes", load, languages, name)
}

fn load() -> Result<Vec<Scenario>> {
    let file: File = repository::load("outcomes.json")?;
    let mut scenarios = Vec::new();
    for operation in &file.operations {
        for response in file
            .responses
            .iter()
            .filter(|response| response.applies_to(operation))
        {
            scenarios.push(file.responded(operation, response)?);
        }
        for cause in file
            .causes
            .iter()
            .filter(|cause| cause.applies_to(operation))
        {
            scenarios.push(file.caused(operation, cause)?);
        }
        if operation.parts.contains(&Part::LostResponses) {
            for before in &file.lost_responses.connections {
                for fault in &file.lost_responses.faults {
                    scenarios.push(file.lost(operation, before, fault)?);
                }
            }
        }
    }
    Ok(scenarios)
}

impl File {
    fn responded(&self, operation: &Operation, response: &ResponseCase) -> Result<Scenario> {
        let verdict = match operation.column {
            Column::Payment => response.payment,
            Column::Payout => response.payout,
        };
        let mut step = operation.step.clone();
        if verdict == Verdict::Success {
            step.insert("ok".to_owned(), operation.success(&response.body));
        } else {
            let class = response.class.as_deref().unwrap_or_default();
            // A 200 that is not a valid response is not refused by its status.
            let status = Some(response.status).filter(|status| *status != 200);
            let phase = (verdict == Verdict::Unknown).then_some("answer");
            let mut error = operation.error(verdict, class, phase, status);
            error.insert("attempts".to_owned(), json!(1));
            if verdict == Verdict::Rejected && operation.column == Column::Payout {
                error.extend(response.payout_error.clone());
            }
            step.insert("error".to_owned(), json!(error));
        }
        step.insert("requests".to_owned(), json!([operation.request()]));
        let created = usize::from(response.act);
        step.insert("state".to_owned(), self.state(operation, created));
        let fault = json!({
            "fault": "http",
            "status": response.status,
            "headers": response.headers,
            "body": response.body,
            "act": response.act,
        });
        scenario(json!({
            "name": format!("{}, row {}: {}", operation.name, response.row, response.name),
            "client": self.client,
            "shared": true,
            "faults": [fault],
            "steps": [allow_duplicates(), step],
        }))
    }

    fn caused(&self, operation: &Operation, cause: &Cause) -> Result<Scenario> {
        let mut step = with(&operation.step, &cause.step);
        if let Some(Value::Object(input)) = step.get_mut("input") {
            input.extend(cause.input.clone());
        }
        let mut error = operation.error(
            cause.outcome,
            &cause.class,
            cause.phase.as_deref(),
            cause.http_status,
        );
        error.extend(cause.error.clone());
        step.insert("error".to_owned(), json!(error));
        let request = with(&operation.request(), &cause.seen);
        let requests = vec![request; cause.requests];
        step.insert("requests".to_owned(), json!(requests));
        step.insert("state".to_owned(), self.state(operation, cause.created));

        let mut steps = vec![allow_duplicates()];
        for before in &cause.before {
            steps.push(match before.as_str() {
                Some("create") => json!(operation.accepted()),
                Some("lost create") => json!(operation.lost()),
                _ => before.clone(),
            });
        }
        steps.push(json!(step));
        let shared = cause.can_share_the_client();
        if !shared {
            steps.push(close());
        }
        let defaults = members(json!({
            "name": format!("{}, row {}: {}", operation.name, cause.row, cause.name),
            "shared": shared,
            "client": with(&self.client, &cause.client),
            "faults": cause.fault.iter().collect::<Vec<_>>(),
            "steps": steps,
        }));
        scenario(json!(with(&defaults, &cause.scenario)))
    }

    fn lost(&self, operation: &Operation, before: &Before, fault: &Fault) -> Result<Scenario> {
        let status = fault.http_status;
        let error = operation.error(Verdict::Unknown, &fault.class, Some(&fault.phase), status);
        let error = with(&error, &members(json!({ "attempts": 1 })));
        let mut step = with(&operation.step, &fault.step);
        step.insert("error".to_owned(), json!(error));
        let mut requests = before.requests.clone();
        requests.push(json!(operation.request()));
        step.insert("requests".to_owned(), json!(requests));
        step.insert("state".to_owned(), self.state(operation, 1));

        let mut steps = vec![allow_duplicates()];
        steps.extend(before.steps.clone());
        steps.extend([json!(step), close()]);
        let mut injected = fault.injected.clone();
        injected.insert("match".to_owned(), json!({ "path": operation.path }));
        injected.insert("act".to_owned(), json!(true));
        scenario(json!({
            "name": format!("{}, lost: {}, {}", operation.name, fault.name, before.name),
            "over": ["tls", "http"],
            "digest": before.digest,
            "client": with(&self.client, &before.client),
            "faults": [injected],
            "steps": steps,
        }))
    }

    fn state(&self, operation: &Operation, created: usize) -> Value {
        let is_paid_out = operation.creates == RecordKind::Payouts && created > 0;
        let mut state = if is_paid_out {
            self.balance_after_payout.clone()
        } else {
            self.initial_balance.clone()
        };
        state.insert("order_id".to_owned(), json!(ORDER_ID));
        let kind = match operation.creates {
            RecordKind::Payments => "payments",
            RecordKind::Payouts => "payouts",
        };
        state.insert(kind.to_owned(), json!(created));
        json!(state)
    }
}

impl Operation {
    /// A create that succeeds.
    fn accepted(&self) -> Map<String, Value> {
        let mut step = self.step.clone();
        step.insert("ok".to_owned(), json!({}));
        step.insert("requests".to_owned(), json!(1));
        step
    }

    /// A create whose response is lost.
    fn lost(&self) -> Map<String, Value> {
        let mut step = self.step.clone();
        let error = json!({ "class": "OutcomeUnknownError" });
        step.insert("error".to_owned(), error);
        step.insert("requests".to_owned(), json!(1));
        step
    }

    fn success(&self, body: &Value) -> Value {
        match &self.reply_type {
            Some(name) => json!({ "type": name, "has": { "id": ID } }),
            None => json!({ "status": 200, "text": body }),
        }
    }

    /// The single request of a create.
    fn request(&self) -> Map<String, Value> {
        members(json!({ "path": self.path, "fresh": true }))
    }

    /// The expected error. If the outcome is unknown, `class` and `status` are those of its cause.
    fn error(
        &self,
        verdict: Verdict,
        class: &str,
        phase: Option<&str>,
        status: Option<u16>,
    ) -> Map<String, Value> {
        // A duplicate's outcome is that of an earlier create, and its error has no cause.
        let unknown = verdict == Verdict::Unknown && class != "DuplicateOrderError";
        let cause = unknown.then(|| json!({ "class": class, "http_status": status }));
        members(json!({
            "class": if unknown { "OutcomeUnknownError" } else { class },
            "outcome": verdict.outcome(),
            "operation": self.name,
            "order_id": ORDER_ID,
            "phase": phase,
            "http_status": status,
            "cause": cause,
        }))
    }
}

/// The order id of every create in the file.
const ORDER_ID: &str = "A-1";

/// The id in every successful response in the file.
const ID: u64 = 7;

/// Makes the sandbox carry out a repeated create, so that a second request would be noticed.
fn allow_duplicates() -> Value {
    json!({ "sandbox": { "duplicates": "allow" } })
}

/// Waits for calls in flight. A request that they send is unexpected.
fn close() -> Value {
    json!({ "do": "close", "ok": null })
}

fn scenario(value: Value) -> Result<Scenario> {
    let text = value.to_string();
    let scenario: Scenario = serde_json::from_value(value)
        .map_err(|error| format!("outcomes.json: {error} in {text}"))?;
    scenario.check()?;
    Ok(scenario)
}

/// The members of a JSON object.
fn members(object: Value) -> Map<String, Value> {
    match object {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// A copy of `members` in which `others` replace members of the same name.
fn with(members: &Map<String, Value>, others: &Map<String, Value>) -> Map<String, Value> {
    let mut members = members.clone();
    members.extend(others.clone());
    members
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_row_of_the_table_has_a_case_and_case_names_are_unique() {
        let scenarios = load().unwrap();
        let names: BTreeSet<&str> = scenarios.iter().map(|scenario| &*scenario.name).collect();
        assert_eq!(names.len(), scenarios.len());
        for operation in ["payments.create", "payouts.create"] {
            for row in 1..=7 {
                let row = format!("{operation}, row {row}: ");
                assert!(names.iter().any(|name| name.starts_with(&row)), "{row}");
            }
        }
    }
}
