//! A row of the results table.

use crate::BoxError;
use crate::tally::Tally;

/// A measurement for a goal, with its limit.
#[derive(Debug)]
pub(crate) struct Row {
    what: String,
    result: String,
    limit: String,
    passes: bool,
}

impl Row {
    pub(crate) fn new(
        what: impl Into<String>,
        result: impl Into<String>,
        limit: impl Into<String>,
        passes: bool,
    ) -> Self {
        Self {
            what: what.into(),
            result: result.into(),
            limit: limit.into(),
            passes,
        }
    }

    /// A row for cases that pass or fail. No case may fail, and there must be `at_least` cases, so
    /// that a missing case is noticed. Prints the first failures.
    pub(crate) fn of(what: impl Into<String>, tally: &Tally, at_least: usize) -> Self {
        const PRINTED: usize = 10;
        let failed = tally.failures.len();
        for failure in tally.failures.iter().take(PRINTED) {
            println!("FAILED {}, {}: {failure}", tally.suite, tally.column);
        }
        let cases = tally.passed + failed;
        Self::new(
            what,
            format!("{failed} failed of {cases}"),
            format!("0 of at least {at_least}"),
            failed == 0 && cases >= at_least,
        )
    }

    /// A goal that was aborted by an error.
    pub(crate) fn aborted(error: &BoxError) -> Self {
        Self::new("aborted", error.to_string(), "", false)
    }

    pub(crate) fn passes(&self) -> bool {
        self.passes
    }

    pub(crate) fn cells(&self, goal: &str) -> Vec<String> {
        let verdict = if self.passes { "pass" } else { "FAIL" };
        let Self {
            what,
            result,
            limit,
            ..
        } = self;
        vec![
            goal.to_owned(),
            what.clone(),
            result.clone(),
            limit.clone(),
            verdict.to_owned(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tally::COMMON;

    #[test]
    fn a_row_fails_when_a_case_fails_or_is_missing() {
        let mut tally = Tally::new("x", COMMON);
        tally.count("a", Ok(()));
        assert!(Row::of("x", &tally, 1).passes());
        assert!(!Row::of("x", &tally, 2).passes());
        tally.count("b", Err("no".to_owned()));
        assert!(!Row::of("x", &tally, 1).passes());
        assert!(!Row::aborted(&"it broke".into()).passes());
    }
}
