//! The scenarios: calls against the sandbox, the same for every language.

mod state;
pub(crate) mod file;
mod ledger;
mod runner;
mod requests;

use std::collections::BTreeMap;
use std::thread;

use serde_json::Value;

use crate::errors::ErrorTable;
use crate::language::Language;
use crate::tally::Tally;
use crate::{Fallible, Trouble};
use file::Scenario;
use runner::Player;

/// The scenarios of a language are shared out among so many drivers, each with a sandbox of its own: most of the
/// time goes by waiting.
const LANES: usize = 2;

/// How calls are made in a language.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Way {
    pub(crate) language: Language,
    /// Python's `AsyncClient` in place of its `Client`.
    pub(crate) asynchronous: bool,
}

/// What a way did in each scenario: what it failed for, or the replies of its steps.
struct Performance {
    way: Way,
    scenes: BTreeMap<String, Scene>,
    /// What is wrong with the driver as a whole.
    trouble: Option<String>,
}

impl Performance {
    /// Takes in what another lane of the same way did.
    fn join(&mut self, other: Self) {
        self.scenes.extend(other.scenes);
        self.trouble = self.trouble.take().or(other.trouble);
    }
}

/// What came of a scenario.
#[derive(Default)]
struct Scene {
    /// Of each step; null where there is none to compare.
    replies: Vec<Value>,
    /// Why steps were left out.
    inexpressible: Vec<String>,
    failure: Option<String>,
}

pub(crate) fn run(languages: &[Language], name: &str) -> Fallible<Vec<Tally>> {
    play("scenarios", file::load()?, languages, name)
}

/// Plays the scenarios whose name contains `name` in every way that calls are made in the languages.
pub(crate) fn play(
    suite: &str,
    mut scenarios: Vec<Scenario>,
    languages: &[Language],
    name: &str,
) -> Fallible<Vec<Tally>> {
    scenarios.retain(|scenario| scenario.name.contains(name));
    let table = ErrorTable::load()?;
    let ways: Vec<Way> = languages.iter().copied().flat_map(ways).collect();
    let mut performances: Vec<Performance> = Vec::new();
    thread::scope(|scope| {
        let lanes = ways
            .iter()
            .flat_map(|way| (0..LANES).map(move |lane| (*way, lane)));
        let running: Vec<_> = lanes
            .map(|(way, lane)| {
                let mine = scenarios.iter().skip(lane).step_by(LANES);
                let table = &table;
                scope.spawn(move || perform(way, mine, table))
            })
            .collect();
        for performance in running {
            let performance = performance
                .join()
                .map_err(|_| "a thread of the runner panicked")??;
            match performances.last_mut() {
                Some(last) if last.way == performance.way => last.join(performance),
                _ => performances.push(performance),
            }
        }
        Ok::<(), Trouble>(())
    })?;
    Ok(tallies(suite, performances))
}

fn ways(language: Language) -> Vec<Way> {
    let way = |asynchronous| Way {
        language,
        asynchronous,
    };
    match language {
        Language::Python => vec![way(false), way(true)],
        _ => vec![way(false)],
    }
}

fn perform<'a>(
    way: Way,
    scenarios: impl Iterator<Item = &'a Scenario>,
    table: &ErrorTable,
) -> Fallible<Performance> {
    let mut player = Player::new(way, table)?;
    let mut scenes = BTreeMap::new();
    if let Err(why) = player.begin() {
        return Ok(Performance {
            way,
            scenes,
            trouble: Some(why),
        });
    }
    for scenario in scenarios {
        for tls in &scenario.over {
            let name = match tls.name() {
                "tls" => scenario.name.clone(),
                scheme => format!("{}, {scheme}", scenario.name),
            };
            scenes.insert(name, player.play(scenario, *tls));
        }
    }
    Ok(Performance {
        way,
        scenes,
        trouble: player.finish().err(),
    })
}

/// Counts, and compares what each way was told with what the first was told.
fn tallies(suite: &str, performances: Vec<Performance>) -> Vec<Tally> {
    let mut performances = performances.into_iter();
    let first = performances.next();
    let mut tallies: Vec<Tally> = first
        .iter()
        .map(|first| tally(suite, first, None))
        .collect();
    tallies.extend(performances.map(|other| tally(suite, &other, first.as_ref())));
    tallies
}

fn tally(suite: &str, performance: &Performance, first: Option<&Performance>) -> Tally {
    let suite = if performance.way.asynchronous {
        format!("{suite}, async")
    } else {
        suite.to_owned()
    };
    let mut tally = Tally::of(suite, performance.way.language);
    for (name, scene) in &performance.scenes {
        for why in &scene.inexpressible {
            tally.cannot_express(why);
        }
        match &scene.failure {
            Some(why) => tally.count(name, Err(why.clone())),
            None if scene.inexpressible.len() == scene.replies.len() => {}
            None => {
                let theirs = first.and_then(|first| first.scenes.get(name));
                tally.count(name, alike(scene, theirs));
            }
        }
    }
    tally.failures.extend(performance.trouble.clone());
    tally.require_some();
    tally
}

/// Whether two languages were told the same, to the letter.
fn alike(scene: &Scene, theirs: Option<&Scene>) -> Result<(), String> {
    let theirs = theirs.map_or(&[][..], |theirs| &theirs.replies);
    for (step, (mine, theirs)) in scene.replies.iter().zip(theirs).enumerate() {
        // A step that one of the languages cannot express has no reply there.
        if mine != theirs && !mine.is_null() && !theirs.is_null() {
            let step = step + 1;
            return Err(format!(
                "step {step}: {mine}, but the first language got {theirs}"
            ));
        }
    }
    Ok(())
}
