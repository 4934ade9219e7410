//! The soak test: thousands of creates under random faults, and processes killed during creates.
//! For each create, the reported outcome, the ledger and the sandbox's records must agree.

mod crash;
mod creates;
mod ledger_rows;
mod random_fault;

use std::path::Path;

use alikassa_sandbox::{Duplicates, Options, Rule, Sandbox, Status};
use tempfile::TempDir;

use super::Length;
use super::row::Row;
use crate::Result;

pub(super) fn run(length: Length) -> Result<Vec<Row>> {
    let mut rows = creates::run(length)?;
    rows.extend(crash::run(length)?);
    Ok(rows)
}

/// A sandbox that pays immediately and carries out repeated creates.
fn sandbox() -> Result<Sandbox> {
    Ok(Sandbox::start(Options {
        duplicates: Duplicates::Allow,
        balance: "1000000000000".parse().ok(),
        rules: vec![Rule::new(Status::Paid)],
        ..Options::default()
    })?)
}

/// A folder for ledgers, in memory if possible: processes crash here, machines do not.
pub(super) fn folder() -> Result<TempDir> {
    let memory = Path::new("/dev/shm");
    Ok(if memory.is_dir() {
        tempfile::tempdir_in(memory)?
    } else {
        tempfile::tempdir()?
    })
}
