//! All suites of the repository, each as the tool that runs it counts.

mod cargo;
pub(crate) mod node;
mod packaging;
pub(crate) mod pytest;

use std::process::{Command, Stdio};

use crate::examples::{self, Framework};
use crate::language::Language;
use crate::tally::{self, COMMON, Tally};
use crate::{Fallible, language, notifications, outcomes, repository, scenarios, vectors};

type Suite<'a> = (
    &'static str,
    &'static str,
    &'a dyn Fn() -> Fallible<Vec<Tally>>,
);

/// Runs every suite whose name contains `name`; whether all passed.
pub(crate) fn run(name: &str) -> Fallible<bool> {
    let languages = Language::ALL;
    language::build(&languages)?;
    let suites: [Suite<'_>; 9] = [
        ("cargo test", COMMON, &cargo::run),
        ("vectors", COMMON, &|| vectors::run(&languages)),
        ("notifications", COMMON, &|| notifications::run(&languages)),
        ("scenarios", COMMON, &|| scenarios::run(&languages, "")),
        ("outcomes", COMMON, &|| outcomes::run(&languages, "")),
        ("pytest", Language::Python.name(), &pytest::run),
        ("node --test", Language::Node.name(), &node::run),
        ("examples", COMMON, &|| {
            examples::prepare(&Framework::ALL)?;
            examples::run(&Framework::ALL)
        }),
        ("packaging", COMMON, &packaging::run),
    ];
    let mut tallies = Vec::new();
    for (suite, column, run) in suites {
        if !suite.contains(name) {
            continue;
        }
        // Standard output is for the results.
        eprintln!("== {suite}");
        match run() {
            Ok(result) => tallies.extend(result),
            Err(error) => {
                // The other suites still have something to say.
                let mut tally = Tally::new(suite, column);
                tally.failures.push(error.to_string());
                tallies.push(tally);
            }
        }
    }
    Ok(tally::report(&tallies))
}

/// Builds the sandbox's binary, where the suites that start one of their own look for it.
fn build_sandbox() -> Fallible<()> {
    let build = ["build", "--quiet", "--locked", "-p", "alikassa-sandbox"];
    let (succeeded, said) = output(Command::new("cargo").args(build))?;
    if succeeded { Ok(()) } else { Err(said.into()) }
}

/// Runs a command at the repository's root; whether it succeeded, and all it wrote, in the order it wrote it.
fn output(command: &mut Command) -> Fallible<(bool, String)> {
    let program = command.get_program().to_string_lossy().into_owned();
    let missing = |error| format!("{program}: {error}");
    let mut file = tempfile::tempfile()?;
    let status = command
        .current_dir(repository::root())
        .stdin(Stdio::null())
        .stdout(file.try_clone()?)
        .stderr(file.try_clone()?)
        .status()
        .map_err(missing)?;
    let mut bytes = Vec::new();
    std::io::Seek::rewind(&mut file)?;
    std::io::Read::read_to_end(&mut file, &mut bytes)?;
    Ok((
        status.success(),
        String::from_utf8_lossy(&bytes).into_owned(),
    ))
}

/// A suite that one tool counts: what it passed, what it failed, and everything it wrote if it did not succeed.
fn counted(
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
            .push(format!("failure {number} of {failed}, told above"));
    }
    if skipped > 0 {
        tally
            .failures
            .push(format!("{skipped} were skipped, which proves nothing"));
    }
    if !succeeded && failed == 0 {
        tally
            .failures
            .push("it did not run to its end, see above".to_owned());
    }
    tally.require_some();
    if !tally.failures.is_empty() {
        // Indented, since some tools close with the very line that only the whole may close with.
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
