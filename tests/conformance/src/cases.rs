//! Requests to the drivers and the responses they must get, the same for every language.

use std::thread;

use serde_json::Value;

use crate::errors::ErrorTable;
use crate::expect::Expected;
use crate::language::Language;
use crate::secrets::Secrets;
use crate::session::Session;
use crate::tally::Tally;
use crate::{BoxError, Result};

/// One row of a vector file. It passes when every request gets the expected response.
pub(crate) struct Case {
    pub(crate) name: String,
    /// The languages that can express it, and why the others cannot.
    pub(crate) only: Option<(Vec<Language>, String)>,
    pub(crate) exchanges: Vec<Exchange>,
    /// What no response may contain.
    pub(crate) secrets: Secrets,
}

pub(crate) struct Exchange {
    /// A line of the driver protocol.
    pub(crate) request: String,
    pub(crate) expected: Expected,
    /// Set if only this language makes the request.
    pub(crate) only: Option<Language>,
}

pub(crate) struct Suite {
    pub(crate) name: &'static str,
    pub(crate) cases: Vec<Case>,
}

impl Exchange {
    pub(crate) fn new(request: &Value, expected: Expected) -> Self {
        Self {
            request: request.to_string(),
            expected,
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

/// Runs every case of the suites through each language's driver. `name` names the suites together.
pub(crate) fn run(languages: &[Language], name: &str, suites: &[Suite]) -> Result<Vec<Tally>> {
    let table = ErrorTable::load()?;
    let new = |language: &Language| Session::new(*language, &table, Secrets::default());
    run_in(languages.iter().map(new).collect(), name, suites)
}

/// Runs every case of the suites through each driver.
pub(crate) fn run_in(sessions: Vec<Session>, name: &str, suites: &[Suite]) -> Result<Vec<Tally>> {
    let mut tallies = Vec::new();
    thread::scope(|scope| {
        let running: Vec<_> = sessions
            .into_iter()
            .map(|session| scope.spawn(|| run_suites(session, name, suites)))
            .collect();
        for session in running {
            tallies.extend(
                session
                    .join()
                    .map_err(|_| "a thread of the runner panicked")?,
            );
        }
        Ok::<(), BoxError>(())
    })?;
    tallies.sort_by_key(|tally| suites.iter().position(|suite| suite.name == tally.suite));
    Ok(tallies)
}

fn run_suites(mut session: Session, name: &str, suites: &[Suite]) -> Vec<Tally> {
    if let Err(why) = session.start() {
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
            tally.skip_inexpressible(why);
            return;
        }
        session.secrets = self.secrets.clone();
        let language = session.language;
        let applies = |exchange: &&Exchange| exchange.only.is_none_or(|only| only == language);
        let result = self
            .exchanges
            .iter()
            .filter(applies)
            .try_for_each(|exchange| {
                let response = session.call(&exchange.request)?;
                exchange.expected.check(&response)
            });
        tally.count(&self.name, result);
    }
}
