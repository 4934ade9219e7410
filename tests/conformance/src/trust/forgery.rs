//! Forged notifications: every message that notifications.json refuses, every bit of a signature
//! and of a signed value flipped, and replays.

use super::Length;
use super::row::Row;
use crate::language::Language;
use crate::tally::Tally;
use crate::{Result, notifications};

/// The number of cases of each suite, so that a missing case is noticed.
const SUITES: [(&str, usize); 3] = [
    ("notifications: verify", 871),
    ("notifications: bit flips", 8_019),
    ("notifications: replays", 4),
];

pub(crate) fn run(_: Length) -> Result<Vec<Row>> {
    let tallies = notifications::run(&Language::ALL)?;
    let row = |tally: &Tally| {
        let known = SUITES.iter().find(|(suite, _)| *suite == tally.suite);
        let at_least = known.map_or(usize::MAX, |(_, cases)| *cases);
        let name = tally.suite.trim_start_matches("notifications: ");
        Row::of(format!("{name}, {}", tally.column), tally, at_least)
    };
    Ok(tallies.iter().map(row).collect())
}
