//! The Node package's tests.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::{Counts, output, tally};
use crate::language::Language;
use crate::tally::Tally;
use crate::{Result, repository};

pub(super) fn run() -> Result<Vec<Tally>> {
    Ok(vec![tests(&files()?, &[])?])
}

/// The property tests, each with this many examples.
pub(crate) fn properties(examples: usize) -> Result<Tally> {
    let file = repository::root().join("node/test/properties.test.mjs");
    let variable = ("ALIKASSA_EXAMPLES", examples.to_string());
    tests(&[file], &[variable])
}

/// The tests of one file.
pub(crate) fn file(name: &str) -> Result<Tally> {
    tests(&[repository::root().join("node/test").join(name)], &[])
}

fn tests(files: &[PathBuf], environment: &[(&str, String)]) -> Result<Tally> {
    // File by file: Node versions differ in what a folder or a pattern means to `node --test`.
    let result = output(
        Command::new("node")
            .args(["--test", "--test-reporter=tap"])
            .args(files)
            .envs(environment.iter().cloned()),
    )?;
    let counts = counts(&result.1);
    Ok(tally("node --test", Language::Node.name(), result, counts))
}

fn files() -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(repository::root().join("node/test"))? {
        let path = entry?.path();
        if path.to_string_lossy().contains(".test.") {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        return Err("node/test holds no tests".into());
    }
    Ok(files)
}

/// Parses the summary: `# pass 12`, `# fail 0`, `# skipped 0`, `# cancelled 0`, `# todo 0`.
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
    fn the_summary_is_parsed() {
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
