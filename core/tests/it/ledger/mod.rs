//! The ledger: a row is recorded before a create is sent, and prevents a duplicate.

mod copy;
mod cursor;
mod file;
#[cfg(unix)]
mod fork;
#[cfg(target_os = "linux")]
mod permission;
mod process;
mod reconcile;
mod record;
mod release;
mod settle;
#[cfg(unix)]
mod shared;
mod version;

use std::path::PathBuf;
use std::time::Duration;

use alikassa::{Client, ClientBuilder, Digest, Ledger, LedgerRow, RowFilter};
use alikassa_sandbox::{Fault, FaultKind, Sandbox};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::fixture::{sandbox, sha1_builder};

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

/// A sandbox, and a folder for the ledger's file.
struct Setup {
    sandbox: Sandbox,
    folder: TempDir,
}

impl Setup {
    fn new() -> Self {
        Self {
            sandbox: sandbox(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("payouts.sqlite")
    }

    fn ledger(&self) -> Ledger {
        Ledger::new(self.path()).unwrap()
    }

    fn builder(&self) -> ClientBuilder {
        sha1_builder(&self.sandbox).ledger(self.ledger())
    }

    fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    /// A client that cannot connect to its server.
    fn unreachable_client(&self) -> Client {
        let builder = self.builder().base_url("http://127.0.0.1:1");
        builder.max_retries(0).build().unwrap()
    }

    /// A client of `account` with the same ledger and no certificate for payments.
    fn payout_client(&self, account: &str) -> Client {
        Client::builder(account)
            .base_url(self.sandbox.url())
            .payout_cert(self.sandbox.payout_cert())
            .unwrap()
            .digest(Digest::Sha1)
            .ledger(self.ledger())
            .build()
            .unwrap()
    }

    fn lose_next_response(&self) {
        let fault = Fault::new(FaultKind::CloseAfterAct);
        self.sandbox.set_fault(fault.path("v1/payout"));
    }

    /// The state, id and status of the only row, open or not.
    fn row(&self) -> (String, Option<i64>, Option<String>) {
        let file = Connection::open(self.path()).unwrap();
        file.query_row("SELECT state, id, payment_status FROM creates", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .unwrap()
    }

    fn state(&self) -> String {
        self.row().0
    }
}
