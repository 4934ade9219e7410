//! Canonical JSON: every language must write the same bytes as PHP, and these bytes must arrive
//! with a signature that matches them.

use std::thread;

use alikassa_sandbox::{Certificate, Digest, DigestPolicy, LogEntry};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::Length;
use super::row::Row;
use crate::child::Response;
use crate::documents::Documents;
use crate::errors::ErrorTable;
use crate::fixture::Fixture;
use crate::language::Language;
use crate::session::Session;
use crate::tally::Tally;
use crate::{Result, reference_clients, tagged};

const SEED: u64 = 2;

pub(crate) fn run(length: Length) -> Result<Vec<Row>> {
    let documents = length.of(100_000, 1_000_000);
    let tallies = reference_clients::encode(&Language::ALL, documents, SEED)?;
    let row = |tally: Tally| {
        Row::of(
            format!("equal to PHP's output, {}", tally.column),
            &tally,
            documents,
        )
    };
    let mut rows: Vec<Row> = tallies.into_iter().map(row).collect();

    let requests = length.of(1_000, 20_000);
    let mut source = Documents::from_seed(SEED);
    let documents: Vec<Value> = (0..requests).map(|_| source.next()).collect();
    let expected = reference_clients::encoded_by_php(&documents)?;
    let send_from = |language| send_all(language, &documents, &expected);
    let tallies: Vec<Result<Tally>> = thread::scope(|scope| {
        let running = Language::ALL.map(|language| scope.spawn(move || send_from(language)));
        let ended = running.into_iter().map(thread::ScopedJoinHandle::join);
        ended
            .map(|tally| tally.unwrap_or_else(|_| Err("a thread panicked".into())))
            .collect()
    });
    for tally in tallies {
        let tally = tally?;
        let what = format!("sent = signed = PHP's output, {}", tally.column);
        rows.push(Row::of(what, &tally, requests));
    }
    Ok(rows)
}

/// Sends each document as a raw request. The sandbox must receive the expected bytes, and the
/// signature must match them.
fn send_all(language: Language, documents: &[Value], expected: &[Value]) -> Result<Tally> {
    let fixture = Fixture::start(None)?;
    fixture.reset(DigestPolicy::Any, &[])?;
    let mut session = Session::new(language, &ErrorTable::load()?, fixture.secrets());
    let own = Map::from_iter([("digest".to_owned(), json!("sha1"))]);
    let options = fixture.options(false, &own);
    let client = json!({ "do": "client", "client": "c", "options": options });
    if let Response::Error(error) = session.call(&client.to_string())? {
        return Err(Value::Object(error).to_string().into());
    }
    let mut tally = Tally::of("sent bytes", language);
    for (document, expected) in documents.iter().zip(expected) {
        let request = json!({
            "do": "request",
            "client": "c",
            "path": "v1/account/info",
            "data": document,
            "text": tagged::to_text(document)?,
            "cert": "payout",
            "read": true,
        });
        let received = session
            .call(&request.to_string())
            .and_then(|response| check_received(&response, &fixture.take_log(), expected));
        tally.count(&document.to_string(), received);
    }
    session.finish()?;
    Ok(tally)
}

fn check_received(response: &Response, log: &[LogEntry], expected: &Value) -> Result<(), String> {
    let [entry] = log else {
        return Err(format!(
            "the sandbox saw {} requests: {response:?}",
            log.len()
        ));
    };
    let signed_with = (entry.certificate, entry.digest);
    if signed_with != (Some(Certificate::Payout), Some(Digest::Sha1)) {
        return Err(format!(
            "the signature does not match the bytes: {signed_with:?}"
        ));
    }
    if json!(STANDARD.encode(&entry.body)) == *expected {
        Ok(())
    } else {
        Err(format!("{}, not {expected}", STANDARD.encode(&entry.body)))
    }
}
