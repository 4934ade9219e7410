//! canonical.json: the bytes of a body, or why it is refused.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::cases::{Case, Exchange};
use crate::expect::Expected;
use crate::language::Language;
use crate::secrets::Secrets;
use crate::{Result, repository};

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
    /// The languages that cannot express it, in place of those that can.
    #[serde(default)]
    except: Vec<Language>,
    why: Option<String>,
}

pub(super) fn cases() -> Result<Vec<Case>> {
    let file: File = repository::load("canonical.json")?;
    file.cases.into_iter().map(case).collect()
}

fn case(row: Row) -> Result<Case> {
    let expected = match (row.bytes, row.error) {
        (Some(bytes), None) => Expected::Ok(json!(bytes)),
        (None, Some(error)) => Expected::Error(error),
        _ => return Err(format!("{}: needs either `bytes` or `error`", row.name).into()),
    };
    let mut exchanges = vec![Exchange {
        request: request(row.data.as_deref(), row.text.as_deref())?,
        expected: expected.clone(),
        only: None,
    }];
    if row.data.is_some() && row.text.is_some() {
        // Rust accepts values as well as JSON text. Both must have the same result.
        exchanges.push(Exchange {
            request: request(None, row.text.as_deref())?,
            expected,
            only: Some(Language::Rust),
        });
    }
    let only = row
        .only
        .or_else(|| (!row.except.is_empty()).then(|| others(&row.except)));
    Ok(Case {
        name: row.name,
        only: only.map(|only| (only, row.why.unwrap_or_default())),
        exchanges,
        secrets: Secrets::default(),
    })
}

fn others(except: &[Language]) -> Vec<Language> {
    let mut languages = Language::ALL.to_vec();
    languages.retain(|language| !except.contains(language));
    languages
}

/// The documents exceed the recursion limit of a JSON parser, so they travel as raw text.
fn request(data: Option<&RawValue>, text: Option<&str>) -> Result<String> {
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
