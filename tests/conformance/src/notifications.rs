//! Notifications and redirects, through each language's driver: what is believed, what is refused, and what is news.

mod file;
mod bit_flips;

use std::path::Path;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::Fallible;
use crate::cases::{self, Case, Question, Suite};
use crate::expect::Expected;
use crate::language::Language;
use crate::secrets::Secrets;
use crate::tally::Tally;
use file::{Delivery, File, Notes, Row};

/// The name of the client in the drivers.
const CLIENT: &str = "notifications";

pub(crate) fn run(languages: &[Language]) -> Fallible<Vec<Tally>> {
    let file = file::load()?;
    // Lives until the last case: the ledgers are in it.
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
    let ask = json!(Ask::new(&row.verb, &row.delivery));
    let expect = row.expected();
    let mut questions = vec![open(&options), Question::new(&ask, expect.clone())];
    // Python's other client verifies at once too.
    let again = [open(&asynchronous(options)), Question::new(&ask, expect)];
    questions.extend(again.map(|question| question.only(Language::Python)));
    case(row.name.clone(), questions)
}

fn replays(file: &File, folder: &Path) -> Vec<Case> {
    let notes = file.notes.iter().enumerate();
    notes
        .map(|(number, notes)| {
            let mut questions = vec![open(&file.default_options())];
            for language in Language::ALL {
                let path = folder.join(format!("{language}-{number}.sqlite"));
                let asked = each_note(notes, &path);
                questions.extend(asked.map(|question| question.only(language)));
            }
            case(notes.name.clone(), questions)
        })
        .collect()
}

/// The steps in a ledger of their own.
fn each_note(notes: &Notes, path: &Path) -> impl Iterator<Item = Question> {
    notes.steps.iter().map(move |step| {
        let ask = Note {
            path,
            times: step.times,
            ask: Ask::new("note", &step.delivery),
        };
        Question::new(&json!(ask), Expected::Ok(Value::Object(step.ok.clone())))
    })
}

/// A line of the protocol.
#[derive(Serialize)]
struct Ask<'a> {
    r#do: &'a str,
    client: &'static str,
    #[serde(flatten)]
    delivery: &'a Delivery,
}

#[derive(Serialize)]
struct Note<'a> {
    path: &'a Path,
    times: u64,
    #[serde(flatten)]
    ask: Ask<'a>,
}

impl<'a> Ask<'a> {
    fn new(verb: &'a str, delivery: &'a Delivery) -> Self {
        Self {
            r#do: verb,
            client: CLIENT,
            delivery,
        }
    }
}

fn open(options: &Map<String, Value>) -> Question {
    let ask = json!({ "do": "client", "client": CLIENT, "options": options });
    Question::new(&ask, Expected::Ok(Value::Null))
}

fn asynchronous(mut options: Map<String, Value>) -> Map<String, Value> {
    options.insert("mode".to_owned(), json!("async"));
    options
}

fn case(name: String, questions: Vec<Question>) -> Case {
    Case {
        name,
        only: None,
        questions,
        secrets: Secrets::default(),
    }
}
