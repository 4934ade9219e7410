//! Key files: every form opens with its password and with no other, what opens signs as OpenSSL does, and a damaged file says so.

mod open;
mod corruption;
mod der;
mod key_file;
mod passwords;

use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use super::Length;
use super::row::Row;
use crate::cases::{self, Case, Suite};
use crate::language::Language;
use crate::tally::Tally;
use crate::vectors::keys;
use crate::{Fallible, Trouble, repository};

/// Of the passwords and of the damage.
const SEED: u64 = 3;

/// Where the files are made, and stay, so that a failure can be looked into.
const FOLDER: &str = "target/trust/keys";

/// How many cases there are; whoever adds some counts them here.
const MATRIX: usize = 851;
const SAMPLES: usize = 208;
const HOPELESS: usize = 169;

pub(crate) fn run(length: Length) -> Fallible<Vec<Row>> {
    let folder = repository::root().join(FOLDER);
    make(&folder)?;
    let forms = key_file::load(&folder)?;
    let passwords = passwords::run(&forms, length)?;
    let (damage, damaged) = corruption::run(&forms, &folder, length)?;
    let drivers = through_drivers(&folder, damaged)?;
    let refusals = vec![refusals(&folder)?];
    let rows = [drivers, passwords, refusals, damage];
    Ok(rows.into_iter().flatten().collect())
}

fn make(folder: &Path) -> Fallible<()> {
    let script = repository::root().join("tests/trust/keys.py");
    let mut command = Command::new("python3");
    command.arg(&script).arg(folder).arg(SEED.to_string());
    let status = command.status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{}: {status}", script.display()).into())
    }
}

/// Every case in every language.
fn through_drivers(folder: &Path, damaged: Vec<Case>) -> Fallible<Vec<Row>> {
    let scratch = tempfile::tempdir()?;
    let suite = |name, cases| Suite { name, cases };
    let matrix = keys::cases(&folder.join("keys.json"), scratch.path())?;
    let samples = keys::cases(&folder.join("samples.json"), scratch.path())?;
    let at_least = [MATRIX, SAMPLES, damaged.len()];
    let suites = [
        suite("every form, made anew", matrix),
        suite("the files of pyca", samples),
        suite("damaged as in the core", damaged),
    ];
    let tallies = cases::run(&Language::ALL, "key files", &suites)?;
    let row = |tally: &Tally| {
        let mut expected = suites.iter().zip(at_least);
        let expected = expected.find(|(suite, _)| suite.name == tally.suite);
        let what = format!("{}, {}", tally.suite, tally.column);
        // A driver that does not start has a tally of its own, which failed.
        Row::of(what, tally, expected.map_or(0, |(_, cases)| cases))
    };
    Ok(tallies.iter().map(row).collect())
}

/// What no password opens is refused before the work of a key derivation.
fn refusals(folder: &Path) -> Fallible<Row> {
    const LIMIT: Duration = Duration::from_millis(50);
    let files = key_file::hopeless(folder)?;
    let attempts = each(&files, |file| open::timed(|| file.verdict()).1)?;
    let slowest = attempts.into_iter().max().unwrap_or_default();
    Ok(Row::new(
        "the slowest refusal of a file that no password opens",
        format!("{} ms, of {} files", slowest.as_millis(), files.len()),
        format!("below {} ms, of {HOPELESS} or more", LIMIT.as_millis()),
        slowest < LIMIT && files.len() >= HOPELESS,
    ))
}

/// What `work` makes of each item, on all processors; in no order.
fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Fallible<Vec<R>> {
    let workers = thread::available_parallelism()?.get();
    let share = |first| items.iter().skip(first).step_by(workers).map(&work);
    thread::scope(|scope| {
        let running: Vec<_> = (0..workers)
            .map(|first| scope.spawn(move || share(first).collect::<Vec<R>>()))
            .collect();
        let mut results = Vec::new();
        for worker in running {
            let done = worker.join();
            results.extend(done.map_err(|_| Trouble::from("a thread of the runner panicked"))?);
        }
        Ok(results)
    })
}
