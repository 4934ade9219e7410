//! The ledger in a build without the feature `ledger`: a type that has no value. The code that
//! records in a ledger stays as it is, and can never run.

mod day_limit;
mod entry;
mod lock;
mod rules;
mod state;
mod waiting;
mod zone {
    use crate::error::{Error, Result};

    /// Only the limits of a day have a zone, and they need a ledger.
    #[derive(Clone, Debug)]
    pub(crate) enum Zone {}

    impl Zone {
        pub(crate) fn named(_: &str, field: &str) -> Result<Self> {
            let message =
                format!("{field}: this build has no ledger; build with the feature ledger");
            Err(Error::configuration(message))
        }
    }
}

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::net::tls::TlsRoots;
use crate::types::ledger_row::LedgerRow;
pub(crate) use day_limit::DayLimit;
pub(crate) use entry::{Completion, Entry, Key, Lease, LeaseCursor, Stored};
pub(crate) use lock::MAX_LOCK_WAIT;
pub use lock::lock_for_fork;
pub(crate) use rules::{Ended, Report, Subject, subject};
pub(crate) use waiting::{Done, Settled};
pub(crate) use zone::Zone;

/// There is no ledger whose log could be moved into its file.
pub fn checkpoint_all() {}

#[derive(Clone, Debug)]
pub enum Ledger {}

impl Ledger {
    pub(crate) fn named(_: impl Into<PathBuf>) -> Result<Self> {
        let message = "this build has no ledger; build with the feature ledger";
        Err(Error::configuration(message))
    }

    pub(crate) fn begin(&self, _: Entry, _: Instant) -> Result<Stored> {
        match *self {}
    }

    pub(crate) fn preview(&self, _: &Entry, _: Instant) -> Result<()> {
        match *self {}
    }

    pub(crate) fn end(&self, _: &Stored, _: &Completion) -> Result<Ended> {
        match *self {}
    }

    pub(crate) fn find(&self, _: &Key, _: Duration) -> Result<Option<LedgerRow>> {
        match *self {}
    }

    pub(crate) fn settle(
        &self,
        _: Key,
        _: Report,
        _: usize,
        _: Duration,
    ) -> Result<Option<Settled>> {
        match *self {}
    }

    pub(crate) fn settle_soon(&self, _: Key, _: Report, _: usize, _: Duration, _: Done) {
        match *self {}
    }

    pub(crate) fn lease(&self, _: &mut LeaseCursor, _: usize, _: Duration) -> Result<Vec<Lease>> {
        match *self {}
    }

    pub(crate) fn end_leases(&self, _: &[Lease], _: bool) -> Result<()> {
        match *self {}
    }

    pub(crate) fn close(&self) {
        match *self {}
    }

    pub(crate) fn trust(&self, _: &TlsRoots) {
        match *self {}
    }

    pub(crate) fn notice(&self) -> Option<String> {
        match *self {}
    }
}
