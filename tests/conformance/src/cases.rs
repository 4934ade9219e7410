//! Questions to the drivers and the answers they have to get, the same for every language.

use std::thread;

use serde_json::Value;

use crate::errors::ErrorTable;
use crate::expect::Expected;
use crate::language::Language;
use crate::secrets::Secrets;
use crate::session::Session;
use crate::tally::Tally;
use crate::{Fallible, Trouble};

/// One row of a file of vectors: it passes when every question gets its answer.
pub(crate) struct Case {
    pub(crate) name: String,
    /// The languages that can express it, and what hinders the others.
    pub(crate) only: Option<(Vec<Language>, String)>,
    pub(crate) questions: Vec<Question>,
    /// What no answer may show.
    pub(crate) secrets: Secrets,
}

pub(crate) struct Question {
    /// A line of the protocol.
    pub(crate) ask: String,
    pub(crate) expect: Expected,
    /// For this language alone.
    pub(crate) only: Option<Language>,
}

pub(crate) struct Suite {
    pub(crate) name: &'static str,
    pub(crate) cases: Vec<Case>,
}

impl Question {
    pub(crate) fn new(ask: &Value, expect: Expected) -> Self {
        Self {
            ask: ask.to_string(),
            expect,
            only: None,
        }
    }

    pub(crate) fn only(self, language: Language) -> Self {
        Self {
            only: Some(language),
            ..self
        }
    }
}

/// Puts every case of the suites to each language's driver. `name` is that of all suites together.
pub(crate) fn run(languages: &[Language], name: &str, suites: &[Suite]) -> Fallible<Vec<Tally>> {
    let table = ErrorTable::load()?;
    let new = |language: &Language| Session::new(*language, &table, Secrets::default());
    run_in(languages.iter().map(new).collect(), name, suites)
}

/// Puts every case of the suites to each driver.
pub(crate) fn run_in(sessions: Vec<Session>, name: &str, suites: &[Suite]) -> Fallible<Vec<Tally>> {
    let mut tallies = Vec::new();
    thread::scope(|scope| {
        let running: Vec<_> = sessions
            .into_iter()
            .map(|session| scope.spawn(|| through(session, name, suites)))
            .collect();
        for session in running {
            tallies.extend(
                session
                    .join()
                    .map_err(|_| "a thread of the runner panicked")?,
            );
        }
        Ok::<(), Trouble>(())
    })?;
    tallies.sort_by_key(|tally| suites.iter().position(|suite| suite.name == tally.suite));
    Ok(tallies)
}

fn through(mut session: Session, name: &str, suites: &[Suite]) -> Vec<Tally> {
    if let Err(why) = session.begin() {
        // Once, and not for each of a thousand cases.
        let mut tally = Tally::new(name, session.column);
        tally.failures.push(why);
        return vec![tally];
    }
    let mut tallies: Vec<Tally> = suites
        .iter()
        .map(|suite| {
            let mut tally = Tally::new(suite.name, session.column);
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
