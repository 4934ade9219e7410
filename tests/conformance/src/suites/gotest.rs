//! The Go package's tests, with the race detector.

use std::process::Command;

use super::{Counts, output, tally};
use crate::language::Language;
use crate::tally::Tally;
use crate::{Result, repository};

pub(super) fn run() -> Result<Vec<Tally>> {
    let root = repository::root();
    let built = root.join("target/drivers/c/lib/pkgconfig");
    let result = output(
        Command::new("go")
            .args(["test", "-C", "bindings/go", "-race", "-count=1", "-v"])
            .env("PKG_CONFIG_PATH", built)
            .env(
                "ALIKASSA_SANDBOX",
                root.join("target/debug/alikassa-sandbox"),
            ),
    )?;
    let counts = counts(&result.1);
    Ok(vec![tally(
        "go test",
        Language::Go.name(),
        result,
        Some(counts),
    )])
}

/// Counts lines such as `--- PASS: TestName (0.10s)`. Those of parts of a test are indented.
fn counts(output: &str) -> Counts {
    let number = |result: &str| {
        let prefix = format!("--- {result}: ");
        output
            .lines()
            .filter(|line| line.starts_with(&prefix))
            .count()
    };
    Counts {
        passed: number("PASS"),
        failed: number("FAIL"),
        skipped: number("SKIP"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_results_of_tests_are_counted() {
        let text = "=== RUN TestA\n--- PASS: TestA (0.10s)\n    --- PASS: TestA/part (0.1s)\n\
                    --- FAIL: TestB (0.00s)\n--- SKIP: TestC (0.00s)\nFAIL\n";
        let expected = Counts {
            passed: 1,
            failed: 1,
            skipped: 1,
        };
        assert_eq!(counts(text), expected);
    }
}
