//! Damaged key files: a file opens as the key that it was or is refused with a reason, soon.

mod kind;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use fastrand::Rng;
use serde_json::json;

use super::open::{self, Verdict};
use super::key_file::{Form, Half};
use super::{SEED, each};
use crate::Fallible;
use crate::cases::{Case, Question};
use crate::expect::Expected;
use crate::secrets::Secrets;
use crate::tally::{COMMON, Tally};
use crate::trust::Length;
use crate::trust::row::Row;
use kind::Kind;

const FORMS: usize = 43;

/// The longest that one file may take, of a processor's time: damage can ask for half a million rounds of a derivation.
const LIMIT: Duration = Duration::from_secs(2);

/// A damaged file, and what became of it.
struct Damaged<'a> {
    form: &'a Form,
    number: usize,
    kind: Kind,
    pem: Vec<u8>,
    verdict: Result<Verdict, String>,
    took: Duration,
}

/// The rows, and for the drivers one case of each form and kind.
pub(super) fn run(
    forms: &[Form],
    folder: &Path,
    length: Length,
) -> Fallible<(Vec<Row>, Vec<Case>)> {
    let files = length.of(1_000, 10_000);
    let mut told = Told::new();
    let mut cases = Vec::new();
    // Form by form, so that not all the files are held at once.
    for form in forms {
        let numbers: Vec<usize> = (0..files).collect();
        let mut damaged = each(&numbers, |number| Damaged::new(form, *number))?;
        damaged.sort_by_key(|file| file.number);
        told.add(&damaged, folder)?;
        let first = damaged.iter().take(Kind::ALL.len());
        cases.extend(first.filter_map(Damaged::case));
    }
    Ok((told.rows(FORMS * files), cases))
}

impl<'a> Damaged<'a> {
    fn new(form: &'a Form, number: usize) -> Self {
        let kind = Kind::of(number);
        let mut chance = Rng::with_seed(SEED + number as u64);
        let pem = kind.done_to(&form.pem, &mut chance);
        let (verdict, took) = open::timed(|| form.verdict_of(&pem));
        Self {
            form,
            number,
            kind,
            pem,
            verdict,
            took,
        }
    }

    fn name(&self) -> String {
        format!("{}-{}-{:?}", self.form.name, self.number, self.kind)
    }

    /// A private key cannot become another by damage: its numbers would no longer fit together. A public one can.
    fn judged(&self) -> Result<(), String> {
        if self.took > LIMIT {
            return Err(format!("it took {} ms", self.took.as_millis()));
        }
        match (self.verdict.clone()?, self.form.half) {
            (Verdict::Signs(signature), Half::Private) if signature != self.form.signature => {
                Err("it opens as another key".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// The same verdict is expected of a driver.
    fn case(&self) -> Option<Case> {
        let expect = match self.verdict.as_ref().ok()? {
            Verdict::Signs(signature) => Expected::Ok(json!(signature)),
            Verdict::Verifies(true) => Expected::Ok(json!("sha256")),
            Verdict::Verifies(false) => Expected::error("SignatureMismatchError"),
            Verdict::Refused(reason) => {
                Expected::error("KeyLoadError").with("reason", &json!(reason))
            }
        };
        let mut secrets = Secrets::default();
        secrets.add_password(self.form.password.as_deref().unwrap_or_default());
        Some(Case {
            name: self.name(),
            only: None,
            questions: vec![Question::new(&self.form.question(&self.pem), expect)],
            secrets,
        })
    }
}

/// What became of all.
struct Told {
    tally: Tally,
    verdicts: BTreeMap<String, usize>,
    slowest: (Duration, String),
}

impl Told {
    fn new() -> Self {
        Self {
            tally: Tally::new("damaged key files", COMMON),
            verdicts: BTreeMap::new(),
            slowest: (Duration::ZERO, String::new()),
        }
    }

    /// A file that failed is kept in `folder`, under the name it fails with.
    fn add(&mut self, damaged: &[Damaged<'_>], folder: &Path) -> Fallible<()> {
        for file in damaged {
            let judged = file.judged();
            if judged.is_err() {
                let failed = folder.join("failed");
                fs::create_dir_all(&failed)?;
                fs::write(failed.join(file.name()), &file.pem)?;
            }
            self.tally.count(&file.name(), judged);
            let verdict = match &file.verdict {
                Ok(Verdict::Refused(reason)) => reason.as_str(),
                Ok(verdict) if *verdict == file.form.whole() => "opens",
                Ok(_) => "another public key",
                Err(_) => "wrong",
            };
            *self.verdicts.entry(verdict.to_owned()).or_default() += 1;
            if file.took > self.slowest.0 {
                self.slowest = (file.took, file.name());
            }
        }
        Ok(())
    }

    fn rows(self, at_least: usize) -> Vec<Row> {
        let (slowest, name) = self.slowest;
        let count = |verdict| self.verdicts.get(verdict).copied().unwrap_or_default();
        let told = self
            .verdicts
            .iter()
            .map(|(verdict, files)| format!("{files} {verdict}"));
        // Damage that never gets past the text, or never hurts, would try nothing.
        let reached = ["opens", "malformed", "wrong_password", "unsupported"]
            .iter()
            .all(|verdict| count(*verdict) * 200 >= at_least);
        vec![
            Row::of("damaged files", &self.tally, at_least),
            Row::new(
                "what becomes of them",
                told.collect::<Vec<_>>().join(", "),
                "opens, malformed, wrong_password, unsupported: 0.5 % or more each",
                reached,
            ),
            Row::new(
                "the slowest of them",
                format!("{} ms: {name}", slowest.as_millis()),
                format!("{} ms", LIMIT.as_millis()),
                slowest <= LIMIT,
            ),
        ]
    }
}
