//! What the library does, counted in instructions and compared with what was recorded: a count is the same however
//! busy the machine is, which a time is not.
//!
//! `tests/packaging/release cargo bench -p alikassa --features test-hooks --bench instructions` compares, with Valgrind;
//! with `BLESS=1` it makes the record anew, if a count is outside its limits.
#![expect(
    clippy::print_stdout,
    reason = "a bench says what it found on standard output"
)]

mod record;
mod works;

use std::process::{Command, ExitCode};

use record::Record;
use works::Work;

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.as_slice() {
        // It calls itself so, under Valgrind; cargo calls it with an option of its own.
        [name, more] => perform(name, more).map(|()| true),
        _ => guard(),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("instructions: {error}");
            ExitCode::FAILURE
        }
    }
}

fn perform(name: &str, more: &str) -> Fallible<()> {
    let work = works::ALL.iter().find(|work| work.name == name);
    work.ok_or("no such work")?.perform(more.parse()?);
    Ok(())
}

/// Whether nothing takes more instructions than it may.
fn guard() -> Fallible<bool> {
    let counts = works::ALL
        .iter()
        .map(|work| Ok((work.name.to_owned(), count(work)?)));
    let counted = Record::of(counts.collect::<Fallible<_>>()?)?;
    let recorded = Record::load()?;
    if std::env::var_os("BLESS").is_some() {
        if !recorded.is_met_by(&counted) {
            counted.save()?;
        }
        return Ok(true);
    }
    Ok(recorded.compare(&counted))
}

/// The instructions of doing the work once. The start of the process and what stays from the first time are in both
/// runs, and not in their difference; so nothing is asked of symbols, which the release profile strips.
fn count(work: &Work) -> Fallible<u32> {
    let (first, all) = (collected(work, 0)?, collected(work, work.times)?);
    let times = u64::try_from(work.times)?;
    Ok(u32::try_from(all.saturating_sub(first) / times)?)
}

fn collected(work: &Work, more: usize) -> Fallible<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .args([work.name, &more.to_string()])
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let number = |line: &str| line.split_once("Collected : ")?.1.trim().parse().ok();
    let collected = said.lines().find_map(number);
    let collected = collected.filter(|_| output.status.success());
    Ok(collected.ok_or_else(|| format!("{}: no count\n{said}", work.name))?)
}
