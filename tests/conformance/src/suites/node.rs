//! The Node package's tests.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::{Counts, counted, output};
use crate::language::Language;
use crate::tally::Tally;
use crate::{Fallible, repository};

pub(super) fn run() -> Fallible<Vec<Tally>> {
    Ok(vec![tests(&files()?, &[])?])
}

/// The tests that make up their examples, each with so many.
pub(crate) fn properties(examples: usize) -> Fallible<Tally> {
    let file = repository::root().join("node/test/properties.test.mjs");
    let variable = ("ALIKASSA_EXAMPLES", examples.to_string());
    tests(&[file], &[variable])
}

fn tests(files: &[PathBuf], environment: &[(&str, String)]) -> Fallible<Tally> {
    super::build_sandbox()?;
    // Named one by one: what a folder or a pattern means to `node --test` differs between its versions.
    let result = output(
        Command::new("node")
            .args(["--test", "--test-reporter=tap"])
            .args(files)
            .envs(environment.iter().cloned()),
    )?;
    let counts = counts(&result.1);
    Ok(counted(
        "node --test",
        Language::Node.name(),
        result,
        counts,
    ))
}

fn files() -> Fallible<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(repository::root().join("node/test"))? {
        let path = entry?.path();
        if path.to_string_lossy().contains(".test.") {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        return Err("node/test holds no test".into());
    }
    Ok(files)
}

/// From the end: `# pass 12`, `# fail 0`, `# skipped 0`, `# cancelled 0`, `# todo 0`.
fn counts(output: &str) -> Option<Counts> {
    let number = |word: &str| -> Option<usize> {
        let prefix = format!("# {word} ");
        let line = output
            .lines()
            .rev()
            .find_map(|line| line.strip_prefix(&prefix))?;
        line.parse().ok()
    };
    Some(Counts {
        passed: number("pass")?,
        failed: number("fail")? + number("cancelled")?,
        skipped: number("skipped")? + number("todo")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_numbers_at_the_end() {
        let text =
            "# pass x\n1..3\n# tests 3\n# pass 1\n# fail 1\n# cancelled 1\n# skipped 0\n# todo 0\n";
        let expected = Counts {
            passed: 1,
            failed: 2,
            skipped: 0,
        };
        assert_eq!(counts(text), Some(expected));
        assert_eq!(counts("# pass 1\n"), None);
    }
}
