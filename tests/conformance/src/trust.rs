//! What the library is trusted for: each goal with the figure it reached and the limit it has to keep.

mod books;
mod canonical;
mod faults;
mod forgery;
mod fuzz;
mod helper;
mod json;
mod keys;
mod orders;
mod row;
mod signatures;
mod teeth;

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

type Goal = (&'static str, fn(Length) -> Fallible<Vec<Row>>);

const GOALS: &[Goal] = &[
    ("canonical form", canonical::run),
    ("signatures", signatures::run),
    ("JSON", json::run),
    ("key files", keys::run),
    ("forgery", forgery::run),
    ("faults", faults::run),
    ("books", books::run),
    ("fuzz", fuzz::run),
    ("teeth", teeth::run),
];

/// Runs every goal whose name contains `name`, and prints the table; whether all are reached.
pub(crate) fn run(name: &str, length: Length) -> Fallible<bool> {
    language::build(&language::Language::ALL)?;
    let mut cells = Vec::new();
    let mut short = 0;
    for (goal, run) in GOALS.iter().filter(|(goal, _)| goal.contains(name)) {
        // Standard output is for the results.
        eprintln!("== {goal}");
        let began = Instant::now();
        // The other goals still have something to say.
        let rows = run(length).unwrap_or_else(|error| vec![Row::stopped(&error)]);
        eprintln!("   {} s", began.elapsed().as_secs());
        short += rows.iter().filter(|row| !row.is_reached()).count();
        cells.extend(rows.iter().map(|row| row.cells(goal)));
    }
    let header = ["goal", "what", "figure", "limit", ""];
    println!("\n{}", table::render(&header, &cells));
    println!("{} reached, {short} short", cells.len() - short);
    Ok(short == 0 && !cells.is_empty())
}
