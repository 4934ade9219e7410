//! The counts at the end of a run, and the exit code.

use std::process::ExitCode;

use alikassa::LedgerState;
use serde_json::json;

use super::plan::{Plan, Step};
use crate::failure::{FAILED, UNKNOWN, USAGE};
use crate::json;
use crate::output::{self, Output};

/// How many rows of the list are in each state.
pub(super) struct Summary {
    accepted: usize,
    rejected: usize,
    unknown: usize,
    not_sent: usize,
    /// The run ended before them.
    left: usize,
    has_sent: bool,
    has_failed: bool,
}

impl Summary {
    /// The counts before the first call.
    pub(super) fn of(plan: &Plan<'_>) -> Self {
        let left = |state| {
            let rows = plan.rows.iter().filter(|row| row.step == Step::Leave);
            rows.filter(|row| row.is_in(state)).count()
        };
        Self {
            accepted: left(LedgerState::Accepted),
            rejected: left(LedgerState::Rejected),
            unknown: plan.count(Step::Resolve),
            not_sent: 0,
            left: plan.count(Step::Send),
            has_sent: false,
            has_failed: false,
        }
    }

    /// Counts the result of a payout that was sent.
    pub(super) fn sent(&mut self, state: LedgerState) {
        self.left -= 1;
        self.has_sent |= state != LedgerState::NotSent;
        match state {
            LedgerState::Accepted => self.accepted += 1,
            LedgerState::Rejected => self.rejected += 1,
            LedgerState::NotSent => self.not_sent += 1,
            _ => self.unknown += 1,
        }
    }

    /// Counts a payout that was unknown and is accepted.
    pub(super) fn found(&mut self) {
        self.unknown -= 1;
        self.accepted += 1;
    }

    /// Notes that a result could not be written.
    pub(super) fn failed(&mut self) {
        self.has_failed = true;
    }

    pub(super) fn code(&self) -> ExitCode {
        let undone = self.not_sent + self.left;
        if self.unknown > 0 {
            ExitCode::from(UNKNOWN)
        } else if undone > 0 && !self.has_sent {
            ExitCode::from(USAGE)
        } else if undone + self.rejected > 0 || self.has_failed {
            ExitCode::from(FAILED)
        } else {
            ExitCode::SUCCESS
        }
    }

    pub(super) fn show(&self, output: &Output) {
        let numbers = [
            ("accepted", "accepted", self.accepted),
            ("rejected", "rejected", self.rejected),
            ("unknown", "unknown", self.unknown),
            ("not sent", "not_sent", self.not_sent),
            ("left", "left", self.left),
        ];
        if output.is_json() {
            let numbers = numbers.map(|(_, name, number)| (name.to_owned(), number.into()));
            return output::json(&json!({ "summary": json::object(numbers.into()) }));
        }
        output::pairs(&numbers.map(|(name, _, number)| (name, number.to_string())));
    }
}
