//! Every Rust test of the workspace, counted by package.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use super::{Counts, number_before, output, tally};
use crate::Result;
use crate::language::Language;
use crate::tally::{COMMON, Tally};

const TESTS: [&str; 5] = [
    "test",
    "--workspace",
    "--locked",
    "--features",
    "alikassa/rust_decimal,alikassa/tracing",
];

pub(super) fn run() -> Result<Vec<Tally>> {
    let packages = packages()?;
    let (succeeded, text) = output(
        Command::new("cargo")
            .args(TESTS)
            .args(["--no-fail-fast", "--color=never"]),
    )?;
    let mut by_column: BTreeMap<&'static str, (Counts, String)> = BTreeMap::new();
    for run in runs(&text) {
        let package = packages.get(run.binary).map_or(run.binary, String::as_str);
        let (counts, output) = by_column.entry(column(package)).or_default();
        counts.passed += run.counts.passed;
        counts.failed += run.counts.failed;
        counts.skipped += run.counts.skipped;
        if run.counts.failed > 0 {
            output.push_str(run.output);
        }
    }
    let failed = by_column.values().any(|(counts, _)| counts.failed > 0);
    let mut tallies: Vec<Tally> = by_column
        .into_iter()
        .map(|(column, (counts, output))| {
            let succeeded = counts.failed == 0;
            tally("cargo test", column, (succeeded, output), Some(counts))
        })
        .collect();
    if !succeeded && !failed {
        tallies.push(tally("cargo test", COMMON, (false, text), None));
    }
    Ok(tallies)
}

/// The tests of one module of `core/tests/it`.
pub(crate) fn module(name: &str) -> Result<Tally> {
    let result = output(
        Command::new("cargo")
            .args(TESTS)
            .args(["--no-fail-fast", "--color=never", "--test", "it", "--"])
            .arg(format!("{name}::")),
    )?;
    // Other packages have a test binary of this name too; the module is in one.
    let mut all = Counts::default();
    for run in runs(&result.1) {
        all.passed += run.counts.passed;
        all.failed += run.counts.failed;
        all.skipped += run.counts.skipped;
    }
    Ok(tally(
        "cargo test",
        Language::Rust.name(),
        result,
        Some(all),
    ))
}

fn column(package: &str) -> &'static str {
    match package {
        "alikassa" => Language::Rust.name(),
        "alikassa-python" => Language::Python.name(),
        "alikassa-node" => Language::Node.name(),
        "alikassa-c" => Language::C.name(),
        _ => COMMON,
    }
}

#[derive(Deserialize)]
struct Message {
    executable: Option<String>,
    manifest_path: Option<String>,
}

/// The package of each test binary, by the binary's file name.
fn packages() -> Result<BTreeMap<String, String>> {
    let (built, text) = output(Command::new("cargo").args(TESTS).args([
        "--no-run",
        "--quiet",
        "--message-format=json-render-diagnostics",
    ]))?;
    if !built {
        return Err(format!("the tests do not compile:\n{text}").into());
    }
    let messages = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Message>(line).ok());
    let packages = messages.filter_map(|message| {
        let binary = file_name(&message.executable?).to_owned();
        let folder = Path::new(&message.manifest_path?).parent()?.to_owned();
        let package = package_name(&folder.join("Cargo.toml"))?;
        Some((binary, package))
    });
    Ok(packages.collect())
}

fn package_name(manifest: &Path) -> Option<String> {
    let text = std::fs::read_to_string(manifest).ok()?;
    let name = text
        .lines()
        .find_map(|line| line.strip_prefix("name = \""))?;
    Some(name.trim_end_matches('"').to_owned())
}

/// One test binary, or the doctests of one crate.
struct Run<'a> {
    /// The binary's file name, or the crate's name.
    binary: &'a str,
    counts: Counts,
    output: &'a str,
}

/// Splits the output at cargo's lines `Running … (path)` and `Doc-tests name`.
fn runs(text: &str) -> Vec<Run<'_>> {
    let starts = text.match_indices('\n').map(|(at, _)| at + 1);
    let mut heads: Vec<(usize, &str)> = Vec::new();
    for start in [0].into_iter().chain(starts) {
        let line = text
            .get(start..)
            .and_then(|rest| rest.lines().next())
            .unwrap_or_default();
        if let Some(binary) = head(line) {
            heads.push((start, binary));
        }
    }
    let ends = heads
        .iter()
        .skip(1)
        .map(|(start, _)| *start)
        .chain([text.len()]);
    heads
        .iter()
        .zip(ends)
        .map(|((start, binary), end)| {
            let output = text.get(*start..end).unwrap_or_default();
            Run {
                binary,
                counts: counts(output),
                output,
            }
        })
        .collect()
}

fn head(line: &str) -> Option<&str> {
    let line = line.trim_start();
    if let Some(name) = line.strip_prefix("Doc-tests ") {
        return Some(name);
    }
    let (_, path) = line.strip_prefix("Running ")?.rsplit_once('(')?;
    Some(file_name(path.trim_end_matches(')')))
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Parses `test result: ok. 3 passed; 0 failed; 0 ignored; …`. A crate's doctests can have more
/// than one such line.
fn counts(output: &str) -> Counts {
    let results = output
        .lines()
        .filter(|line| line.starts_with("test result: "));
    results.fold(Counts::default(), |sum, line| {
        let number = |word| number_before(line, word).unwrap_or(0);
        Counts {
            passed: sum.passed + number("passed;"),
            failed: sum.failed + number("failed;"),
            skipped: sum.skipped + number("ignored;"),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "   Compiling x v0.1.0 (y)
     Running unittests src/lib.rs (target/debug/deps/alikassa-0af)

running 2 tests
test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

     Running tests/abi.rs (target/debug/deps/abi-1b2)
test a ... FAILED
test result: FAILED. 3 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.00s

   Doc-tests alikassa
test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
";

    #[test]
    fn the_output_is_split_by_binary() {
        let runs = runs(OUTPUT);
        let seen: Vec<_> = runs
            .iter()
            .map(|run| {
                (
                    run.binary,
                    run.counts.passed,
                    run.counts.failed,
                    run.counts.skipped,
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("alikassa-0af", 2, 0, 0),
                ("abi-1b2", 3, 1, 2),
                ("alikassa", 5, 0, 0)
            ]
        );
        assert!(
            runs.iter()
                .any(|run| run.output.contains("test a ... FAILED"))
        );
    }
}
