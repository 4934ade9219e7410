//! The texts of `JSONTestSuite`, as answers and as bodies of requests, in every language.

mod answers;
mod requests;
mod texts;

use super::row::Row;
use super::{Length, scripts};
use crate::Fallible;

pub(super) fn run(_: Length) -> Fallible<Vec<Row>> {
    scripts::prepare()?;
    let texts = texts::all()?;
    let mut rows = vec![answers::parsed(&texts)?];
    rows.extend(answers::in_every_language(&texts)?);
    rows.extend(requests::in_every_language(&texts)?);
    Ok(rows)
}
