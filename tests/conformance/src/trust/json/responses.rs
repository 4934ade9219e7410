//! The inputs as responses: valid JSON is read without loss, and anything else is a
//! `ProtocolError`.

use std::panic;
use std::thread;

use alikassa::ErrorKind;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::inputs::{self, INPUTS, Input, ParserResult};
use crate::child::Response;
use crate::errors::ErrorTable;
use crate::expect::{self, Expected};
use crate::fixture::Fixture;
use crate::language::Language;
use crate::session::Session;
use crate::tally::{COMMON, Tally};
use crate::trust::row::Row;
use crate::{BoxError, Result};

const NAME: &str = "JSONTestSuite as responses";

/// Reasons for which the library refuses a response.
const REFUSED: [&str; 3] = ["lone_surrogate", "syntax", "too_deep"];

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The start of a response to `account.balance`, up to the value of an unknown field.
const BALANCE: &str = r#"{"balance":"1.00","value":"#;

/// Each input alone, through the core's parser.
pub(super) fn parsed(inputs: &[Input]) -> Result<Row> {
    // The library ignores a byte-order mark before a response, as RFC 8259 allows.
    let parser_results = inputs::parser_results(inputs.iter().map(|input| {
        let bytes = input.bytes.as_slice();
        bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)
    }))?;
    let mut tally = Tally::new(NAME, COMMON);
    for (input, expected) in inputs.iter().zip(&parser_results) {
        let read = panic::catch_unwind(|| alikassa::binding::parse_response(&input.bytes));
        let result = match (read, is_refused(expected)) {
            (Err(_), _) => Err("a panic".to_owned()),
            (Ok(Ok(_)), false) => Ok(()),
            (Ok(Err(error)), true) if error.kind() == ErrorKind::Protocol => Ok(()),
            (Ok(read), _) => Err(format!("returned {read:?}")),
        };
        tally.count(&input.name, result);
    }
    Ok(Row::of(format!("{NAME}, parser"), &tally, INPUTS))
}

fn is_refused(expected: &ParserResult) -> bool {
    REFUSED
        .iter()
        .any(|reason| expected.reasons.contains(*reason))
}

/// Each input alone, which is not a balance, and as a field of a balance.
pub(super) fn in_every_language(inputs: &[Input]) -> Result<Vec<Row>> {
    let members: Vec<Input> = inputs.iter().map(|input| input.after(BALANCE)).collect();
    let parser_results =
        inputs::parser_results(members.iter().map(|input| input.bytes.as_slice()))?;
    let alone = inputs.iter().map(|input| (input, None));
    let cases: Vec<_> = alone
        .chain(members.iter().zip(parser_results.iter().map(Some)))
        .collect();
    let table = ErrorTable::load()?;
    let mut rows = Vec::new();
    thread::scope(|scope| {
        let through = |language| {
            let (cases, table) = (&cases, &table);
            scope.spawn(move || run_cases(language, table, cases))
        };
        let running: Vec<_> = Language::ALL.into_iter().map(through).collect();
        for language in running {
            let tally = language
                .join()
                .map_err(|_| "a thread of the runner panicked")??;
            rows.push(Row::of(
                format!("{NAME}, {}", tally.column),
                &tally,
                2 * INPUTS,
            ));
        }
        Ok::<(), BoxError>(())
    })?;
    Ok(rows)
}

fn run_cases(
    language: Language,
    table: &ErrorTable,
    cases: &[(&Input, Option<&ParserResult>)],
) -> Result<Tally> {
    let fixture = Fixture::start(None)?;
    let mut session = Session::new(language, table, fixture.secrets());
    let overrides = Map::from_iter([
        ("digest".to_owned(), json!("sha1")),
        ("max_retries".to_owned(), json!(0)),
    ]);
    let options = fixture.options(false, &overrides);
    let open = json!({ "do": "client", "client": "x", "options": options });
    session.call(&open.to_string())?;
    let mut tally = Tally::of(NAME, language);
    for (input, expected) in cases {
        let result = request_balance(&fixture, &mut session, &input.bytes)
            .and_then(|response| check(language, &response, *expected));
        tally.count(&input.name, result);
    }
    session.finish()?;
    Ok(tally)
}

fn request_balance(
    fixture: &Fixture,
    session: &mut Session,
    body: &[u8],
) -> Result<Response, String> {
    let length = body.len();
    let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
    let response = STANDARD.encode([head.as_bytes(), body].concat());
    let fault =
        json!({ "match": { "path": "v1/account/balance" }, "fault": "raw", "body": response });
    fixture.control("faults", [&fault])?;
    session.call(r#"{"do":"call","client":"x","operation":"account.balance","input":{}}"#)
}

fn check(
    language: Language,
    response: &Response,
    expected: Option<&ParserResult>,
) -> Result<(), String> {
    let refused = Expected::error("ProtocolError");
    let Some(expected) = expected.filter(|expected| !is_refused(expected)) else {
        return refused.check(response);
    };
    let Response::Ok(record) = response else {
        return Err(format!("{response:?}"));
    };
    let part = |path| record.pointer(path).unwrap_or(&Value::Null);
    expect::same("balance", &json!("1.00"), part("/fields/balance"))?;
    let data = expected.data.as_ref().ok_or("no expected data")?;
    let value = data.get(1).and_then(|members| members.get(1)?.get(1));
    if equals(
        language,
        part("/other/value"),
        value.unwrap_or(&Value::Null),
    ) {
        Ok(())
    } else {
        Err(format!("{}, not {data}", part("/other")))
    }
}

/// Whether a value of a response equals the tagged data.
fn equals(language: Language, value: &Value, data: &Value) -> bool {
    let content = data.get(1).unwrap_or(&Value::Null);
    match (data.get(0).and_then(Value::as_str), value) {
        (Some("null"), Value::Null) => true,
        (Some("float"), value) if language == Language::Python => equals_decimal(value, data),
        (Some("bool"), Value::Bool(_)) | (Some("text" | "float"), Value::String(_)) => {
            value == content
        }
        (Some("int"), Value::Number(number)) => *content == number.to_string(),
        // An integer beyond 64 bits keeps its digits as text; a third item marks it.
        (Some("int"), Value::String(_)) => value == content && data.get(2).is_some(),
        (Some("list"), Value::Array(items)) => {
            let expected = content.as_array().map_or(&[][..], Vec::as_slice);
            let mut pairs = items.iter().zip(expected);
            items.len() == expected.len() && pairs.all(|(a, b)| equals(language, a, b))
        }
        (Some("map"), Value::Object(members)) => {
            // The last of duplicate keys counts.
            let pairs = content.as_array().into_iter().flatten();
            let expected: Map<String, Value> = pairs
                .filter_map(|pair| Some((pair.get(0)?.as_str()?.to_owned(), pair.get(1)?.clone())))
                .collect();
            let same = |(key, data): (&String, &Value)| {
                members
                    .get(key)
                    .is_some_and(|value| equals(language, value, data))
            };
            members.len() == expected.len() && expected.iter().all(same)
        }
        _ => false,
    }
}

/// A `Decimal`, compared without its exponent if writing it out would fill pages; or 0 for `-0`, as
/// Python's integers have no negative zero.
fn equals_decimal(value: &Value, data: &Value) -> bool {
    let digits = data.get(1).unwrap_or(&Value::Null);
    match value {
        Value::String(_) => value == digits || data.get(2).is_none_or(|plain| value == plain),
        _ => digits == "-0" && *value == json!(0),
    }
}
