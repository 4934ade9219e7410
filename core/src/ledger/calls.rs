//! What calls need of a ledger.

use std::time::{Duration, Instant};

use super::Ledger;
use super::entry::{Completion, Entry, Key, Lease, LeaseCursor, Stored};
use super::lock::{LockDeadline, MAX_LOCK_WAIT};
use super::rules::{Ended, Report};
use super::sent_body::SentBody;
use super::waiting::{Done, Settled};
use crate::error::Result;
use crate::net::tls::TlsRoots;
use crate::types::ledger_row::LedgerRow;

impl Ledger {
    /// Records durably that a create is about to be sent, unless the order's row forbids it.
    pub(crate) fn begin(&self, entry: Entry, deadline: Instant) -> Result<Stored> {
        self.0.begin(entry, LockDeadline::until(deadline))
    }

    /// Refuses a create as [`begin`](Self::begin) would now, and records nothing.
    pub(crate) fn preview(&self, entry: &Entry, deadline: Instant) -> Result<()> {
        self.0.preview(entry, LockDeadline::until(deadline))
    }

    /// Records the outcome of the create that `begin` recorded.
    pub(crate) fn end(&self, begun: &Stored, completion: &Completion) -> Result<Ended> {
        let deadline = LockDeadline::for_lock(MAX_LOCK_WAIT);
        self.0.end(begun, completion, deadline)
    }

    /// The rows of the orders of some creates, each with what it tells about the body.
    pub(crate) fn recorded(&self, creates: &[Entry]) -> Result<Vec<Option<(LedgerRow, SentBody)>>> {
        let deadline = LockDeadline::for_lock(MAX_LOCK_WAIT);
        self.0.recorded(creates, deadline)
    }

    pub(crate) fn find(&self, key: &Key, wait: Duration) -> Result<Option<LedgerRow>> {
        let deadline = LockDeadline::for_lock(wait.min(MAX_LOCK_WAIT));
        let account = Some(key.account.as_str());
        self.0.get(account, &key.operation, &key.order_id, deadline)
    }

    /// Records what a status reports about an order, in the order's row, if that is about the row's
    /// own payment or payout. None if there is no row. If `group` is above 1, it waits a moment
    /// until there are as many reports, from other threads.
    pub(crate) fn settle(
        &self,
        key: Key,
        report: Report,
        group: usize,
        wait: Duration,
    ) -> Result<Option<Settled>> {
        let deadline = LockDeadline::for_lock(wait.min(MAX_LOCK_WAIT));
        self.0.settle(key, report, group, deadline)
    }

    /// [`settle`](Self::settle). If `group` is above 1, another thread may do it later and pass the
    /// result to `done`.
    pub(crate) fn settle_soon(
        &self,
        key: Key,
        report: Report,
        group: usize,
        wait: Duration,
        done: Done,
    ) {
        let deadline = LockDeadline::for_lock(wait.min(MAX_LOCK_WAIT));
        self.0.settle_soon(key, report, group, deadline, done);
    }

    /// Leases the next open rows for this time, the oldest first.
    pub(crate) fn lease(
        &self,
        cursor: &mut LeaseCursor,
        limit: usize,
        time: Duration,
    ) -> Result<Vec<Lease>> {
        let deadline = LockDeadline::for_lock(MAX_LOCK_WAIT);
        self.0.lease(cursor, limit, time, deadline)
    }

    /// Ends leases, of rows that the provider was asked about or was not.
    pub(crate) fn end_leases(&self, leases: &[Lease], is_asked: bool) -> Result<()> {
        let deadline = LockDeadline::for_lock(MAX_LOCK_WAIT);
        self.0.end_leases(leases, is_asked, deadline)
    }

    /// Frees what this process keeps open. SQLite's log is moved into the file.
    pub(crate) fn close(&self) {
        self.0.close();
    }

    /// Uses the roots of a client to verify the database, if its URL names none.
    pub(crate) fn trust(&self, roots: &TlsRoots) {
        self.0.store.trust(roots);
    }

    /// A notice for the operator.
    pub(crate) fn notice(&self) -> Option<String> {
        self.0.store.notice()
    }
}
