//! What becomes of a create: each row of the outcome table and each cause of it, for every kind of create, and lost
//! answers over connections of every age. outcomes.json tells them shortly; here they become scenarios.

mod file;

use serde_json::{Map, Value, json};

use crate::language::Language;
use crate::scenarios::{self, file::Scenario};
use crate::tally::Tally;
use crate::{Fallible, repository};
use file::{Answer, Before, Cause, Column, Fault, File, Operation, Part, Shelf, Verdict};

pub(crate) fn run(languages: &[Language], name: &str) -> Fallible<Vec<Tally>> {
    scenarios::play("outcomes", load()?, languages, name)
}

fn load() -> Fallible<Vec<Scenario>> {
    let file: File = repository::load("outcomes.json")?;
    let mut scenarios = Vec::new();
    for operation in &file.operations {
        if operation.tells.contains(&Part::Answers) {
            for answer in &file.answers {
                scenarios.push(file.answered(operation, answer)?);
            }
        }
        for cause in file.causes.iter().filter(|cause| cause.is_of(operation)) {
            scenarios.push(file.caused(operation, cause)?);
        }
        if operation.tells.contains(&Part::Lost) {
            for before in &file.lost.connections {
                for fault in &file.lost.faults {
                    scenarios.push(file.lost(operation, before, fault)?);
                }
            }
        }
    }
    Ok(scenarios)
}

impl File {
    fn answered(&self, operation: &Operation, answer: &Answer) -> Fallible<Scenario> {
        let verdict = match operation.column {
            Column::Payment => answer.payment,
            Column::Payout => answer.payout,
        };
        let mut step = operation.step.clone();
        if verdict == Verdict::Reply {
            step.insert("ok".to_owned(), operation.reply(&answer.body));
        } else {
            let class = answer.class.as_deref().unwrap_or_default();
            // A 200 that is no answer is not refused by its status.
            let status = Some(answer.status).filter(|status| *status != 200);
            let phase = (verdict == Verdict::Unknown).then_some("answer");
            let mut error = operation.error(verdict, class, phase, status);
            error.insert("attempts".to_owned(), json!(1));
            if verdict == Verdict::Rejected && operation.column == Column::Payout {
                error.extend(answer.payout_error.clone());
            }
            step.insert("error".to_owned(), json!(error));
        }
        step.insert("requests".to_owned(), json!([operation.request()]));
        let entries = usize::from(answer.act);
        step.insert("book".to_owned(), self.book(operation, entries));
        let fault = json!({
            "fault": "http",
            "status": answer.status,
            "headers": answer.headers,
            "body": answer.body,
            "act": answer.act,
        });
        scenario(json!({
            "name": format!("{}, row {}: {}", operation.name, answer.row, answer.name),
            "client": self.client,
            "shared": true,
            "faults": [fault],
            "steps": [allow_duplicates(), step],
        }))
    }

    fn caused(&self, operation: &Operation, cause: &Cause) -> Fallible<Scenario> {
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
        step.insert("book".to_owned(), self.book(operation, cause.entries));

        let mut steps = vec![allow_duplicates()];
        for before in &cause.before {
            steps.push(match before.as_str() {
                Some("create") => json!(operation.accepted()),
                Some("lost create") => json!(operation.lost()),
                _ => before.clone(),
            });
        }
        steps.push(json!(step));
        let shared = cause.leaves_the_client_alone();
        if !shared {
            steps.push(close());
        }
        let usual = members(json!({
            "name": format!("{}, row {}: {}", operation.name, cause.row, cause.name),
            "shared": shared,
            "client": with(&self.client, &cause.client),
            "faults": cause.fault.iter().collect::<Vec<_>>(),
            "steps": steps,
        }));
        scenario(json!(with(&usual, &cause.scenario)))
    }

    fn lost(&self, operation: &Operation, before: &Before, fault: &Fault) -> Fallible<Scenario> {
        let status = fault.http_status;
        let error = operation.error(Verdict::Unknown, &fault.class, Some(&fault.phase), status);
        let error = with(&error, &members(json!({ "attempts": 1 })));
        let mut step = with(&operation.step, &fault.step);
        step.insert("error".to_owned(), json!(error));
        let mut requests = before.requests.clone();
        requests.push(json!(operation.request()));
        step.insert("requests".to_owned(), json!(requests));
        step.insert("book".to_owned(), self.book(operation, 1));

        let mut steps = vec![allow_duplicates()];
        steps.extend(before.steps.clone());
        steps.extend([json!(step), close()]);
        let mut strike = fault.strikes.clone();
        strike.insert("match".to_owned(), json!({ "path": operation.path }));
        strike.insert("act".to_owned(), json!(true));
        scenario(json!({
            "name": format!("{}, lost: {}, {}", operation.name, fault.name, before.name),
            "over": ["tls", "http"],
            "digest": before.digest,
            "client": with(&self.client, &before.client),
            "faults": [strike],
            "steps": steps,
        }))
    }

    fn book(&self, operation: &Operation, entries: usize) -> Value {
        let moves = operation.makes == Shelf::Payouts && entries > 0;
        let mut book = if moves {
            self.moved.clone()
        } else {
            self.untouched.clone()
        };
        book.insert("order_id".to_owned(), json!(ORDER_ID));
        let made = match operation.makes {
            Shelf::Payments => "payments",
            Shelf::Payouts => "payouts",
        };
        book.insert(made.to_owned(), json!(entries));
        json!(book)
    }
}

impl Operation {
    /// A create that is accepted.
    fn accepted(&self) -> Map<String, Value> {
        let mut step = self.step.clone();
        step.insert("ok".to_owned(), json!({}));
        step.insert("requests".to_owned(), json!(1));
        step
    }

    /// A create whose answer is lost.
    fn lost(&self) -> Map<String, Value> {
        let mut step = self.step.clone();
        let error = json!({ "class": "OutcomeUnknownError" });
        step.insert("error".to_owned(), error);
        step.insert("requests".to_owned(), json!(1));
        step
    }

    fn reply(&self, body: &Value) -> Value {
        match &self.reply {
            Some(reply) => json!({ "type": reply, "has": { "id": ID } }),
            None => json!({ "status": 200, "text": body }),
        }
    }

    /// The one request that a create is.
    fn request(&self) -> Map<String, Value> {
        members(json!({ "path": self.path, "fresh": true }))
    }

    /// The error that says so; of an unknown outcome `class` and `status` are its cause's.
    fn error(
        &self,
        verdict: Verdict,
        class: &str,
        phase: Option<&str>,
        status: Option<u16>,
    ) -> Map<String, Value> {
        let unknown = verdict == Verdict::Unknown;
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

/// The order of every create of the file.
const ORDER_ID: &str = "A-1";

/// The id in every answer of the file that is a reply.
const ID: u64 = 7;

/// A create that went out twice would pay twice.
fn allow_duplicates() -> Value {
    json!({ "sandbox": { "duplicates": "allow" } })
}

/// Waits for what is on its way; what is sent in the meantime was not expected.
fn close() -> Value {
    json!({ "do": "close", "ok": null })
}

fn scenario(value: Value) -> Fallible<Scenario> {
    let told = value.to_string();
    let scenario: Scenario = serde_json::from_value(value)
        .map_err(|error| format!("outcomes.json: {error} in {told}"))?;
    scenario.check()?;
    Ok(scenario)
}

/// Of what `json!` made of braces.
fn members(object: Value) -> Map<String, Value> {
    match object {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// A copy with these members over its own.
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
    fn every_row_of_the_table_is_told_and_no_two_cases_share_a_name() {
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
