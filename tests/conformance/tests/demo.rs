//! The demo reports success and failure in its exit status.

use std::io;
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};

const LANGUAGES: [&str; 6] = ["rust", "python", "node", "c", "php", "go"];

/// Each demo builds the drivers first, so two demos must not run at the same time.
static LOCK: Mutex<()> = Mutex::new(());

fn demo(arguments: &[&str]) -> io::Result<Output> {
    let _guard = LOCK.lock().unwrap_or_else(PoisonError::into_inner);
    Command::new(env!("CARGO_BIN_EXE_alikassa-conformance"))
        .arg("demo")
        .args(arguments)
        .output()
}

#[test]
fn identical_requests_in_every_language_succeed() {
    let count = LANGUAGES.len();
    let output = demo(&[]).unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}{errors}");
    let identical = format!("identical in {count} languages: yes");
    assert!(text.contains(&identical), "{text}");
    let calls = |line: &&str| line.contains(".status") || line.starts_with("account.balance");
    assert_eq!(text.lines().filter(calls).count(), 3 * count, "{text}");
    let found = format!("found in {count} languages: yes");
    assert!(text.contains(&found), "{text}");
    let lost = |line: &&str| line.contains("OutcomeUnknownError, unknown  found by amount, paid");
    assert_eq!(text.lines().filter(lost).count(), count, "{text}");
}

#[test]
fn a_different_request_in_one_language_fails() {
    for language in LANGUAGES {
        let output = demo(&["--tamper", language]).unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("languages: NO"), "{text}");
        assert_eq!(output.status.code(), Some(1), "{language}");
    }
}
