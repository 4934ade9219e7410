//! The canonical form: the bytes that PHP makes of the same document, in every language.

use super::Length;
use super::row::Row;
use crate::language::Language;
use crate::tally::Tally;
use crate::{Fallible, peers};

const SEED: u64 = 2;

pub(crate) fn run(length: Length) -> Fallible<Vec<Row>> {
    let documents = length.of(100_000, 1_000_000);
    let tallies = peers::encode(&Language::ALL, documents, SEED)?;
    let row = |tally: Tally| Row::of(format!("PHP's bytes, {}", tally.column), &tally, documents);
    Ok(tallies.into_iter().map(row).collect())
}
