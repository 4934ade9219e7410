//! The texts of `JSONTestSuite`, as answers and as bodies of requests, in every language.

mod responses;
mod requests;
mod inputs;

use super::row::Row;
use super::{Length, scripts};
use crate::Fallible;

pub(super) fn run(_: Length) -> Fallible<Vec<Row>> {
    scripts::prepare()?;
    let texts = inputs::all()?;
    let mut rows = vec![responses::parsed(&texts)?];
    rows.extend(responses::in_every_language(&texts)?);
    rows.extend(requests::in_every_language(&texts)?);
    Ok(rows)
}
