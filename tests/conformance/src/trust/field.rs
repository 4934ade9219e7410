//! What field trials found, as a table: each kind of fault with the cases that show it mended.

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
