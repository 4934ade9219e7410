//! The vectors, through each language's driver.

mod canonical;
pub(crate) mod keys;
mod signing;

use serde_json::{Value, json};

use crate::cases::{self, Case, Exchange, Suite};
use crate::expect::Expected;
use crate::language::Language;
use crate::secrets::Secrets;
use crate::tally::Tally;
use crate::{Result, repository};

pub(crate) fn run(languages: &[Language]) -> Result<Vec<Tally>> {
    // Lives until the last case: some keys are written to folders in it.
    let folder = tempfile::tempdir()?;
    let suites = [
        Suite {
            name: "vectors: canonical",
            cases: canonical::cases()?,
        },
        Suite {
            name: "vectors: signing",
            cases: signing::cases()?,
        },
        Suite {
            name: "vectors: keys",
            cases: keys::cases(&repository::vectors("keys.json"), folder.path())?,
        },
        Suite {
            name: "vectors: errors",
            cases: offline_errors(),
        },
    ];
    cases::run(languages, "vectors", &suites)
}

/// The error classes that need neither a server nor a vector.
fn offline_errors() -> Vec<Case> {
    let case = |name: &str, request: Value, expected| Case {
        name: name.to_owned(),
        only: None,
        exchanges: vec![Exchange::new(&request, expected)],
        secrets: Secrets::default(),
    };
    let options = |base_url| json!({ "do": "client", "client": "x", "options": { "account": "a", "base_url": base_url } });
    vec![
        case(
            "InternalError",
            json!({ "do": "panic" }),
            Expected::error("InternalError").with("message_contains", &json!("panic")),
        ),
        case(
            "ConfigurationError",
            options("ftp://127.0.0.1"),
            Expected::error("ConfigurationError")
                .with("message_contains", &json!("write it as https://host")),
        ),
        case(
            "the next call after an error works",
            options("http://127.0.0.1:9"),
            Expected::Ok(Value::Null),
        ),
    ]
}
