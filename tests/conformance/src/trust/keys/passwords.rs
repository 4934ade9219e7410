//! Wrong passwords. The traditional formats have no checksum: one wrong password of 256 yields
//! valid padding, and must still be reported as wrong.

use fastrand::Rng;

use super::key_file::KeyFile;
use super::open::{self, Opened};
use super::{SEED, each};
use crate::Result;
use crate::tally::{COMMON, Tally};
use crate::trust::Length;
use crate::trust::row::Row;

/// Formats without a checksum and with a fast key derivation.
const TRADITIONAL: &str = "traditional";

const TRADITIONAL_FILES: usize = 4;
const OTHER_FILES: usize = 33;

pub(super) fn run(key_files: &[KeyFile], length: Length) -> Result<Vec<Row>> {
    let encrypted = key_files.iter().filter(|file| file.password.is_some());
    let (traditional, others): (Vec<&KeyFile>, Vec<&KeyFile>) =
        encrypted.partition(|file| file.name.starts_with(TRADITIONAL));
    let many = length.of(2_000, 200_000);
    let some = length.of(300, 3_000);
    Ok(vec![
        row("traditional files", &traditional, TRADITIONAL_FILES, many)?,
        row("other encrypted files", &others, OTHER_FILES, some)?,
    ])
}

fn row(what: &str, files: &[&KeyFile], at_least: usize, passwords: usize) -> Result<Row> {
    let mut tally = Tally::new("wrong passwords", COMMON);
    for (name, results) in each(files, |file| (&file.name, try_all(file, passwords)))? {
        for result in results {
            tally.count(name, result);
        }
    }
    let what = format!("{what}: wrong passwords refused");
    Ok(Row::of(what, &tally, at_least * passwords))
}

fn try_all(file: &KeyFile, passwords: usize) -> Vec<Result<(), String>> {
    let mut chance = Rng::with_seed(SEED);
    let wrong = std::iter::repeat_with(|| {
        let length = chance.usize(1..40);
        std::iter::repeat_with(|| chance.u8(1..))
            .take(length)
            .collect::<Vec<u8>>()
    });
    let results = wrong.take(passwords).enumerate().map(|(number, password)| {
        let opened = open::sign(&file.pem, Some(&password), &file.body)?;
        match opened {
            Opened::Refused(reason) if reason == "wrong_password" => Ok(()),
            other => Err(format!("password {number}: {other:?}")),
        }
    });
    results.collect()
}
