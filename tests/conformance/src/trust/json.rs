//! The inputs of `JSONTestSuite`, as responses and as request bodies, in every language.

mod inputs;
mod requests;
mod responses;

use super::row::Row;
use super::{Length, scripts};
use crate::Result;

pub(super) fn run(_: Length) -> Result<Vec<Row>> {
    scripts::prepare()?;
    let inputs = inputs::all()?;
    let mut rows = vec![responses::parsed(&inputs)?];
    rows.extend(responses::in_every_language(&inputs)?);
    rows.extend(requests::in_every_language(&inputs)?);
    Ok(rows)
}
