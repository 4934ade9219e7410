//! All suites of the repository, with the counts of the tool that runs each.

pub(crate) mod cargo;
mod gotest;
pub(crate) mod node;
mod packaging;
mod phpunit;
pub(crate) mod pytest;

use std::process::{Command, Stdio};
use std::time::Instant;

use crate::examples::{self, Framework};
use crate::language::Language;
use crate::tally::{self, COMMON, Tally};
use crate::{Result, language, notifications, outcomes, repository, scenarios, vectors};

type Suite<'a> = (
    &'static str,
    &'static str,
    &'a dyn Fn() -> Result<Vec<Tally>>,
);

/// Runs every suite whose name contains `name`. Returns whether all passed.
pub(crate) fn run(name: &str) -> Result<bool> {
    let languages = Language::ALL;
    language::build(&languages)?;
    let suites: [Suite<'_>; 11] = [
        ("cargo test", COMMON, &cargo::run),
        ("vectors", COMMON, &|| vectors::run(&languages)),
        ("notifications", COMMON, &|| notifications::run(&languages)),
        ("scenarios", COMMON, &|| scenarios::run(&languages, "")),
        ("outcomes", COMMON, &|| outcomes::run(&languages, "")),
        ("pytest", Language::Python.name(), &pytest::run),
        ("node --test", Language::Node.name(), &node::run),
        ("phpunit", Language::Php.name(), &phpunit::run),
        ("go test", Language::Go.name(), &gotest::run),
        ("examples", COMMON, &|| {
            examples::prepare(&Framework::ALL)?;
            examples::run(&Framework::ALL)
        }),
        ("packaging", COMMON, &packaging::run),
    ];
    let chosen: Vec<_> = suites
        .into_iter()
        .filter(|(suite, ..)| suite.contains(name))
        .collect();
    let count = chosen.len();
    let mut tallies = Vec::new();
    for (number, (suite, column, run)) in (1..).zip(chosen) {
        // Standard output is for the results alone.
        eprintln!("== {number} of {count}: {suite}");
        let start = Instant::now();
        match run() {
            Ok(result) => tallies.extend(result),
            Err(error) => {
                // The other suites still run.
                let mut tally = Tally::new(suite, column);
                tally.failures.push(error.to_string());
                tallies.push(tally);
            }
        }
        eprintln!("   {} s", start.elapsed().as_secs());
    }
    Ok(tally::report(&tallies))
}

/// Runs a command at the repository's root. Returns whether it succeeded and its interleaved
/// output.
fn output(command: &mut Command) -> Result<(bool, String)> {
    let program = command.get_program().to_string_lossy().into_owned();
    let cannot_start = |error| format!("{program}: {error}");
    let mut file = tempfile::tempfile()?;
    let status = command
        .current_dir(repository::root())
        .stdin(Stdio::null())
        .stdout(file.try_clone()?)
        .stderr(file.try_clone()?)
        .status()
        .map_err(cannot_start)?;
    let mut bytes = Vec::new();
    std::io::Seek::rewind(&mut file)?;
    std::io::Read::read_to_end(&mut file, &mut bytes)?;
    Ok((
        status.success(),
        String::from_utf8_lossy(&bytes).into_owned(),
    ))
}

/// The tally of a suite that another tool runs and counts. If it failed, its output is printed.
fn tally(
    suite: &str,
    column: &'static str,
    (succeeded, output): (bool, String),
    counts: Option<Counts>,
) -> Tally {
    let mut tally = Tally::new(suite, column);
    let Counts {
        passed,
        failed,
        skipped,
    } = counts.unwrap_or_default();
    tally.passed = passed;
    for number in 1..=failed {
        tally
            .failures
            .push(format!("failure {number} of {failed}, see above"));
    }
    if skipped > 0 {
        tally.failures.push(format!("{skipped} tests were skipped"));
    }
    if !succeeded && failed == 0 {
        tally.failures.push("it was aborted, see above".to_owned());
    }
    tally.require_some();
    if !tally.failures.is_empty() {
        // Indented: some tools close with the same line that closes the whole run.
        for line in output.lines() {
            println!("    {line}");
        }
    }
    tally
}

#[derive(Debug, Default, PartialEq)]
struct Counts {
    passed: usize,
    failed: usize,
    skipped: usize,
}

/// The number before a word: 12 in `12 passed`.
fn number_before(line: &str, word: &str) -> Option<usize> {
    let (before, _) = line.split_once(&format!(" {word}"))?;
    before
        .rsplit(|character: char| !character.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}
