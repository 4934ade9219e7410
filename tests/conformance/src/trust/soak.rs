//! The books: thousands of creates under random faults and sudden ends, and whether the ledger, the library's words and
//! the sandbox's book agree on every one.

mod random_fault;
mod crash;
mod ledger_rows;
mod creates;

use std::path::Path;

use alikassa_sandbox::{Duplicates, Options, Rule, Sandbox, Status};
use tempfile::TempDir;

use super::Length;
use super::row::Row;
use crate::Fallible;

pub(super) fn run(length: Length) -> Fallible<Vec<Row>> {
    let mut rows = creates::run(length)?;
    rows.extend(crash::run(length)?);
    Ok(rows)
}

/// A sandbox that pays at once and makes twice what it is sent twice.
fn sandbox() -> Fallible<Sandbox> {
    Ok(Sandbox::start(Options {
        duplicates: Duplicates::Allow,
        balance: "1000000000000".parse().ok(),
        rules: vec![Rule::new(Status::Paid)],
        ..Options::default()
    })?)
}

/// A folder for ledgers: in memory where there is such a thing, since processes end here and no machine does.
fn folder() -> Fallible<TempDir> {
    let memory = Path::new("/dev/shm");
    Ok(if memory.is_dir() {
        tempfile::tempdir_in(memory)?
    } else {
        tempfile::tempdir()?
    })
}
