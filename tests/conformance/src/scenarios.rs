//! The scenarios: calls against the sandbox, the same for every language.

pub(crate) mod file;
mod ledger;
mod load;
mod requests;
mod requests_in_full;
mod response;
mod runner;
mod state;
mod watching;
mod wording;

use std::collections::BTreeMap;
use std::thread;

use serde_json::Value;

use crate::errors::ErrorTable;
use crate::language::Language;
use crate::store::Store;
use crate::tally::Tally;
use crate::{BoxError, Result};
use file::Scenario;
use runner::Runner;

/// The drivers that share the scenarios of a target, each with its own sandbox. Most of the time
/// is spent waiting.
const WORKERS: usize = 2;

/// A language, and the kind of client that makes the calls in it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Target {
    pub(crate) language: Language,
    /// Python's `AsyncClient` in place of its `Client`.
    pub(crate) is_async: bool,
}

/// The results of one target: a result for each scenario.
struct TargetResults {
    target: Target,
    results: BTreeMap<String, ScenarioResult>,
    /// An error of the driver as a whole.
    driver_error: Option<String>,
}

impl TargetResults {
    /// Adds the results of another worker for the same target.
    fn merge(&mut self, other: Self) {
        self.results.extend(other.results);
        self.driver_error = self.driver_error.take().or(other.driver_error);
    }
}

/// The result of one scenario.
#[derive(Default)]
struct ScenarioResult {
    /// The response to each step; null if there is none to compare.
    responses: Vec<Value>,
    /// Why steps were skipped.
    inexpressible: Vec<String>,
    failure: Option<String>,
}

impl ScenarioResult {
    /// No step can be expressed.
    fn inexpressible(why: &str, steps: usize) -> Self {
        Self {
            responses: vec![Value::Null; steps],
            inexpressible: vec![why.to_owned(); steps],
            failure: None,
        }
    }
}

pub(crate) fn run(languages: &[Language], name: &str) -> Result<Vec<Tally>> {
    run_all("scenarios", load::load, languages, name)
}

/// Runs the scenarios whose name contains `name` with every client of the languages. Those about a
/// ledger also run with a ledger in a database.
pub(crate) fn run_all(
    suite: &str,
    load: fn() -> Result<Vec<Scenario>>,
    languages: &[Language],
    name: &str,
) -> Result<Vec<Tally>> {
    let mut tallies = run_with(suite, load()?, languages, name, &Store::Files)?;
    let mut scenarios = load()?;
    scenarios.retain(Scenario::takes_any_ledger);
    if scenarios
        .iter()
        .any(|scenario| scenario.name.contains(name))
    {
        let suite = format!("{suite}, database");
        let store = Store::database()?;
        tallies.extend(run_with(&suite, scenarios, languages, name, &store)?);
    }
    Ok(tallies)
}

fn run_with(
    suite: &str,
    mut scenarios: Vec<Scenario>,
    languages: &[Language],
    name: &str,
    store: &Store,
) -> Result<Vec<Tally>> {
    scenarios.retain(|scenario| scenario.name.contains(name));
    let table = ErrorTable::load()?;
    let targets: Vec<Target> = languages.iter().copied().flat_map(targets).collect();
    let mut all_results: Vec<TargetResults> = Vec::new();
    thread::scope(|scope| {
        let workers = targets
            .iter()
            .flat_map(|target| (0..WORKERS).map(move |worker| (*target, worker)));
        let running: Vec<_> = workers
            .map(|(target, worker)| {
                let share = scenarios.iter().skip(worker).step_by(WORKERS);
                let table = &table;
                scope.spawn(move || run_target(target, share, table, store))
            })
            .collect();
        for target_results in running {
            let target_results = target_results
                .join()
                .map_err(|_| "a thread of the runner panicked")??;
            match all_results.last_mut() {
                Some(last) if last.target == target_results.target => last.merge(target_results),
                _ => all_results.push(target_results),
            }
        }
        Ok::<(), BoxError>(())
    })?;
    Ok(tallies(suite, all_results))
}

fn targets(language: Language) -> Vec<Target> {
    let target = |is_async| Target { language, is_async };
    match language {
        Language::Python => vec![target(false), target(true)],
        _ => vec![target(false)],
    }
}

fn run_target<'a>(
    target: Target,
    scenarios: impl Iterator<Item = &'a Scenario>,
    table: &ErrorTable,
    store: &Store,
) -> Result<TargetResults> {
    let mut runner = Runner::new(target, table, store)?;
    let mut results = BTreeMap::new();
    if let Err(why) = runner.start() {
        return Ok(TargetResults {
            target,
            results,
            driver_error: Some(why),
        });
    }
    for scenario in scenarios {
        for scheme in &scenario.over {
            let name = match scheme.name() {
                "tls" => scenario.name.clone(),
                scheme => format!("{}, {scheme}", scenario.name),
            };
            results.insert(name, runner.run(scenario, *scheme));
        }
    }
    Ok(TargetResults {
        target,
        results,
        driver_error: runner.finish().err(),
    })
}

/// Counts the results, and compares those of each target with those of the first.
fn tallies(suite: &str, all_results: Vec<TargetResults>) -> Vec<Tally> {
    let mut all_results = all_results.into_iter();
    let first = all_results.next();
    let mut tallies: Vec<Tally> = first
        .iter()
        .map(|first| tally(suite, first, None))
        .collect();
    tallies.extend(all_results.map(|other| tally(suite, &other, first.as_ref())));
    tallies
}

fn tally(suite: &str, target_results: &TargetResults, first: Option<&TargetResults>) -> Tally {
    let suite = if target_results.target.is_async {
        format!("{suite}, async")
    } else {
        suite.to_owned()
    };
    let mut tally = Tally::of(suite, target_results.target.language);
    for (name, result) in &target_results.results {
        for why in &result.inexpressible {
            tally.skip_inexpressible(why);
        }
        match &result.failure {
            Some(why) => tally.count(name, Err(why.clone())),
            None if result.inexpressible.len() == result.responses.len() => {}
            None => {
                let theirs = first.and_then(|first| first.results.get(name));
                tally.count(name, compare(result, theirs));
            }
        }
    }
    tally.failures.extend(target_results.driver_error.clone());
    tally.require_some();
    tally
}

/// Fails unless two targets got identical responses.
fn compare(result: &ScenarioResult, theirs: Option<&ScenarioResult>) -> Result<(), String> {
    let theirs = theirs.map_or(&[][..], |theirs| &theirs.responses);
    for (step, (ours, theirs)) in result.responses.iter().zip(theirs).enumerate() {
        // A step that one of the targets skipped has no response there.
        if ours != theirs && !ours.is_null() && !theirs.is_null() {
            let step = step + 1;
            return Err(format!(
                "step {step}: {ours}, but the first target got {theirs}"
            ));
        }
    }
    Ok(())
}
