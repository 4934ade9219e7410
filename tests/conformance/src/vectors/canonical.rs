//! canonical.json: the bytes of a body, or why it is refused.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::cases::{Case, Question};
use crate::expect::Expected;
use crate::language::Language;
use crate::secrets::Secrets;
use crate::{Fallible, repository};

#[derive(Deserialize)]
struct File {
    cases: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    name: String,
    data: Option<Box<RawValue>>,
    text: Option<String>,
    bytes: Option<String>,
    error: Option<Map<String, Value>>,
    only: Option<Vec<Language>>,
    why: Option<String>,
}

pub(super) fn cases() -> Fallible<Vec<Case>> {
    let file: File = repository::load("canonical.json")?;
    file.cases.into_iter().map(case).collect()
}

fn case(row: Row) -> Fallible<Case> {
    let expect = match (row.bytes, row.error) {
        (Some(bytes), None) => Expected::Ok(json!(bytes)),
        (None, Some(error)) => Expected::Error(error),
        _ => return Err(format!("{}: needs either bytes or an error", row.name).into()),
    };
    let mut questions = vec![Question {
        ask: ask(row.data.as_deref(), row.text.as_deref())?,
        expect: expect.clone(),
        only: None,
    }];
    if row.data.is_some() && row.text.is_some() {
        // Rust takes values as well as JSON text, and both have to come to the same.
        questions.push(Question {
            ask: ask(None, row.text.as_deref())?,
            expect,
            only: Some(Language::Rust),
        });
    }
    Ok(Case {
        name: row.name,
        only: row.only.map(|only| (only, row.why.unwrap_or_default())),
        questions,
        secrets: Secrets::default(),
    })
}

/// Documents nest deeper than a JSON reader goes by itself, so they travel as text.
fn ask(data: Option<&RawValue>, text: Option<&str>) -> Fallible<String> {
    #[derive(Serialize)]
    struct Canonical<'a> {
        r#do: &'static str,
        data: Option<&'a RawValue>,
        text: Option<&'a str>,
    }
    Ok(serde_json::to_string(&Canonical {
        r#do: "canonical",
        data,
        text,
    })?)
}
