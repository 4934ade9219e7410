//! Corrupted key files: each must load as the original key or be refused with a reason, within a
//! time limit.

mod kind;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use fastrand::Rng;
use serde_json::json;

use super::key_file::{KeyFile, KeyKind};
use super::open::{self, Opened};
use super::{SEED, each};
use crate::Result;
use crate::cases::{Case, Exchange};
use crate::expect::Expected;
use crate::secrets::Secrets;
use crate::tally::{COMMON, Tally};
use crate::trust::Length;
use crate::trust::row::Row;
use kind::Kind;

const KEY_FILES: usize = 43;

/// The limit of processor time per file. Corruption can request half a million rounds of key
/// derivation.
const LIMIT: Duration = Duration::from_secs(2);

/// A corrupted file, and the result of opening it.
struct Corrupted<'a> {
    key_file: &'a KeyFile,
    number: usize,
    kind: Kind,
    pem: Vec<u8>,
    result: Result<Opened, String>,
    elapsed: Duration,
}

/// Returns the rows, and for the drivers one case for each key file and kind of corruption.
pub(super) fn run(
    key_files: &[KeyFile],
    folder: &Path,
    length: Length,
) -> Result<(Vec<Row>, Vec<Case>)> {
    let files = length.of(1_000, 10_000);
    let mut results = Results::new();
    let mut cases = Vec::new();
    // One key file at a time, to limit the memory for corrupted copies.
    for key_file in key_files {
        let numbers: Vec<usize> = (0..files).collect();
        let mut corrupted = each(&numbers, |number| Corrupted::new(key_file, *number))?;
        corrupted.sort_by_key(|file| file.number);
        results.add(&corrupted, folder)?;
        let first = corrupted.iter().take(Kind::ALL.len());
        cases.extend(first.filter_map(Corrupted::case));
    }
    Ok((results.rows(KEY_FILES * files), cases))
}

impl<'a> Corrupted<'a> {
    fn new(key_file: &'a KeyFile, number: usize) -> Self {
        let kind = Kind::of(number);
        let mut chance = Rng::with_seed(SEED + number as u64);
        let pem = kind.apply(&key_file.pem, &mut chance);
        let (result, elapsed) = open::timed(|| key_file.open_as(&pem));
        Self {
            key_file,
            number,
            kind,
            pem,
            result,
            elapsed,
        }
    }

    fn name(&self) -> String {
        format!("{}-{}-{:?}", self.key_file.name, self.number, self.kind)
    }

    /// Corruption cannot turn a private key into another one, because its numbers would no longer
    /// be consistent. It can do so with a public key.
    fn check(&self) -> Result<(), String> {
        if self.elapsed > LIMIT {
            return Err(format!("it took {} ms", self.elapsed.as_millis()));
        }
        match (self.result.clone()?, self.key_file.kind) {
            (Opened::Signs(signature), KeyKind::Private)
                if signature != self.key_file.signature =>
            {
                Err("it loads as another key".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// A driver must have the same result.
    fn case(&self) -> Option<Case> {
        let expect = match self.result.as_ref().ok()? {
            Opened::Signs(signature) => Expected::Ok(json!(signature)),
            Opened::Verifies(true) => Expected::Ok(json!("sha256")),
            Opened::Verifies(false) => Expected::error("SignatureMismatchError"),
            Opened::Refused(reason) => {
                Expected::error("KeyLoadError").with("reason", &json!(reason))
            }
        };
        let mut secrets = Secrets::default();
        secrets.add_password(self.key_file.password.as_deref().unwrap_or_default());
        Some(Case {
            name: self.name(),
            only: None,
            exchanges: vec![Exchange::new(&self.key_file.request(&self.pem), expect)],
            secrets,
        })
    }
}

/// The results of all corrupted files.
struct Results {
    tally: Tally,
    counts: BTreeMap<String, usize>,
    slowest: (Duration, String),
}

impl Results {
    fn new() -> Self {
        Self {
            tally: Tally::new("corrupted key files", COMMON),
            counts: BTreeMap::new(),
            slowest: (Duration::ZERO, String::new()),
        }
    }

    /// Adds results. A file that fails is saved in `folder` under the name of the failure.
    fn add(&mut self, damaged: &[Corrupted<'_>], folder: &Path) -> Result<()> {
        for file in damaged {
            let checked = file.check();
            if checked.is_err() {
                let failed = folder.join("failed");
                fs::create_dir_all(&failed)?;
                fs::write(failed.join(file.name()), &file.pem)?;
            }
            self.tally.count(&file.name(), checked);
            let result = match &file.result {
                Ok(Opened::Refused(reason)) => reason.as_str(),
                Ok(opened) if *opened == file.key_file.expected() => "loads",
                Ok(_) => "another public key",
                Err(_) => "failed",
            };
            *self.counts.entry(result.to_owned()).or_default() += 1;
            if file.elapsed > self.slowest.0 {
                self.slowest = (file.elapsed, file.name());
            }
        }
        Ok(())
    }

    fn rows(self, at_least: usize) -> Vec<Row> {
        let (slowest, name) = self.slowest;
        let count = |result| self.counts.get(result).copied().unwrap_or_default();
        let counts = self
            .counts
            .iter()
            .map(|(result, files)| format!("{files} {result}"));
        // Each of these must be frequent, or the corruption would not reach all layers of a file.
        let varied = ["loads", "malformed", "wrong_password", "unsupported"]
            .iter()
            .all(|result| count(*result) * 200 >= at_least);
        vec![
            Row::of("corrupted files", &self.tally, at_least),
            Row::new(
                "results of corrupted files",
                counts.collect::<Vec<_>>().join(", "),
                "loads, malformed, wrong_password, unsupported: at least 0.5 % each",
                varied,
            ),
            Row::new(
                "slowest corrupted file",
                format!("{} ms: {name}", slowest.as_millis()),
                format!("{} ms", LIMIT.as_millis()),
                slowest <= LIMIT,
            ),
        ]
    }
}
