//! The canonical form: the bytes that PHP makes of the same document, in every language; and that these are the bytes that
//! arrive, under a signature over them.

use std::thread;

use alikassa_sandbox::{Certificate, Digest, DigestPolicy, LogEntry};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::Length;
use super::row::Row;
use crate::child::Reply;
use crate::documents::Documents;
use crate::errors::ErrorTable;
use crate::language::Language;
use crate::session::Session;
use crate::fixture::Stage;
use crate::tally::Tally;
use crate::{Fallible, reference_clients, tagged};

const SEED: u64 = 2;

pub(crate) fn run(length: Length) -> Fallible<Vec<Row>> {
    let documents = length.of(100_000, 1_000_000);
    let tallies = reference_clients::encode(&Language::ALL, documents, SEED)?;
    let row = |tally: Tally| Row::of(format!("PHP's bytes, {}", tally.column), &tally, documents);
    let mut rows: Vec<Row> = tallies.into_iter().map(row).collect();

    let sent = length.of(1_000, 20_000);
    let mut source = Documents::from_seed(SEED);
    let documents: Vec<Value> = (0..sent).map(|_| source.next()).collect();
    let expected = reference_clients::encoded_by_php(&documents)?;
    let arrive = |language| arrivals(language, &documents, &expected);
    let tallies: Vec<Fallible<Tally>> = thread::scope(|scope| {
        let running = Language::ALL.map(|language| scope.spawn(move || arrive(language)));
        let ended = running.into_iter().map(thread::ScopedJoinHandle::join);
        ended
            .map(|tally| tally.unwrap_or_else(|_| Err("a thread panicked".into())))
            .collect()
    });
    for tally in tallies {
        let tally = tally?;
        let what = format!("sent = signed = PHP's bytes, {}", tally.column);
        rows.push(Row::of(what, &tally, sent));
    }
    Ok(rows)
}

/// Each document sent as a raw request: the sandbox got these bytes, and found the signature to be over them.
fn arrivals(language: Language, documents: &[Value], expected: &[Value]) -> Fallible<Tally> {
    let stage = Stage::set_up(None)?;
    stage.prepare(DigestPolicy::Any, &[])?;
    let mut session = Session::new(language, &ErrorTable::load()?, stage.secrets());
    let own = Map::from_iter([("digest".to_owned(), json!("sha1"))]);
    let options = stage.options(false, &own);
    let client = json!({ "do": "client", "client": "c", "options": options });
    if let Reply::Error(error) = session.ask(&client.to_string())? {
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
        let arrived = session
            .ask(&request.to_string())
            .and_then(|reply| arrived(&reply, &stage.take_log(), expected));
        tally.count(&document.to_string(), arrived);
    }
    session.finish()?;
    Ok(tally)
}

fn arrived(reply: &Reply, log: &[LogEntry], expected: &Value) -> Result<(), String> {
    let [entry] = log else {
        return Err(format!("the sandbox saw {} requests: {reply:?}", log.len()));
    };
    let made_by = (entry.certificate, entry.digest);
    if made_by != (Some(Certificate::Payout), Some(Digest::Sha1)) {
        return Err(format!("the signature is over other bytes: {made_by:?}"));
    }
    if json!(STANDARD.encode(&entry.body)) == *expected {
        Ok(())
    } else {
        Err(format!(
            "{} against {expected}",
            STANDARD.encode(&entry.body)
        ))
    }
}
