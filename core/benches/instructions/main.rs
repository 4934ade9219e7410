//! Counts of the instructions and allocations of a few workloads, compared with a record. A count does
//! not depend on how busy the machine is.
//!
//! Run it with Valgrind installed:
//! `tests/packaging/release cargo bench -p alikassa --features test-hooks --bench instructions`.
//! With `BLESS=1` it replaces the record if a count is outside its limits. With the argument `hook-off`
//! it only prints the share of events in a call without a hook.
#![expect(clippy::print_stdout, reason = "a bench prints its results")]

mod record;
mod workloads;

use std::collections::BTreeMap;
use std::process::{Command, ExitCode};

use record::Record;
use workloads::Workload;

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.as_slice() {
        [name, ..] if name == "hook-off" => share_of_events().map(|()| true),
        // Valgrind runs this program with two arguments, cargo with one.
        [name, repetitions] => run(name, repetitions).map(|()| true),
        _ => check(),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("instructions: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(name: &str, repetitions: &str) -> Fallible<()> {
    workload_of(name)?.run(repetitions.parse()?);
    Ok(())
}

fn workload_of(name: &str) -> Fallible<&'static Workload> {
    let workload = workloads::ALL.iter().find(|workload| workload.name == name);
    Ok(workload.ok_or("unknown workload")?)
}

/// Whether each count is within its limit, and the events of a client without a hook too.
fn check() -> Fallible<bool> {
    let mut counts = BTreeMap::new();
    for workload in &workloads::ALL {
        for measure in [Measure::Instructions, Measure::Allocations] {
            let name = format!("{}{}", workload.name, measure.suffix());
            counts.insert(name, count(workload, measure)?);
        }
    }
    let hook_is_free = counts.get(workloads::EVENTS) <= counts.get(workloads::STATUS_CALL);
    let counted = Record::of(counts)?;
    let recorded = Record::load()?;
    if std::env::var_os("BLESS").is_some() {
        if !recorded.is_within_limits(&counted) {
            counted.save()?;
        }
        return Ok(true);
    }
    if !hook_is_free {
        println!(
            "\n{}: more than one {}",
            workloads::EVENTS,
            workloads::STATUS_CALL
        );
    }
    Ok(recorded.compare(&counted) && hook_is_free)
}

/// Prints it in percent.
fn share_of_events() -> Fallible<()> {
    let count_of = |name| count(workload_of(name)?, Measure::Instructions);
    let events = f64::from(count_of(workloads::EVENTS)?) / 100.0;
    let share = events / f64::from(count_of(workloads::STATUS_CALL)?);
    println!("{:.3}", 100.0 * share);
    Ok(())
}

/// What Valgrind counts.
#[derive(Clone, Copy)]
enum Measure {
    Instructions,
    Allocations,
}

impl Measure {
    fn suffix(self) -> &'static str {
        match self {
            Self::Instructions => "",
            Self::Allocations => ", allocations",
        }
    }

    fn arguments(self) -> [&'static str; 2] {
        match self {
            Self::Instructions => ["--tool=callgrind", "--callgrind-out-file=/dev/null"],
            Self::Allocations => ["--tool=dhat", "--dhat-out-file=/dev/null"],
        }
    }

    /// The count in a line that Valgrind prints, such as `Collected : 1234` or
    /// `Total: 5,678 bytes in 90 blocks`.
    fn read(self, line: &str) -> Option<u64> {
        let number = match self {
            Self::Instructions => line.split_once("Collected : ")?.1,
            Self::Allocations => {
                let total = line.split_once("Total: ")?.1;
                total.split_once(" bytes in ")?.1.strip_suffix(" blocks")?
            }
        };
        number.trim().replace(',', "").parse().ok()
    }
}

/// The count of one repetition: the difference between a run with repetitions and one without, so
/// that the start of the process does not count. This needs no symbols, which the release profile
/// strips.
fn count(workload: &Workload, measure: Measure) -> Fallible<u32> {
    let (first, total) = (
        collected(workload, measure, 0)?,
        collected(workload, measure, workload.repetitions)?,
    );
    let repetitions = u64::try_from(workload.repetitions)?;
    Ok(u32::try_from(total.saturating_sub(first) / repetitions)?)
}

fn collected(workload: &Workload, measure: Measure, repetitions: usize) -> Fallible<u64> {
    let output = Command::new("valgrind")
        .args(measure.arguments())
        .arg(std::env::current_exe()?)
        .args([workload.name, &repetitions.to_string()])
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    let printed = String::from_utf8_lossy(&output.stderr);
    let collected = printed.lines().find_map(|line| measure.read(line));
    let collected = collected.filter(|_| output.status.success());
    Ok(collected.ok_or_else(|| format!("{}: no count\n{printed}", workload.name))?)
}
