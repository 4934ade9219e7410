//! The texts as answers: what is JSON is read to the last digit, what is not is a `ProtocolError`.

use std::panic;
use std::thread;

use alikassa::ErrorKind;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::inputs::{self, TEXTS, Text, Verdict};
use crate::child::Reply;
use crate::errors::ErrorTable;
use crate::expect::{self, Expected};
use crate::language::Language;
use crate::session::Session;
use crate::fixture::Stage;
use crate::tally::{COMMON, Tally};
use crate::trust::row::Row;
use crate::{Fallible, Trouble};

const NAME: &str = "JSONTestSuite, as answers";

/// What the library refuses in an answer.
const REFUSED: [&str; 3] = ["lone_surrogate", "syntax", "too_deep"];

/// An answer to `account.balance` up to the value of a field that it does not know.
const BALANCE: &str = r#"{"balance":"1.00","value":"#;

/// The texts alone, as the core's reader takes them.
pub(super) fn parsed(texts: &[Text]) -> Fallible<Row> {
    let verdicts = inputs::verdicts(texts.iter().map(|text| text.bytes.as_slice()))?;
    let mut tally = Tally::new(NAME, COMMON);
    for (text, verdict) in texts.iter().zip(&verdicts) {
        let read = panic::catch_unwind(|| alikassa::binding::parse_response(&text.bytes));
        let result = match (read, is_refused(verdict)) {
            (Err(_), _) => Err("a panic".to_owned()),
            (Ok(Ok(_)), false) => Ok(()),
            (Ok(Err(error)), true) if error.kind() == ErrorKind::Protocol => Ok(()),
            (Ok(read), _) => Err(format!("gave {read:?}")),
        };
        tally.count(&text.name, result);
    }
    Ok(Row::of(format!("{NAME}, the reader"), &tally, TEXTS))
}

fn is_refused(verdict: &Verdict) -> bool {
    REFUSED
        .iter()
        .any(|reason| verdict.reasons.contains(*reason))
}

/// The texts alone, which are no balance, and in a field of one.
pub(super) fn in_every_language(texts: &[Text]) -> Fallible<Vec<Row>> {
    let members: Vec<Text> = texts.iter().map(|text| text.after(BALANCE)).collect();
    let verdicts = inputs::verdicts(members.iter().map(|text| text.bytes.as_slice()))?;
    let alone = texts.iter().map(|text| (text, None));
    let asked: Vec<_> = alone
        .chain(members.iter().zip(verdicts.iter().map(Some)))
        .collect();
    let table = ErrorTable::load()?;
    let mut rows = Vec::new();
    thread::scope(|scope| {
        let through = |language| {
            let (asked, table) = (&asked, &table);
            scope.spawn(move || through(language, table, asked))
        };
        let running: Vec<_> = Language::ALL.into_iter().map(through).collect();
        for language in running {
            let tally = language
                .join()
                .map_err(|_| "a thread of the runner panicked")??;
            rows.push(Row::of(
                format!("{NAME}, {}", tally.column),
                &tally,
                2 * TEXTS,
            ));
        }
        Ok::<(), Trouble>(())
    })?;
    Ok(rows)
}

fn through(
    language: Language,
    table: &ErrorTable,
    asked: &[(&Text, Option<&Verdict>)],
) -> Fallible<Tally> {
    let stage = Stage::set_up(None)?;
    let mut session = Session::new(language, table, stage.secrets());
    let own = Map::from_iter([
        ("digest".to_owned(), json!("sha1")),
        ("max_retries".to_owned(), json!(0)),
    ]);
    let open = json!({ "do": "client", "client": "x", "options": stage.options(false, &own) });
    session.ask(&open.to_string())?;
    let mut tally = Tally::of(NAME, language);
    for (text, verdict) in asked {
        let result = balance(&stage, &mut session, &text.bytes)
            .and_then(|reply| judge(language, &reply, *verdict));
        tally.count(&text.name, result);
    }
    session.finish()?;
    Ok(tally)
}

fn balance(stage: &Stage, session: &mut Session, answer: &[u8]) -> Result<Reply, String> {
    let length = answer.len();
    let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
    let answer = STANDARD.encode([head.as_bytes(), answer].concat());
    let fault =
        json!({ "match": { "path": "v1/account/balance" }, "fault": "raw", "body": answer });
    stage.control("faults", [&fault])?;
    session.ask(r#"{"do":"call","client":"x","operation":"account.balance","input":{}}"#)
}

fn judge(language: Language, reply: &Reply, verdict: Option<&Verdict>) -> Result<(), String> {
    let refused = Expected::error("ProtocolError");
    let Some(verdict) = verdict.filter(|verdict| !is_refused(verdict)) else {
        return refused.judge(reply);
    };
    let Reply::Ok(record) = reply else {
        return Err(format!("{reply:?}"));
    };
    let part = |path| record.pointer(path).unwrap_or(&Value::Null);
    expect::same("balance", &json!("1.00"), part("/fields/balance"))?;
    let data = verdict.data.as_ref().ok_or("nothing to compare with")?;
    let value = data.get(1).and_then(|members| members.get(1)?.get(1));
    if says(
        language,
        part("/other/value"),
        value.unwrap_or(&Value::Null),
    ) {
        Ok(())
    } else {
        Err(format!("{} for {data}", part("/other")))
    }
}

/// Whether a value of an answer is what the tagged data means.
fn says(language: Language, value: &Value, data: &Value) -> bool {
    let content = data.get(1).unwrap_or(&Value::Null);
    match (data.get(0).and_then(Value::as_str), value) {
        (Some("null"), Value::Null) => true,
        (Some("float"), value) if language == Language::Python => pythons(value, data),
        (Some("bool"), Value::Bool(_)) | (Some("text" | "float"), Value::String(_)) => {
            value == content
        }
        (Some("int"), Value::Number(number)) => *content == number.to_string(),
        // The digits as they came; what fits 64 bits has no third part, and is a number.
        (Some("int"), Value::String(_)) => value == content && data.get(2).is_some(),
        (Some("list"), Value::Array(items)) => {
            let expected = content.as_array().map_or(&[][..], Vec::as_slice);
            let mut pairs = items.iter().zip(expected);
            items.len() == expected.len() && pairs.all(|(a, b)| says(language, a, b))
        }
        (Some("map"), Value::Object(members)) => {
            // Of a key that stands twice the last counts.
            let pairs = content.as_array().into_iter().flatten();
            let expected: Map<String, Value> = pairs
                .filter_map(|pair| Some((pair.get(0)?.as_str()?.to_owned(), pair.get(1)?.clone())))
                .collect();
            let same = |(key, data): (&String, &Value)| {
                members
                    .get(key)
                    .is_some_and(|value| says(language, value, data))
            };
            members.len() == expected.len() && expected.iter().all(same)
        }
        _ => false,
    }
}

/// A `Decimal` without its exponent, which is not compared where it fills pages; or 0, as Python's integers have no minus
/// zero.
fn pythons(value: &Value, data: &Value) -> bool {
    let digits = data.get(1).unwrap_or(&Value::Null);
    match value {
        Value::String(_) => value == digits || data.get(2).is_none_or(|plain| value == plain),
        _ => digits == "-0" && *value == json!(0),
    }
}
