//! Key files: every format loads with its password and with no other, a loaded key signs as OpenSSL
//! does, and a corrupted file is refused with a reason.

mod corruption;
mod der;
mod key_file;
mod open;
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
use crate::{BoxError, Result, repository};

/// The seed of the passwords and of the corruption.
const SEED: u64 = 3;

/// The folder for the generated files. They are kept, so that a failure can be examined.
const FOLDER: &str = "target/trust/keys";

/// The number of cases. Adding a case requires a change here.
const MATRIX: usize = 851;
const SAMPLES: usize = 208;
const UNLOADABLE: usize = 169;

pub(crate) fn run(length: Length) -> Result<Vec<Row>> {
    let folder = repository::root().join(FOLDER);
    generate(&folder)?;
    let key_files = key_file::load(&folder)?;
    let passwords = passwords::run(&key_files, length)?;
    let (corruption, cases) = corruption::run(&key_files, &folder, length)?;
    let drivers = through_drivers(&folder, cases)?;
    let refusals = vec![refusals(&folder)?];
    let rows = [drivers, passwords, refusals, corruption];
    Ok(rows.into_iter().flatten().collect())
}

fn generate(folder: &Path) -> Result<()> {
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

/// Runs every case in every language.
fn through_drivers(folder: &Path, corrupted: Vec<Case>) -> Result<Vec<Row>> {
    let scratch = tempfile::tempdir()?;
    let suite = |name, cases| Suite { name, cases };
    let matrix = keys::cases(&folder.join("keys.json"), scratch.path())?;
    let samples = keys::cases(&folder.join("samples.json"), scratch.path())?;
    let at_least = [MATRIX, SAMPLES, corrupted.len()];
    let suites = [
        suite("every format, newly generated", matrix),
        suite("files of pyca/cryptography", samples),
        suite("corrupted, same result as the core", corrupted),
    ];
    let tallies = cases::run(&Language::ALL, "key files", &suites)?;
    let row = |tally: &Tally| {
        let mut expected = suites.iter().zip(at_least);
        let expected = expected.find(|(suite, _)| suite.name == tally.suite);
        let what = format!("{}, {}", tally.suite, tally.column);
        // A driver that does not start has its own tally, which fails.
        Row::of(what, tally, expected.map_or(0, |(_, cases)| cases))
    };
    Ok(tallies.iter().map(row).collect())
}

/// A file that no password opens must be refused before the key derivation, which is slow.
fn refusals(folder: &Path) -> Result<Row> {
    const LIMIT: Duration = Duration::from_millis(50);
    let files = key_file::unloadable(folder)?;
    let times = each(&files, |file| open::timed(|| file.open()).1)?;
    let slowest = times.into_iter().max().unwrap_or_default();
    Ok(Row::new(
        "slowest refusal of a file that no password opens",
        format!("{} ms of {} files", slowest.as_millis(), files.len()),
        format!("below {} ms of at least {UNLOADABLE}", LIMIT.as_millis()),
        slowest < LIMIT && files.len() >= UNLOADABLE,
    ))
}

/// Applies `work` to each item, on all processors. The results are in no particular order.
fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Result<Vec<R>> {
    let workers = thread::available_parallelism()?.get();
    let share = |first| items.iter().skip(first).step_by(workers).map(&work);
    thread::scope(|scope| {
        let running: Vec<_> = (0..workers)
            .map(|first| scope.spawn(move || share(first).collect::<Vec<R>>()))
            .collect();
        let mut results = Vec::new();
        for worker in running {
            let done = worker.join();
            results.extend(done.map_err(|_| BoxError::from("a thread of the runner panicked"))?);
        }
        Ok(results)
    })
}
