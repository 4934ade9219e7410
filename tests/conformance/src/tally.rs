//! Counts of the cases that passed, failed, or cannot be expressed in a language.

use std::collections::BTreeMap;

use crate::language::Language;
use crate::table;

/// The counts of one suite in one column of the results table.
#[derive(Debug)]
pub(crate) struct Tally {
    pub(crate) suite: String,
    /// A language's name, or `common` for cases that belong to no language.
    pub(crate) column: &'static str,
    pub(crate) passed: usize,
    pub(crate) failures: Vec<String>,
    /// The number of cases that the language cannot express, by reason.
    pub(crate) inexpressible: BTreeMap<String, usize>,
}

pub(crate) const COMMON: &str = "common";

impl Tally {
    pub(crate) fn new(suite: impl Into<String>, column: &'static str) -> Self {
        Self {
            suite: suite.into(),
            column,
            passed: 0,
            failures: Vec::new(),
            inexpressible: BTreeMap::new(),
        }
    }

    pub(crate) fn of(suite: impl Into<String>, language: Language) -> Self {
        Self::new(suite, language.name())
    }

    /// Counts a case. A failure is recorded under the case's name.
    pub(crate) fn count(&mut self, name: &str, result: Result<(), String>) {
        match result {
            Ok(()) => self.passed += 1,
            Err(why) => self.failures.push(format!("{name}: {why}")),
        }
    }

    pub(crate) fn skip_inexpressible(&mut self, why: &str) {
        *self.inexpressible.entry(why.to_owned()).or_default() += 1;
    }

    /// Fails a suite that ran no case.
    pub(crate) fn require_some(&mut self) {
        if self.passed == 0 && self.failures.is_empty() {
            self.failures.push("no test ran".to_owned());
        }
    }
}

/// Prints the results, with the closing line last. Returns whether everything passed.
pub(crate) fn report(tallies: &[Tally]) -> bool {
    for tally in tallies {
        for (why, cases) in &tally.inexpressible {
            let Tally { suite, column, .. } = tally;
            println!("{suite}: not expressible in {column}: {why} ({cases})");
        }
    }
    for tally in tallies {
        for failure in &tally.failures {
            let Tally { suite, column, .. } = tally;
            println!("FAILED {suite}, {column}: {failure}");
        }
    }
    println!("\n{}", by_suite(tallies));
    let passed: usize = tallies.iter().map(|tally| tally.passed).sum();
    let failed: usize = tallies.iter().map(|tally| tally.failures.len()).sum();
    println!("{passed} passed, {failed} failed");
    failed == 0 && passed > 0
}

/// One row per suite and one column per language, leaving out empty ones.
fn by_suite(tallies: &[Tally]) -> String {
    let languages = Language::ALL.map(Language::name);
    let columns: Vec<&str> = languages
        .into_iter()
        .chain([COMMON])
        .filter(|column| tallies.iter().any(|tally| tally.column == *column))
        .collect();
    let mut suites: Vec<&str> = Vec::new();
    for tally in tallies {
        if !suites.contains(&tally.suite.as_str()) {
            suites.push(&tally.suite);
        }
    }
    let rows = suites.into_iter().map(|suite| {
        let cells = columns.iter().map(|column| {
            let mut here = tallies
                .iter()
                .filter(|tally| tally.suite == suite && tally.column == *column)
                .peekable();
            if here.peek().is_none() {
                return String::new();
            }
            let (passed, failed) = here.fold((0, 0), |(passed, failed), tally| {
                (passed + tally.passed, failed + tally.failures.len())
            });
            match failed {
                0 => passed.to_string(),
                _ => format!("{passed}, {failed} failed"),
            }
        });
        [suite.to_owned()].into_iter().chain(cells).collect()
    });
    let header = ["suite"].into_iter().chain(columns.iter().copied());
    table::render(&header.collect::<Vec<_>>(), &rows.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_row_per_suite_and_a_column_per_language() {
        let mut rust = Tally::of("vectors", Language::Rust);
        rust.count("a", Ok(()));
        let mut c = Tally::of("vectors", Language::C);
        c.count("a", Ok(()));
        c.count("b", Err("no".to_owned()));
        let other = Tally::of("scenarios", Language::C);
        let table = by_suite(&[rust, c, other]);
        let lines: Vec<_> = table.lines().map(str::trim_end).collect();
        assert_eq!(
            lines,
            [
                "suite      rust  c",
                "---------  ----  -----------",
                "vectors    1     1, 1 failed",
                "scenarios        0",
            ]
        );
    }

    #[test]
    fn a_suite_without_cases_fails() {
        let mut tally = Tally::of("vectors", Language::C);
        assert!(!report(&[]));
        tally.require_some();
        assert_eq!(tally.failures, ["no test ran"]);
        assert!(!report(&[tally]));
    }
}
