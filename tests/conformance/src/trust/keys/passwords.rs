//! Wrong passwords. The old forms have no checksum: one of 256 gives a valid padding, and has to be told as wrong all the same.

use fastrand::Rng;

use super::open::{self, Verdict};
use super::key_file::Form;
use super::{SEED, each};
use crate::Fallible;
use crate::tally::{COMMON, Tally};
use crate::trust::Length;
use crate::trust::row::Row;

/// Forms without any checksum whose key derivation costs nothing.
const TRADITIONAL: &str = "traditional";

const TRADITIONAL_FORMS: usize = 4;
const OTHER_FORMS: usize = 33;

pub(super) fn run(forms: &[Form], length: Length) -> Fallible<Vec<Row>> {
    let encrypted = forms.iter().filter(|form| form.password.is_some());
    let (traditional, others): (Vec<&Form>, Vec<&Form>) =
        encrypted.partition(|form| form.name.starts_with(TRADITIONAL));
    let many = length.of(2_000, 200_000);
    let some = length.of(300, 3_000);
    Ok(vec![
        row("traditional files", &traditional, TRADITIONAL_FORMS, many)?,
        row("the other encrypted files", &others, OTHER_FORMS, some)?,
    ])
}

fn row(of: &str, forms: &[&Form], at_least: usize, passwords: usize) -> Fallible<Row> {
    let mut tally = Tally::new("wrong passwords", COMMON);
    for (name, results) in each(forms, |form| (&form.name, all_wrong(form, passwords)))? {
        for result in results {
            tally.count(name, result);
        }
    }
    let what = format!("wrong passwords of {of} that are told as wrong");
    Ok(Row::of(what, &tally, at_least * passwords))
}

fn all_wrong(form: &Form, passwords: usize) -> Vec<Result<(), String>> {
    let mut chance = Rng::with_seed(SEED);
    let wrong = std::iter::repeat_with(|| {
        let length = chance.usize(1..40);
        std::iter::repeat_with(|| chance.u8(1..))
            .take(length)
            .collect::<Vec<u8>>()
    });
    let told = wrong.take(passwords).enumerate().map(|(number, password)| {
        let verdict = open::sign(&form.pem, Some(&password), &form.body)?;
        match verdict {
            Verdict::Refused(reason) if reason == "wrong_password" => Ok(()),
            other => Err(format!("password {number}: {other:?}")),
        }
    });
    told.collect()
}
