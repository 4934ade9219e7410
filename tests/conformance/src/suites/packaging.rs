//! The packages, installed as users install them.

use std::process::Command;

use super::{Counts, number_before, output, tally};
use crate::tally::{COMMON, Tally};
use crate::{Result, repository};

pub(super) fn run() -> Result<Vec<Tally>> {
    let result = output(&mut Command::new(
        repository::root().join("tests/packaging/run"),
    ))?;
    let counts = result.1.lines().rev().find_map(counts);
    Ok(vec![tally("packaging", COMMON, result, counts)])
}

/// Parses `N passed, N failed`, alone on a line.
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
    fn the_closing_line_is_parsed() {
        let expected = Counts {
            passed: 14,
            failed: 2,
            skipped: 0,
        };
        assert_eq!(counts("14 passed, 2 failed"), Some(expected));
        assert_eq!(counts("all good"), None);
    }
}
