//! Fuzzing: no input may crash the library, leak or exhaust memory, or be accepted by mistake.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use super::row::Row;
use super::{Length, scripts};
use crate::suites::{node, pytest};
use crate::{BoxError, Result, repository};

/// Each target with the fewest executions per minute, a tenth of what a busy machine does.
const TARGETS: [(&str, u64); 5] = [
    ("pem", 2_000),
    ("canonical", 10_000),
    ("response", 5_000),
    ("notification", 400),
    ("c_entry", 1_000),
];

/// The number of targets that run in parallel.
const PARALLEL: usize = 3;

/// The memory limit of a target, in MiB.
const MEMORY: u64 = 512;

const SEED: u64 = 1;

/// The number of property tests, in each of Python and Node.
const PROPERTIES: usize = 7;

pub(crate) fn run(length: Length) -> Result<Vec<Row>> {
    let time = Duration::from_secs(length.of(60, 60 * 60));
    let examples = length.of(100, 20_000);
    let mut rows = run_targets(length, time)?;
    for tally in [pytest::properties(examples)?, node::properties(examples)?] {
        let what = format!("properties, {examples} examples, {}", tally.column);
        rows.push(Row::of(what, &tally, PROPERTIES));
    }
    Ok(rows)
}

/// Builds the targets with the fuzzer's flags.
pub(super) fn build() -> Result<()> {
    let build = Command::new(repository::root().join("core/fuzz/build"));
    scripts::run_at_low_priority(&build)
}

fn run_targets(length: Length, time: Duration) -> Result<Vec<Row>> {
    let waiting = Mutex::new(TARGETS.iter());
    let next = || waiting.lock().ok()?.next();
    let work = || {
        let mut rows = Vec::new();
        while let Some((name, per_minute)) = next() {
            rows.extend(
                run_target(name, length, time)?.rows(name, per_minute * time.as_secs() / 60),
            );
        }
        Ok::<Vec<Row>, BoxError>(rows)
    };
    let mut rows = Vec::new();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..PARALLEL).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            rows.extend(thread.join().map_err(|_| "a thread panicked")??);
        }
        Ok(rows)
    })
}

/// The result of a target.
#[derive(Debug, Default, PartialEq)]
struct Run {
    executions: u64,
    memory: u64,
    /// The inputs that failed, or the exit status of a failure without an input.
    findings: Vec<String>,
}

fn run_target(name: &str, length: Length, time: Duration) -> Result<Run> {
    let root = repository::root();
    let scratch = tempfile::tempdir()?;
    // A long run continues with the corpus of the previous one. A short run starts from the seeds.
    let corpus = length.of(
        scratch.path().join("corpus"),
        root.join("target/fuzz/corpus").join(name),
    );
    let artifacts = root.join("target/fuzz/artifacts").join(name);
    for folder in [&corpus, &artifacts] {
        fs::create_dir_all(folder)?;
    }
    let log = root.join("target/fuzz").join(format!("{name}.log"));
    let file = fs::File::create(&log)?;
    let fuzzer = root.join("target/fuzz/targets").join(name);
    let status = Command::new(&fuzzer)
        .args(options(time, &artifacts))
        .args(dictionary(name))
        .arg(corpus)
        .arg(root.join("core/fuzz/corpus").join(name))
        .env(
            "ASAN_OPTIONS",
            "detect_odr_violation=0:quarantine_size_mb=32",
        )
        .env("TMPDIR", scratch.path())
        .stdin(Stdio::null())
        .stdout(file.try_clone()?)
        .stderr(file)
        .status()?;
    let mut run = Run::parse(&String::from_utf8_lossy(&repository::read(&log)?));
    if !status.success() && run.findings.is_empty() {
        run.findings.push(status.to_string());
    }
    for finding in &run.findings {
        println!(
            "FAILED fuzz, {name}: {} {finding}; see {}",
            fuzzer.display(),
            log.display()
        );
    }
    Ok(run)
}

fn options(time: Duration, artifacts: &Path) -> [String; 6] {
    [
        format!("-max_total_time={}", time.as_secs()),
        format!("-seed={SEED}"),
        format!("-rss_limit_mb={MEMORY}"),
        format!("-artifact_prefix={}/", artifacts.display()),
        // An input that takes longer counts as a hang.
        "-timeout=20".to_owned(),
        "-print_final_stats=1".to_owned(),
    ]
}

fn dictionary(name: &str) -> Option<String> {
    let file: PathBuf = repository::root().join("core/fuzz/dict").join(name);
    file.exists().then(|| format!("-dict={}", file.display()))
}

impl Run {
    /// Parses the output of libFuzzer.
    fn parse(log: &str) -> Self {
        let number = |name: &str| {
            let line = log.lines().rev().find_map(|line| line.strip_prefix(name))?;
            line.trim_start_matches(':').trim().parse().ok()
        };
        let findings = log
            .lines()
            .filter_map(|line| line.split_once("Test unit written to "));
        Self {
            executions: number("stat::number_of_executed_units").unwrap_or_default(),
            memory: number("stat::peak_rss_mb").unwrap_or(u64::MAX),
            findings: findings.map(|(_, path)| path.trim().to_owned()).collect(),
        }
    }

    fn rows(self, name: &str, at_least: u64) -> [Row; 3] {
        let Self {
            executions,
            memory,
            findings,
        } = self;
        [
            Row::new(
                format!("{name}: executions"),
                executions.to_string(),
                format!("at least {at_least}"),
                executions >= at_least,
            ),
            Row::new(
                format!("{name}: crashes, leaks, hangs"),
                findings.len().to_string(),
                "0",
                findings.is_empty(),
            ),
            Row::new(
                format!("{name}: memory"),
                format!("{memory} MiB"),
                format!("under {MEMORY} MiB"),
                memory < MEMORY,
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_output_of_the_fuzzer_is_parsed() {
        let log = "#12 NEW\nartifact_prefix='a/'; Test unit written to a/crash-1\n\
            stat::number_of_executed_units: 12\nstat::peak_rss_mb:              40\n";
        let run = Run::parse(log);
        let expected = Run {
            executions: 12,
            memory: 40,
            findings: vec!["a/crash-1".to_owned()],
        };
        assert_eq!(run, expected);
        assert!(
            expected
                .rows("x", 12)
                .iter()
                .filter(|row| !row.passes())
                .count()
                == 1
        );
    }

    #[test]
    fn a_run_without_statistics_fails() {
        let rows = Run::parse("").rows("x", 1);
        assert_eq!(rows.iter().filter(|row| row.passes()).count(), 1);
    }
}
