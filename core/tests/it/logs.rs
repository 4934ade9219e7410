//! What a logger of the program gets. It is global, so each test has a process of its own.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use alikassa_sandbox::{DigestPolicy, Sandbox};
use log::{LevelFilter, Log, Metadata, Record};

use crate::fixture;

/// The directives of `docs/guide/configuration.md`, in `env_logger`'s form.
const DIRECTIVES: &str = "trace,ureq=off,ureq_proto=off,rustls=off";

/// The records with their targets.
static RECORDS: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());

struct Recorder;

impl Log for Recorder {
    fn enabled(&self, _metadata: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let mut records = RECORDS.lock().unwrap_or_else(PoisonError::into_inner);
        records.push((record.target().to_owned(), record.args().to_string()));
    }

    fn flush(&self) {}
}

fn is_off(target: &str) -> bool {
    let mut directives = DIRECTIVES.split(',');
    directives.any(|directive| {
        let prefix = directive.strip_suffix("=off");
        prefix.is_some_and(|prefix| target.starts_with(prefix))
    })
}

/// The text of the records. A record of bytes is a row: 16 bytes in hexadecimal, and as characters.
fn text(records: &[(String, String)], is_shown: impl Fn(&str) -> bool) -> String {
    let shown = records.iter().filter(|(target, _)| is_shown(target));
    let lines: Vec<&str> = shown.map(|(_, line)| &**line).collect();
    let rows = lines
        .iter()
        .filter_map(|line| line.get(line.len().checked_sub(16)?..));
    lines.join("\n") + "\n" + &rows.collect::<String>()
}

/// In a process of its own.
#[test]
fn child_process() {
    if std::env::var_os("LOG_TEST").is_none() {
        return;
    }
    log::set_logger(&Recorder).unwrap();
    log::set_max_level(LevelFilter::Trace);
    let sandbox = fixture::sandbox();
    sandbox.set_digest(DigestPolicy::Sha256);
    exchange(&sandbox);
    let records = RECORDS.lock().unwrap();
    let logged = [sandbox.account(), "93.84000000", "sign:"];
    let all = text(&records, |_| true).to_lowercase();
    for secret in logged {
        assert!(all.contains(secret), "ureq does not log {secret} any more");
    }
    let shown = text(&records, |target| !is_off(target));
    assert!(shown.contains("the provider accepts SHA-256"), "{shown}");
    for secret in logged.into_iter().chain(["4111111111111111"]) {
        assert!(!shown.to_lowercase().contains(secret), "{secret}: {shown}");
    }
    println!("the log was read");
}

fn exchange(sandbox: &Sandbox) {
    let client = fixture::tls_builder(sandbox).build().unwrap();
    client.account().balance().unwrap();
    client.payouts().create(fixture::payout("1")).unwrap();
}

#[test]
fn the_documented_directives_keep_the_transport_out_of_the_log() {
    let mut child = fixture::child_process(module_path!());
    let output = child.env("LOG_TEST", "1").output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(printed.contains("the log was read"), "{printed}");
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guide/configuration.md");
    let guide = std::fs::read_to_string(guide).unwrap();
    assert!(guide.contains(DIRECTIVES), "the guide says otherwise");
}
