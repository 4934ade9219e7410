//! A payout that is made while its answer gets lost: what a language says of it, what it finds out, and how often
//! the sandbox paid.

use alikassa_sandbox::DigestPolicy;
use serde_json::{Value, json};

use super::{sign, told};
use crate::child::Reply;
use crate::language::Language;
use crate::session::Session;
use crate::fixture::Stage;
use crate::{Fallible, table};

const ORDER_ID: &str = "A-1001";
const AMOUNT: &str = "5.00";

/// What each language has to say, to find, and to have made.
const SAID: &str = "OutcomeUnknownError, unknown";
const FOUND: &str = "found by amount, paid";
const MADE: usize = 1;

/// The story as one language tells it.
pub(super) struct Story {
    language: Language,
    said: String,
    found: String,
    /// The payouts of that order in the sandbox's book.
    made: usize,
    /// Body and signature of each create that the sandbox saw.
    sent: Vec<(Vec<u8>, String)>,
}

/// On the client `demo`.
pub(super) fn tell(stage: &Stage, session: &mut Session) -> Fallible<Story> {
    let close = json!({ "match": { "path": "v1/payout" }, "fault": "close_after_act" });
    let pay = json!({ "match": { "path": "v1/payout" }, "status": "paid" });
    stage.prepare(DigestPolicy::Any, &[close])?;
    stage.control("rules", [&pay])?;
    // A payout that was sent twice is paid twice.
    stage.control("duplicates", [&json!({ "duplicates": "allow" })])?;

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
    let said = said(session.ask(&create.to_string())?);
    let resolve = json!({
        "do": "call",
        "client": "demo",
        "operation": "payouts.resolve",
        "input": { "order_id": ORDER_ID, "amount": AMOUNT },
        "deadline": 5_000,
    });
    let resolution = told(session, &resolve)?;

    let log = stage.take_log();
    let creates = log.iter().filter(|entry| entry.path == "/v1/payout");
    Ok(Story {
        language: session.language,
        said,
        found: found(&resolution),
        made: stage.payouts(ORDER_ID),
        sent: creates
            .map(|entry| (entry.body.clone(), sign(entry)))
            .collect(),
    })
}

/// Prints the stories; whether each is the one it has to be, with the same request.
pub(super) fn report(stories: &[Story]) -> bool {
    let good = |story: &Story| {
        (&*story.said, &*story.found) == (SAID, FOUND)
            && (story.made, story.sent.len()) == (MADE, MADE)
            && stories.iter().all(|other| other.sent == story.sent)
    };
    let good = stories.iter().all(good);
    let rows: Vec<Vec<String>> = stories.iter().map(Story::row).collect();
    let header = ["a lost answer", "error, outcome", "resolve", "sent", "paid"];
    println!("\n{}", table::render(&header, &rows));
    println!(
        "a payout whose answer was lost was sent once, paid once, and found in {} languages: {}",
        stories.len(),
        if good { "yes" } else { "NO" }
    );
    good
}

impl Story {
    fn row(&self) -> Vec<String> {
        vec![
            self.language.to_string(),
            self.said.clone(),
            self.found.clone(),
            self.sent.len().to_string(),
            self.made.to_string(),
        ]
    }
}

fn said(reply: Reply) -> String {
    match reply {
        Reply::Ok(_) => "no error".to_owned(),
        Reply::Error(error) => format!(
            "{}, {}",
            shown(error.get("class")),
            shown(error.get("outcome"))
        ),
    }
}

fn found(resolution: &Value) -> String {
    if resolution["found"] != true {
        return "not found".to_owned();
    }
    let by = shown(resolution.get("matched_by"));
    let status = shown(resolution.pointer("/status/fields/payment_status"));
    format!("found by {by}, {status}")
}

fn shown(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or("?")
}
