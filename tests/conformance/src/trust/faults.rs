//! Faults at every byte: requests and responses that are closed, reset, stalled or garbled after
//! each of their bytes, and the results that the library reports.

mod case;
mod drivers;
mod fixture;
mod http;
mod operation;
mod oracle;
mod proxy;
mod runner;
mod scheduling_delay;
mod tls_records;

use std::collections::BTreeMap;
use std::time::Duration;

use super::Length;
use super::orders::Records;
use super::row::Row;
use crate::Result;
use crate::tally::{COMMON, Tally};
use case::Baseline;
use fixture::{DEADLINE, Fixtures};
use runner::CaseResult;

/// The least number of cases in all rows.
const MIN_CASES: usize = 38_000;

/// The longest that any call may take.
const MAX_ELAPSED: Duration = DEADLINE.saturating_add(Duration::from_secs(1));

pub(super) fn run(length: Length) -> Result<Vec<Row>> {
    let fixtures = Fixtures::new()?;
    let baselines = Baseline::all(&fixtures)?;
    let cases = case::cases(&baselines, length);
    let results = runner::run(&fixtures, &baselines, &cases)?;
    Ok(rows(&results, &Records::load(&fixtures.creates.sandbox)))
}

fn rows(results: &[CaseResult], records: &Records) -> Vec<Row> {
    let mut groups: BTreeMap<String, (usize, Tally)> = BTreeMap::new();
    for CaseResult { case, verdict, .. } in results {
        let name = case.group();
        let (_, tally) = groups
            .entry(name.clone())
            .or_insert_with(|| (case.transport.min_cases(), Tally::new(name, COMMON)));
        // The sandbox's records must confirm the reported outcome of a create.
        let confirmed = verdict.clone().and_then(|reported| match reported {
            Some(reported) => records.check(case.order, reported),
            None => Ok(()),
        });
        tally.count(&case.to_string(), confirmed);
    }
    let groups = groups.into_iter();
    let mut rows: Vec<Row> = groups
        .map(|(name, (min_cases, tally))| Row::of(name, &tally, min_cases))
        .collect();
    rows.push(Row::new(
        "all cases",
        results.len().to_string(),
        format!("at least {MIN_CASES}"),
        results.len() >= MIN_CASES,
    ));
    let creates = results
        .iter()
        .filter(|result| result.case.operation.creates())
        .count();
    rows.push(records.duplicates("faults", creates));
    let longest = results.iter().max_by_key(|result| result.elapsed);
    rows.extend(longest.map(slowest));
    rows
}

fn slowest(result: &CaseResult) -> Row {
    let in_time = result.elapsed <= MAX_ELAPSED;
    if !in_time {
        println!("FAILED too slow: {}", result.case);
    }
    Row::new(
        "slowest call",
        format!("{:.1} s", result.elapsed.as_secs_f64()),
        format!("{:.1} s", MAX_ELAPSED.as_secs_f64()),
        in_time,
    )
}
