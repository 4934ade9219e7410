//! Carrying out a plan.

use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use alikassa::{Client, LedgerState};
use anstream::eprintln;

use super::arguments::PaidList;
use super::book::Book;
use super::calls;
use super::list::Payout;
use super::outcome::{self, PayoutResult};
use super::plan::{Plan, Step};
use super::progress::Progress;
use super::record::Record;
use super::results::{Earlier, Results};
use super::stop::Stop;
use super::summary::Summary;
use crate::failure::Failure;
use crate::output::Output;

pub(super) struct Execution<'a> {
    pub(super) run: &'a PaidList,
    pub(super) client: &'a Client,
    pub(super) book: &'a Book<'a>,
    pub(super) plan: &'a Plan<'a>,
    /// The file of results.
    pub(super) path: &'a Path,
    pub(super) output: &'a Output,
}

impl Execution<'_> {
    pub(super) fn run(&self, earlier: &Earlier) -> Result<ExitCode, Failure> {
        let rows = self.plan.rows.iter();
        let known = rows.map(|row| Ok((row.payout, row.known(earlier))));
        let results = Results::rebuild(self.path, earlier, known)
            .map_err(|error| Failure::file(self.path.display(), &error))?;
        let stop = Arc::new(Stop::default());
        stop.on_interrupt(self.client)?;
        let calls = self.plan.count(Step::Resolve) + self.plan.count(Step::Send);
        let progress = Progress::new(calls);
        let summary = Summary::of(self.plan);
        let mut record = Record::new(summary, results, progress, &stop, self.output);
        let left = self.plan.rows.iter().filter(|row| row.step == Step::Leave);
        for result in left.filter_map(|row| row.known(earlier)) {
            record.show(&result);
        }
        self.make_calls(&stop, &mut record);
        let (summary, written) = record.finish();
        self.client.close();
        for notice in self.client.take_notices() {
            eprintln!("alikassa: {notice}");
        }
        if let Err(error) = written.and_then(|()| self.settle()) {
            eprintln!("alikassa: {}: {error}", self.path.display());
        }
        summary.show(self.output);
        Ok(summary.code())
    }

    /// Asks about the open rows first. If one of them stays unknown, nothing is sent.
    fn make_calls(&self, stop: &Stop, record: &mut Record<'_>) {
        let concurrency = self.run.concurrency.into();
        // On the thread of the call: with one in flight, no other starts after it.
        let end_after = |result: &PayoutResult| {
            if !self.run.go_on && (result.is_open() || result.state == LedgerState::NotSent) {
                stop.set();
            }
        };
        let resolve = |payout: &Payout| {
            let result = outcome::resolve(self.client, payout);
            end_after(&result);
            Some(result)
        };
        let create = |payout: &Payout| {
            let result = outcome::create(self.client, payout);
            // The client is closed, so this row may be one of those that were not started.
            if stop.is_interrupted() && result.state == LedgerState::NotSent {
                return None;
            }
            end_after(&result);
            Some(result)
        };
        let open = self.plan.with(Step::Resolve);
        calls::run(&open, concurrency, stop, resolve, |result| {
            record.resolved(&result);
        });
        let to_send = self.plan.with(Step::Send);
        calls::run(&to_send, concurrency, stop, create, |result| {
            record.sent(&result);
        });
    }

    /// Leaves one line of each payout in the file of results, in the order of the list.
    fn settle(&self) -> io::Result<()> {
        let earlier = Earlier::read(self.path)?;
        let payouts = || self.plan.rows.iter().map(|planned| planned.payout);
        let recorded = payouts().zip(self.book.recorded(payouts()));
        let known = recorded.map(|(payout, recorded)| {
            let recorded = recorded.map_err(io::Error::other)?;
            let known = recorded.map(|recorded| earlier.result(payout, &recorded.row));
            Ok((payout, known))
        });
        Results::rebuild(self.path, &earlier, known).map(drop)
    }
}
