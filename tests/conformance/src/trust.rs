//! The trust goals: what was measured for each, and the limit that it must keep.

mod canonical;
mod database;
mod faults;
mod field;
mod forgery;
mod fuzz;
mod json;
mod keys;
mod ledger_rows;
mod mutation;
mod orders;
mod payouts;
mod row;
mod scripts;
mod signatures;
mod soak;
mod stores;

use std::thread::{self, ScopedJoinHandle};
use std::time::Instant;

use crate::{Result, language, table};
use row::Row;

/// How much of each goal runs: the short form suits every change, the long form a release.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Length {
    Short,
    Long,
}

impl Length {
    /// The first value in the short form, the second in the long one.
    pub(crate) fn of<T>(self, short: T, long: T) -> T {
        match self {
            Self::Short => short,
            Self::Long => long,
        }
    }
}

struct Goal {
    name: &'static str,
    /// Whether the short form has it only if it is named: it takes long and rarely fails.
    is_rare: bool,
    /// Slow builds; they run in the background while the goals before this one run.
    prepare: fn() -> Result<()>,
    run: fn(Length) -> Result<Vec<Row>>,
}

const GOALS: &[Goal] = &[
    goal("canonical JSON", canonical::run),
    goal("signatures", signatures::run),
    goal("JSON", json::run),
    goal("key files", keys::run),
    goal("forgery", forgery::run),
    goal("faults", faults::run),
    goal("soak", soak::run),
    goal("database", database::run),
    goal("field", field::run),
    goal("fuzz", fuzz::run).with_build(fuzz::build),
    goal("mutation", mutation::run)
        .with_build(mutation::install)
        .rare(),
];

const fn goal(name: &'static str, run: fn(Length) -> Result<Vec<Row>>) -> Goal {
    let prepare: fn() -> Result<()> = || Ok(());
    Goal {
        name,
        is_rare: false,
        prepare,
        run,
    }
}

impl Goal {
    const fn with_build(self, prepare: fn() -> Result<()>) -> Self {
        Self { prepare, ..self }
    }

    const fn rare(self) -> Self {
        Self {
            is_rare: true,
            ..self
        }
    }

    fn is_chosen(&self, name: &str, length: Length) -> bool {
        let is_left_out = self.is_rare && length == Length::Short && name.is_empty();
        !is_left_out && self.name.contains(name)
    }

    fn measure(&self, prepared: ScopedJoinHandle<'_, Result<()>>, length: Length) -> Vec<Row> {
        // Standard output is for the results alone.
        eprintln!("== {}", self.name);
        let began = Instant::now();
        let prepared = prepared
            .join()
            .unwrap_or_else(|_| Err("the build panicked".into()));
        let rows = prepared.and_then(|()| (self.run)(length));
        eprintln!("   {} s", began.elapsed().as_secs());
        // The other goals still run.
        rows.unwrap_or_else(|error| vec![Row::aborted(&error)])
    }
}

/// Runs every goal whose name contains `name` and prints the table. Returns whether all rows pass.
pub(crate) fn run(name: &str, length: Length) -> Result<bool> {
    language::build(&language::Language::ALL)?;
    let (chosen, left_out): (Vec<_>, Vec<_>) =
        GOALS.iter().partition(|goal| goal.is_chosen(name, length));
    let mut cells = Vec::new();
    let mut failed = 0;
    thread::scope(|scope| {
        let started: Vec<_> = chosen
            .into_iter()
            .map(|goal| (goal, scope.spawn(goal.prepare)))
            .collect();
        for (goal, prepared) in started {
            let rows = goal.measure(prepared, length);
            failed += rows.iter().filter(|row| !row.passes()).count();
            cells.extend(rows.iter().map(|row| row.cells(goal.name)));
        }
    });
    let header = ["goal", "what", "result", "limit", ""];
    println!("\n{}", table::render(&header, &cells));
    println!("{} rows pass, {failed} fail", cells.len() - failed);
    for goal in left_out.iter().filter(|_| name.is_empty()) {
        println!("Not run: {0}. Use --goal {0}, or --long.", goal.name);
    }
    Ok(failed == 0 && !cells.is_empty())
}
