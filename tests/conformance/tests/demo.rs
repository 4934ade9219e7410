//! The demo says yes and no by its exit status too.

use std::io;
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};

/// A demo builds the drivers first, under the feet of any other that runs.
static ALONE: Mutex<()> = Mutex::new(());

fn demo(arguments: &[&str]) -> io::Result<Output> {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    Command::new(env!("CARGO_BIN_EXE_alikassa-conformance"))
        .arg("demo")
        .args(arguments)
        .output()
}

#[test]
fn four_languages_that_do_the_same_are_a_success() {
    let output = demo(&[]).unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}{errors}");
    assert!(text.contains("identical in 4 languages: yes"), "{text}");
    let calls = |line: &&str| line.contains(".status") || line.starts_with("account.balance");
    assert_eq!(text.lines().filter(calls).count(), 12, "{text}");
    assert!(text.contains("found in 4 languages: yes"), "{text}");
    let lost = |line: &&str| line.contains("OutcomeUnknownError, unknown  found by amount, paid");
    assert_eq!(text.lines().filter(lost).count(), 4, "{text}");
}

#[test]
fn one_language_that_sends_other_bytes_is_a_failure() {
    for language in ["rust", "python", "node", "c"] {
        let output = demo(&["--tamper", language]).unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("identical in 4 languages: NO"), "{text}");
        assert_eq!(output.status.code(), Some(1), "{language}");
    }
}
