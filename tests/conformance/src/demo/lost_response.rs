//! A payout that the provider accepts while its response is lost: the error in each language, what
//! `resolve` finds, and how many times the sandbox paid.

use alikassa_sandbox::DigestPolicy;
use serde_json::{Value, json};

use super::{send, sign};
use crate::child::Response;
use crate::fixture::Fixture;
use crate::language::Language;
use crate::session::Session;
use crate::{Result, table};

const ORDER_ID: &str = "A-1001";
const AMOUNT: &str = "5.00";

/// The expected error, resolution and number of payouts.
const ERROR: &str = "OutcomeUnknownError, unknown";
const FOUND: &str = "found by amount, paid";
const PAID: usize = 1;

/// The observations in one language.
pub(super) struct LostResponse {
    language: Language,
    error: String,
    resolution: String,
    /// The number of payouts of this order in the sandbox.
    paid: usize,
    /// Body and signature of each create that the sandbox received.
    sent: Vec<(Vec<u8>, String)>,
}

/// Uses the client `demo`.
pub(super) fn run(fixture: &Fixture, session: &mut Session) -> Result<LostResponse> {
    let close = json!({ "match": { "path": "v1/payout" }, "fault": "close_after_act" });
    let pay = json!({ "match": { "path": "v1/payout" }, "status": "paid" });
    fixture.reset(DigestPolicy::Any, &[close])?;
    fixture.control("rules", [&pay])?;
    // A repeated payout would be paid twice.
    fixture.control("duplicates", [&json!({ "duplicates": "allow" })])?;

    let create = json!({
        "do": "call",
        "client": "demo",
        "operation": "payouts.create",
        "input": {
            "amount": AMOUNT,
            "number": "4111111111111111",
            "order_id": ORDER_ID,
            "service": "payment_card_rub",
        },
    });
    let error = error(session.call(&create.to_string())?);
    let resolve = json!({
        "do": "call",
        "client": "demo",
        "operation": "payouts.resolve",
        "input": { "order_id": ORDER_ID, "amount": AMOUNT },
        "deadline": 5_000,
    });
    let resolution = send(session, &resolve)?;

    let log = fixture.take_log();
    let creates = log.iter().filter(|entry| entry.path == "/v1/payout");
    Ok(LostResponse {
        language: session.language,
        error,
        resolution: describe(&resolution),
        paid: fixture.payouts(ORDER_ID),
        sent: creates
            .map(|entry| (entry.body.clone(), sign(entry)))
            .collect(),
    })
}

/// Prints the results. Returns whether all are as expected, with identical requests.
pub(super) fn report(results: &[LostResponse]) -> bool {
    let is_expected = |result: &LostResponse| {
        (&*result.error, &*result.resolution) == (ERROR, FOUND)
            && (result.paid, result.sent.len()) == (PAID, PAID)
            && results.iter().all(|other| other.sent == result.sent)
    };
    let passed = results.iter().all(is_expected);
    let rows: Vec<Vec<String>> = results.iter().map(LostResponse::row).collect();
    let header = ["lost response", "error, outcome", "resolve", "sent", "paid"];
    println!("\n{}", table::render(&header, &rows));
    println!(
        "a payout whose response was lost was sent once, paid once, and found in {} languages: {}",
        results.len(),
        if passed { "yes" } else { "NO" }
    );
    passed
}

impl LostResponse {
    fn row(&self) -> Vec<String> {
        vec![
            self.language.to_string(),
            self.error.clone(),
            self.resolution.clone(),
            self.sent.len().to_string(),
            self.paid.to_string(),
        ]
    }
}

fn error(response: Response) -> String {
    match response {
        Response::Ok(_) => "no error".to_owned(),
        Response::Error(error) => format!(
            "{}, {}",
            text(error.get("class")),
            text(error.get("outcome"))
        ),
    }
}

fn describe(resolution: &Value) -> String {
    if resolution["found"] != true {
        return "not found".to_owned();
    }
    let matched_by = text(resolution.get("matched_by"));
    let status = text(resolution.pointer("/status/fields/payment_status"));
    format!("found by {matched_by}, {status}")
}

fn text(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or("?")
}
