//! The vectors, through each language's driver.

mod canonical;
mod keys;
mod signing;

use std::thread;

use serde_json::{Value, json};

use crate::Fallible;
use crate::errors::ErrorTable;
use crate::expect::Expected;
use crate::language::Language;
use crate::secrets::Secrets;
use crate::session::Session;
use crate::tally::Tally;

/// One row of a file of vectors: it passes when every question gets its answer.
struct Case {
    name: String,
    /// The languages that can express it, and what hinders the others.
    only: Option<(Vec<Language>, String)>,
    questions: Vec<Question>,
    /// What no answer may show.
    secrets: Secrets,
}

struct Question {
    /// A line of the protocol.
    ask: String,
    expect: Expected,
    /// For this language alone.
    only: Option<Language>,
}

struct Suite {
    name: &'static str,
    cases: Vec<Case>,
}

impl Question {
    fn new(ask: &Value, expect: Expected) -> Self {
        Self {
            ask: ask.to_string(),
            expect,
            only: None,
        }
    }
}

pub(crate) fn run(languages: &[Language]) -> Fallible<Vec<Tally>> {
    // Lives until the last case: some keys are laid out in folders.
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
            cases: keys::cases(folder.path())?,
        },
        Suite {
            name: "vectors: errors",
            cases: offline_errors(),
        },
    ];
    let table = ErrorTable::load()?;
    let mut tallies = Vec::new();
    thread::scope(|scope| {
        let running: Vec<_> = languages
            .iter()
            .map(|language| scope.spawn(|| through(*language, &suites, &table)))
            .collect();
        for language in running {
            tallies.extend(
                language
                    .join()
                    .map_err(|_| "a thread of the runner panicked")?,
            );
        }
        Ok::<(), crate::Trouble>(())
    })?;
    tallies.sort_by_key(|tally| suites.iter().position(|suite| suite.name == tally.suite));
    Ok(tallies)
}

fn through(language: Language, suites: &[Suite], table: &ErrorTable) -> Vec<Tally> {
    let mut session = Session::new(language, table, Secrets::default());
    if let Err(why) = session.begin() {
        // Once, and not for each of a thousand cases.
        let mut tally = Tally::of("vectors", language);
        tally.failures.push(why);
        return vec![tally];
    }
    let mut tallies: Vec<Tally> = suites
        .iter()
        .map(|suite| {
            let mut tally = Tally::of(suite.name, language);
            for case in &suite.cases {
                case.run(&mut session, &mut tally);
            }
            tally.require_some();
            tally
        })
        .collect();
    if let (Err(why), Some(last)) = (session.finish(), tallies.last_mut()) {
        last.failures.push(why);
    }
    tallies
}

impl Case {
    fn run(&self, session: &mut Session, tally: &mut Tally) {
        if let Some((languages, why)) = &self.only
            && !languages.contains(&session.language)
        {
            tally.cannot_express(why);
            return;
        }
        session.secrets = self.secrets.clone();
        let language = session.language;
        let mine = |question: &&Question| question.only.is_none_or(|only| only == language);
        let result = self.questions.iter().filter(mine).try_for_each(|question| {
            let reply = session.ask(&question.ask)?;
            question.expect.judge(&reply)
        });
        tally.count(&self.name, result);
    }
}

/// The classes of errors that need no server and no vector.
fn offline_errors() -> Vec<Case> {
    let case = |name: &str, ask: Value, expect| Case {
        name: name.to_owned(),
        only: None,
        questions: vec![Question::new(&ask, expect)],
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
            Expected::error("ConfigurationError").with("message_contains", &json!("base_url")),
        ),
        case(
            "after errors, the next call works",
            options("http://127.0.0.1:9"),
            Expected::Ok(Value::Null),
        ),
    ]
}
