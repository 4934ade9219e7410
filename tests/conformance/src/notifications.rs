//! Notifications and redirects through each language's driver: which are accepted, which are
//! refused and why, and which are replays.

mod bit_flips;
mod file;

use std::path::Path;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::Result;
use crate::cases::{self, Case, Exchange, Suite};
use crate::expect::Expected;
use crate::language::Language;
use crate::secrets::Secrets;
use crate::tally::Tally;
use file::{File, Notes, Payload, Row};

/// The name of the client in the driver.
const CLIENT: &str = "notifications";

pub(crate) fn run(languages: &[Language]) -> Result<Vec<Tally>> {
    let file = file::load()?;
    // Lives until the last case: it contains the ledgers.
    let folder = tempfile::tempdir()?;
    let suites = [
        Suite {
            name: "notifications: verify",
            cases: file.cases.iter().map(|row| verify(row, &file)).collect(),
        },
        Suite {
            name: "notifications: bit flips",
            cases: bit_flips::cases(&file)?,
        },
        Suite {
            name: "notifications: replays",
            cases: replays(&file, folder.path()),
        },
    ];
    cases::run(languages, "notifications", &suites)
}

fn verify(row: &Row, file: &File) -> Case {
    let options = file.options(&row.certs, &row.options);
    let request = json!(VerifyRequest::new(&row.verb, &row.payload));
    let expect = row.expected();
    let mut exchanges = vec![open(&options), Exchange::new(&request, expect.clone())];
    // Python's `AsyncClient` verifies synchronously as well.
    let asynchronously = [
        open(&asynchronous(options)),
        Exchange::new(&request, expect),
    ];
    exchanges.extend(asynchronously.map(|exchange| exchange.only(Language::Python)));
    case(row.name.clone(), exchanges)
}

fn replays(file: &File, folder: &Path) -> Vec<Case> {
    let notes = file.notes.iter().enumerate();
    notes
        .map(|(number, notes)| {
            let mut exchanges = vec![open(&file.default_options())];
            for language in Language::ALL {
                let path = folder.join(format!("{language}-{number}.sqlite"));
                let requests = note_steps(notes, &path);
                exchanges.extend(requests.map(|exchange| exchange.only(language)));
            }
            case(notes.name.clone(), exchanges)
        })
        .collect()
}

/// The steps of the row, with a ledger of their own.
fn note_steps(notes: &Notes, path: &Path) -> impl Iterator<Item = Exchange> {
    notes.steps.iter().map(move |step| {
        let request = NoteRequest {
            path,
            times: step.times,
            verify: VerifyRequest::new("note", &step.payload),
        };
        Exchange::new(
            &json!(request),
            Expected::Ok(Value::Object(step.ok.clone())),
        )
    })
}

/// A request of the driver protocol that verifies a message.
#[derive(Serialize)]
struct VerifyRequest<'a> {
    r#do: &'a str,
    client: &'static str,
    #[serde(flatten)]
    payload: &'a Payload,
}

/// A request of the driver protocol that records a notification in a ledger.
#[derive(Serialize)]
struct NoteRequest<'a> {
    path: &'a Path,
    times: u64,
    #[serde(flatten)]
    verify: VerifyRequest<'a>,
}

impl<'a> VerifyRequest<'a> {
    fn new(verb: &'a str, payload: &'a Payload) -> Self {
        Self {
            r#do: verb,
            client: CLIENT,
            payload,
        }
    }
}

fn open(options: &Map<String, Value>) -> Exchange {
    let request = json!({ "do": "client", "client": CLIENT, "options": options });
    Exchange::new(&request, Expected::Ok(Value::Null))
}

fn asynchronous(mut options: Map<String, Value>) -> Map<String, Value> {
    options.insert("mode".to_owned(), json!("async"));
    options
}

fn case(name: String, exchanges: Vec<Exchange>) -> Case {
    Case {
        name,
        only: None,
        exchanges,
        secrets: Secrets::default(),
    }
}
