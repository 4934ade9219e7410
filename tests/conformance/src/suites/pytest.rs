//! The Python package's tests.

use std::process::Command;

use super::{Counts, number_before, output, tally};
use crate::language::Language;
use crate::tally::Tally;
use crate::{Result, repository};

pub(super) fn run() -> Result<Vec<Tally>> {
    Ok(vec![tests("python/tests", &[])?])
}

/// The property tests, each with this many examples.
pub(crate) fn properties(examples: usize) -> Result<Tally> {
    let variable = ("ALIKASSA_EXAMPLES", examples.to_string());
    tests("python/tests/test_properties.py", &[variable])
}

/// The tests of one file.
pub(crate) fn file(name: &str) -> Result<Tally> {
    tests(&format!("python/tests/{name}"), &[])
}

fn tests(path: &str, environment: &[(&str, String)]) -> Result<Tally> {
    let root = repository::root();
    let result = output(
        Command::new(root.join(".venv/bin/python"))
            .args([
                "-m",
                "pytest",
                "-c",
                "python/pyproject.toml",
                "--rootdir",
                "python",
                "-ra",
                path,
            ])
            .env("PYTHONPATH", root.join("target/drivers/python"))
            .envs(environment.iter().cloned()),
    )?;
    let counts = counts(&result.1);
    Ok(tally("pytest", Language::Python.name(), result, counts))
}

/// Parses the last line: `== 1 failed, 12 passed, 2 skipped in 0.34s ==`.
fn counts(output: &str) -> Option<Counts> {
    let line = output
        .lines()
        .rev()
        .find(|line| line.contains(" in ") && line.starts_with('='))?;
    let number = |word| number_before(line, word).unwrap_or(0);
    Some(Counts {
        passed: number("passed"),
        failed: number("failed") + number("error"),
        skipped: number("skipped") + number("xfailed") + number("deselected"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_is_parsed() {
        let text = "== x in y ==\n== 1 failed, 12 passed, 2 skipped, 3 errors in 0.34s ==\n";
        let expected = Counts {
            passed: 12,
            failed: 4,
            skipped: 2,
        };
        assert_eq!(counts(text), Some(expected));
        assert_eq!(counts("nothing"), None);
    }
}
