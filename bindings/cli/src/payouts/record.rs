//! What a run records of each result, as it comes.

use std::io;

use alikassa::LedgerState;

use super::outcome::PayoutResult;
use super::progress::Progress;
use super::results::Results;
use super::stop::Stop;
use super::summary::Summary;
use crate::output::{self, Output};

pub(super) struct Record<'a> {
    summary: Summary,
    results: Results,
    progress: Progress,
    stop: &'a Stop,
    output: &'a Output,
    /// The error of the first result that could not be written.
    written: io::Result<()>,
}

impl<'a> Record<'a> {
    pub(super) fn new(
        summary: Summary,
        results: Results,
        progress: Progress,
        stop: &'a Stop,
        output: &'a Output,
    ) -> Self {
        Self {
            summary,
            results,
            progress,
            stop,
            output,
            written: Ok(()),
        }
    }

    /// Records the result of a payout that was open.
    pub(super) fn resolved(&mut self, result: &PayoutResult) {
        if result.state == LedgerState::Accepted {
            self.summary.found();
        }
        self.add(result);
    }

    /// Records the result of a payout that was sent.
    pub(super) fn sent(&mut self, result: &PayoutResult) {
        self.summary.sent(result.state);
        self.add(result);
    }

    /// A result that cannot be written ends the run.
    fn add(&mut self, result: &PayoutResult) {
        if self.written.is_ok() {
            self.written = self.results.add(result);
            if self.written.is_err() {
                self.stop.set();
                self.summary.failed();
            }
        }
        self.progress.advance(|| self.show(result));
    }

    /// Prints a result; without `--json` those that need attention.
    pub(super) fn show(&self, result: &PayoutResult) {
        if self.output.is_json() {
            output::json(&result.json());
        } else if result.state != LedgerState::Accepted {
            let (order_id, state) = (&result.order_id, result.state);
            output::line(&match result.message.as_str() {
                "" => format!("{order_id} is {state}"),
                message => format!("{order_id} is {state}: {message}"),
            });
        }
    }

    /// Ends the record: the counts, and whether every result was written.
    pub(super) fn finish(self) -> (Summary, io::Result<()>) {
        self.progress.finish();
        (self.summary, self.written)
    }
}
