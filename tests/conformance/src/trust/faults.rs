//! Faults at every byte: requests and answers that break off, hang or turn to noise after each of their bytes, and what
//! the library says of it.

mod drivers;
mod case;
mod fixture;
mod http;
mod oracle;
mod scheduling_delay;
mod operation;
mod runner;
mod proxy;

use std::collections::BTreeMap;
use std::time::Duration;

use super::Length;
use super::orders::Book;
use super::row::Row;
use crate::Fallible;
use crate::tally::{COMMON, Tally};
use case::Subject;
use fixture::{DEADLINE, Grounds};
use runner::End;

/// Of all rows.
const FEWEST: usize = 38_000;

/// No call may take longer.
const LATEST: Duration = DEADLINE.saturating_add(Duration::from_secs(1));

pub(super) fn run(length: Length) -> Fallible<Vec<Row>> {
    let grounds = Grounds::new()?;
    let subjects = Subject::all(&grounds)?;
    let cases = case::cases(&subjects, length);
    let ends = runner::play(&grounds, &subjects, &cases)?;
    Ok(rows(&ends, &Book::of(&grounds.creates.sandbox)))
}

fn rows(ends: &[End], book: &Book) -> Vec<Row> {
    let mut groups: BTreeMap<String, (usize, Tally)> = BTreeMap::new();
    for End {
        case, judgement, ..
    } in ends
    {
        let name = case.group();
        let (_, tally) = groups
            .entry(name.clone())
            .or_insert_with(|| (case.through.fewest(), Tally::new(name, COMMON)));
        // What was said of a create has to be so.
        let right = judgement.clone().and_then(|said| match said {
            Some(said) => book.confirms(case.order, said),
            None => Ok(()),
        });
        tally.count(&case.to_string(), right);
    }
    let groups = groups.into_iter();
    let mut rows: Vec<Row> = groups
        .map(|(name, (fewest, tally))| Row::of(name, &tally, fewest))
        .collect();
    rows.push(Row::new(
        "cases in all",
        ends.len().to_string(),
        format!("{FEWEST} or more"),
        ends.len() >= FEWEST,
    ));
    let creates = ends
        .iter()
        .filter(|end| end.case.operation.creates())
        .count();
    rows.push(book.twice(creates));
    rows.extend(ends.iter().max_by_key(|end| end.elapsed).map(slowest));
    rows
}

fn slowest(end: &End) -> Row {
    let in_time = end.elapsed <= LATEST;
    if !in_time {
        println!("FAILED too late: {}", end.case);
    }
    Row::new(
        "the slowest end",
        format!("{:.1} s", end.elapsed.as_secs_f64()),
        format!("{:.1} s", LATEST.as_secs_f64()),
        in_time,
    )
}
