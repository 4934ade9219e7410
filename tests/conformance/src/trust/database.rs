//! One ledger in PostgreSQL for several processes: creates while the server fails, and while the
//! processes do. The sandbox's records are the judge.

mod outages;
mod pods;
mod server_fails;

use super::Length;
use super::row::Row;
use crate::Result;

pub(super) fn run(length: Length) -> Result<Vec<Row>> {
    let mut rows = server_fails::run(length)?;
    rows.extend(pods::run(length)?);
    Ok(rows)
}

fn at_least(what: &str, count: usize, limit: usize) -> Row {
    let limit_text = format!("at least {limit}");
    Row::new(what, count.to_string(), limit_text, count >= limit)
}
