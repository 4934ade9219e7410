//! What users install, installed.

use std::process::Command;

use super::{Counts, counted, number_before, output};
use crate::tally::{COMMON, Tally};
use crate::{Fallible, repository};

pub(super) fn run() -> Fallible<Vec<Tally>> {
    let result = output(&mut Command::new(
        repository::root().join("tests/packaging/run"),
    ))?;
    let counts = result.1.lines().rev().find_map(counts);
    Ok(vec![counted("packaging", COMMON, result, counts)])
}

/// `N passed, N failed`, alone on a line.
pub(super) fn counts(line: &str) -> Option<Counts> {
    Some(Counts {
        passed: number_before(line, "passed,")?,
        failed: number_before(line, "failed")?,
        skipped: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_closing_line() {
        let expected = Counts {
            passed: 14,
            failed: 2,
            skipped: 0,
        };
        assert_eq!(counts("14 passed, 2 failed"), Some(expected));
        assert_eq!(counts("all good"), None);
    }
}
