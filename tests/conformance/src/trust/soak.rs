//! The soak test: thousands of creates under random faults, and processes killed during creates.
//! For each create, the reported outcome, the ledger and the sandbox's records must agree.

mod crash;
mod creates;
mod random_fault;

use alikassa_sandbox::{Duplicates, Options, Rule, Sandbox, Status};

use super::Length;
use super::row::Row;
use super::stores::Stores;
use crate::Result;

pub(super) fn run(length: Length) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for stores in [Stores::files()?, Stores::server()?] {
        rows.extend(creates::run(&stores, length)?);
        rows.extend(crash::run(&stores, length)?);
    }
    Ok(rows)
}

/// A sandbox that pays immediately and carries out repeated creates.
pub(super) fn sandbox() -> Result<Sandbox> {
    Ok(Sandbox::start(Options {
        duplicates: Duplicates::Allow,
        balance: "1000000000000".parse().ok(),
        rules: vec![Rule::new(Status::Paid)],
        ..Options::default()
    })?)
}
