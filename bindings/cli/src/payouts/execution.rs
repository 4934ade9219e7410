//! Carrying out a plan.

use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use alikassa::{Client, Error, LedgerState};
use anstream::eprintln;

use super::arguments::PaidList;
use super::book::Book;
use super::calls;
use super::list::Payout;
use super::outcome::{self, PayoutResult};
use super::page::{self, Known};
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
        self.write_page(false)?;
        let rows = self.plan.rows.iter();
        let results = Results::rebuild(self.path, rows.map(|row| Ok(row.known(earlier))))
            .map_err(|error| self.failure(&error))?;
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
        let (mut summary, written) = record.finish();
        self.client.close();
        for notice in self.client.take_notices() {
            eprintln!("alikassa: {notice}");
        }
        let settled = written.and_then(|()| self.settle());
        let settled = settled.map_err(|error| self.failure(&error));
        for failure in [settled, self.write_page(true)]
            .into_iter()
            .filter_map(Result::err)
        {
            failure.report(self.output);
            summary.failed();
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

    /// What is known about each payout now, in the order of the list.
    fn known<'b>(&'b self, earlier: &'b Earlier) -> impl Iterator<Item = Result<Known<'b>, Error>> {
        let payouts = || self.plan.rows.iter().map(|planned| planned.payout);
        let recorded = payouts().zip(self.book.recorded(payouts()));
        recorded.map(|(payout, recorded)| {
            let row = recorded?.map(|recorded| recorded.row);
            Ok((payout, earlier.known(payout, row.as_ref())))
        })
    }

    /// Leaves one line of each payout in the file of results, in the order of the list.
    fn settle(&self) -> io::Result<()> {
        let earlier = Earlier::read(self.path)?;
        let known = self.known(&earlier).map(|known| {
            let (_, result) = known.map_err(io::Error::other)?;
            Ok(result)
        });
        Results::rebuild(self.path, known).map(drop)
    }

    /// Writes the page, if there is to be one.
    fn write_page(&self, has_ended: bool) -> Result<(), Failure> {
        let Some(path) = &self.run.html else {
            return Ok(());
        };
        let earlier = Earlier::read(self.path).map_err(|error| self.failure(&error))?;
        page::write(path, &self.run.list, self.known(&earlier), has_ended)
    }

    fn failure(&self, error: &io::Error) -> Failure {
        Failure::file(self.path.display(), error)
    }
}
