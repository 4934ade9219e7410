//! What the library is trusted for: each goal with the figure it reached and the limit it has to keep.

mod soak;
mod canonical;
mod faults;
mod forgery;
mod fuzz;
mod scripts;
mod json;
mod keys;
mod orders;
mod row;
mod signatures;
mod mutation;

use std::thread::{self, ScopedJoinHandle};
use std::time::Instant;

use crate::{Fallible, language, table};
use row::Row;

/// How much of a goal is tried: what every change can wait for, or what a release deserves.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Length {
    Short,
    Long,
}

impl Length {
    /// This many in the short form, that many in the long one.
    pub(crate) fn of<T>(self, short: T, long: T) -> T {
        match self {
            Self::Short => short,
            Self::Long => long,
        }
    }
}

struct Goal {
    name: &'static str,
    /// What takes long to build, and is built while the goals before it mostly wait.
    prepare: fn() -> Fallible<()>,
    run: fn(Length) -> Fallible<Vec<Row>>,
}

const GOALS: &[Goal] = &[
    goal("canonical form", canonical::run),
    goal("signatures", signatures::run),
    goal("JSON", json::run),
    goal("key files", keys::run),
    goal("forgery", forgery::run),
    goal("faults", faults::run),
    goal("books", soak::run),
    goal("fuzz", fuzz::run).after(fuzz::build),
    goal("teeth", mutation::run).after(mutation::install),
];

const fn goal(name: &'static str, run: fn(Length) -> Fallible<Vec<Row>>) -> Goal {
    let prepare: fn() -> Fallible<()> = || Ok(());
    Goal { name, prepare, run }
}

impl Goal {
    const fn after(self, prepare: fn() -> Fallible<()>) -> Self {
        Self { prepare, ..self }
    }

    fn reach(&self, prepared: ScopedJoinHandle<'_, Fallible<()>>, length: Length) -> Vec<Row> {
        // Standard output is for the results.
        eprintln!("== {}", self.name);
        let began = Instant::now();
        let prepared = prepared
            .join()
            .unwrap_or_else(|_| Err("it panicked".into()));
        let rows = prepared.and_then(|()| (self.run)(length));
        eprintln!("   {} s", began.elapsed().as_secs());
        // The other goals still have something to say.
        rows.unwrap_or_else(|error| vec![Row::stopped(&error)])
    }
}

/// Runs every goal whose name contains `name`, and prints the table; whether all are reached.
pub(crate) fn run(name: &str, length: Length) -> Fallible<bool> {
    language::build(&language::Language::ALL)?;
    let chosen = GOALS.iter().filter(|goal| goal.name.contains(name));
    let mut cells = Vec::new();
    let mut short = 0;
    thread::scope(|scope| {
        let started: Vec<_> = chosen
            .map(|goal| (goal, scope.spawn(goal.prepare)))
            .collect();
        for (goal, prepared) in started {
            let rows = goal.reach(prepared, length);
            short += rows.iter().filter(|row| !row.is_reached()).count();
            cells.extend(rows.iter().map(|row| row.cells(goal.name)));
        }
    });
    let header = ["goal", "what", "figure", "limit", ""];
    println!("\n{}", table::render(&header, &cells));
    println!("{} reached, {short} short", cells.len() - short);
    Ok(short == 0 && !cells.is_empty())
}
