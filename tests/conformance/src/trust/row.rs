//! A line of the table.

use crate::Trouble;
use crate::tally::Tally;

/// What was tried for a goal, what came of it, and what had to.
#[derive(Debug)]
pub(crate) struct Row {
    what: String,
    figure: String,
    limit: String,
    reached: bool,
}

impl Row {
    pub(crate) fn new(
        what: impl Into<String>,
        figure: impl Into<String>,
        limit: impl Into<String>,
        reached: bool,
    ) -> Self {
        Self {
            what: what.into(),
            figure: figure.into(),
            limit: limit.into(),
            reached,
        }
    }

    /// Cases that pass or fail: none may fail, and as many have to be there as are known to be, so that a case lost on the way
    /// is seen. The first failures are printed.
    pub(crate) fn of(what: impl Into<String>, tally: &Tally, at_least: usize) -> Self {
        const SHOWN: usize = 10;
        let wrong = tally.failures.len();
        for failure in tally.failures.iter().take(SHOWN) {
            println!("FAILED {}, {}: {failure}", tally.suite, tally.column);
        }
        let cases = tally.passed + wrong;
        Self::new(
            what,
            format!("{wrong} wrong of {cases}"),
            format!("0 of {at_least} or more"),
            wrong == 0 && cases >= at_least,
        )
    }

    /// A goal that could not be tried to its end.
    pub(crate) fn stopped(error: &Trouble) -> Self {
        Self::new("it did not run to its end", error.to_string(), "", false)
    }

    pub(crate) fn is_reached(&self) -> bool {
        self.reached
    }

    pub(crate) fn cells(&self, goal: &str) -> Vec<String> {
        let verdict = if self.reached { "reached" } else { "SHORT" };
        let Self {
            what,
            figure,
            limit,
            ..
        } = self;
        vec![
            goal.to_owned(),
            what.clone(),
            figure.clone(),
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
    fn a_row_is_short_when_a_case_fails_or_is_missing() {
        let mut tally = Tally::new("x", COMMON);
        tally.count("a", Ok(()));
        assert!(Row::of("x", &tally, 1).is_reached());
        assert!(!Row::of("x", &tally, 2).is_reached());
        tally.count("b", Err("no".to_owned()));
        assert!(!Row::of("x", &tally, 1).is_reached());
        assert!(!Row::stopped(&"it broke".into()).is_reached());
    }
}
