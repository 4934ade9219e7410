//! Instruction counts of a few workloads, compared with a record. A count does not depend on how
//! busy the machine is.
//!
//! Run it with Valgrind installed:
//! `tests/packaging/release cargo bench -p alikassa --features test-hooks --bench instructions`.
//! With `BLESS=1` it replaces the record if a count is outside its limits.
#![expect(clippy::print_stdout, reason = "a bench prints its results")]

mod record;
mod workloads;

use std::process::{Command, ExitCode};

use record::Record;
use workloads::Workload;

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.as_slice() {
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
    let workload = workloads::ALL.iter().find(|workload| workload.name == name);
    workload
        .ok_or("unknown workload")?
        .run(repetitions.parse()?);
    Ok(())
}

/// Whether each count is within its limit.
fn check() -> Fallible<bool> {
    let counts = workloads::ALL
        .iter()
        .map(|workload| Ok((workload.name.to_owned(), count(workload)?)));
    let counted = Record::of(counts.collect::<Fallible<_>>()?)?;
    let recorded = Record::load()?;
    if std::env::var_os("BLESS").is_some() {
        if !recorded.is_within_limits(&counted) {
            counted.save()?;
        }
        return Ok(true);
    }
    Ok(recorded.compare(&counted))
}

/// The instructions of one repetition: the difference between a run with repetitions and one
/// without, so that the start of the process does not count. This needs no symbols, which the
/// release profile strips.
fn count(workload: &Workload) -> Fallible<u32> {
    let (first, total) = (
        collected(workload, 0)?,
        collected(workload, workload.repetitions)?,
    );
    let repetitions = u64::try_from(workload.repetitions)?;
    Ok(u32::try_from(total.saturating_sub(first) / repetitions)?)
}

fn collected(workload: &Workload, repetitions: usize) -> Fallible<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .args([workload.name, &repetitions.to_string()])
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    let printed = String::from_utf8_lossy(&output.stderr);
    let number = |line: &str| line.split_once("Collected : ")?.1.trim().parse().ok();
    let collected = printed.lines().find_map(number);
    let collected = collected.filter(|_| output.status.success());
    Ok(collected.ok_or_else(|| format!("{}: no count\n{printed}", workload.name))?)
}
