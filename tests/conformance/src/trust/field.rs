//! The kinds of faults of the goal `field`, as a table: each with the tests that cover it.

mod reports;
mod suites;

use super::Length;
use super::row::Row;
use crate::Result;

pub(super) fn run(_: Length) -> Result<Vec<Row>> {
    let mut rows = reports::run()?;
    rows.extend(suites::run()?);
    Ok(rows)
}
