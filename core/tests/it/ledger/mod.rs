//! The ledger: a row is recorded before a create is sent, and prevents a duplicate.

mod copy;
mod cursor;
mod file;
#[cfg(unix)]
mod fork;
mod import;
mod leases;
mod limits;
#[cfg(target_os = "linux")]
mod memory;
mod names;
#[cfg(target_os = "linux")]
mod permission;
#[cfg(unix)]
mod postgresql;
mod process;
mod reading;
mod reconcile;
mod record;
mod release;
mod sent_body;
mod settle;
mod setup;
mod statuses;
mod support;
mod version;

use std::time::Duration;

use alikassa::{Ledger, LedgerRow, RowFilter};

pub(crate) use setup::{Setup, Store, test_on_each_store};

const STALL: Duration = Duration::from_millis(400);

/// The open rows.
pub(crate) fn open(ledger: &Ledger) -> Vec<LedgerRow> {
    ledger.open().map(Result::unwrap).collect()
}

/// The rows that changed at this time or later.
fn changed(ledger: &Ledger, since_ms: i64) -> Vec<LedgerRow> {
    let filter = RowFilter::new().since_ms(since_ms);
    ledger.rows(filter).map(Result::unwrap).collect()
}
