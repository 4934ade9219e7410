//! Mutation testing: the core's own tests must catch each mutant that cargo-mutants makes of the
//! code that handles money.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::row::Row;
use super::{Length, scripts};
use crate::{Result, repository};

const VERSION: &str = "27.1.0";

/// The shard of the mutants that the short form tests, always the same.
const SHORT_SHARD: &str = "0/48";

/// Source files, and the tests of the core that must catch their mutants.
struct Group {
    what: &'static str,
    files: &'static [&'static str],
    tests: &'static [&'static str],
}

const GROUPS: [Group; 2] = [
    Group {
        what: "canonical form, keys, notifications",
        files: &[
            "canonical",
            "key/*",
            "notification",
            "delivery",
            "signed",
            "redirect",
        ],
        tests: &["values", "vectors", "keys", "notifications", "tables"],
    },
    Group {
        what: "outcomes, ledger",
        files: &["outcome", "ledger", "ledger/*"],
        tests: &[
            "tables",
            "notifications",
            "ledger",
            "creates",
            "calls",
            "polls",
        ],
    },
];

pub(crate) fn run(length: Length) -> Result<Vec<Row>> {
    let tree = copy()?;
    let rows = GROUPS.iter().map(|group| group.run(&tree, length));
    rows.collect()
}

fn folder() -> PathBuf {
    repository::root().join("target/mutants")
}

fn tool() -> PathBuf {
    folder().join(VERSION).join("bin/cargo-mutants")
}

/// Installs cargo-mutants, built without optimization: it spends its time waiting for the compiler.
pub(super) fn install() -> Result<()> {
    if tool().exists() {
        return Ok(());
    }
    let mut cargo = Command::new("cargo");
    cargo.args([
        "install",
        "--quiet",
        "--debug",
        "--locked",
        "--version",
        VERSION,
    ]);
    cargo
        .arg("--root")
        .arg(folder().join(VERSION))
        .arg("cargo-mutants");
    scripts::run_at_low_priority(&cargo)
}

/// Copies the working tree, so that mutants never touch it.
fn copy() -> Result<PathBuf> {
    let (root, tree) = (repository::root(), folder().join("tree"));
    let _ = fs::remove_dir_all(&tree);
    let mut git = Command::new("git");
    git.args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]);
    let listed = git.current_dir(&root).output()?;
    if !listed.status.success() {
        return Err(format!("git ls-files: {}", listed.status).into());
    }
    let listed = String::from_utf8(listed.stdout)?;
    // The index may list a deleted file.
    let files = listed
        .split_terminator('\0')
        .filter(|file| root.join(file).is_file());
    for file in files {
        let to = tree.join(file);
        fs::create_dir_all(to.parent().unwrap_or(&tree))?;
        fs::copy(root.join(file), to)?;
    }
    Ok(tree)
}

impl Group {
    fn run(&self, tree: &Path, length: Length) -> Result<Row> {
        let out = tempfile::tempdir()?;
        let mut mutants = Command::new(tool());
        mutants.args([
            "mutants",
            "--in-place",
            "--package",
            "alikassa",
            "--no-times",
        ]);
        mutants
            .arg("--dir")
            .arg(tree)
            .arg("--output")
            .arg(out.path());
        mutants
            .arg("--config")
            .arg(tree.join("tests/trust/mutants.toml"));
        for file in self.files {
            mutants.arg("--file").arg(format!("core/src/{file}.rs"));
        }
        for test in self.tests {
            mutants.arg(format!("--cargo-arg=--test={test}"));
        }
        if length == Length::Short {
            mutants.args(["--sharding", "round-robin", "--shard", SHORT_SHARD]);
        }
        // Shares the compiled dependencies.
        mutants.env("CARGO_TARGET_DIR", repository::root().join("target"));
        let output = mutants.output()?;
        let results = Results::read(&out.path().join("mutants.out"))?;
        // The exit codes of cargo-mutants for: all caught, some missed, some timed out.
        if !matches!(output.status.code(), Some(0 | 2 | 3)) {
            let output_text = String::from_utf8_lossy(&output.stdout);
            return Err(format!("cargo-mutants: {}: {output_text}", output.status).into());
        }
        for mutant in &results.missed {
            println!("FAILED mutation: no test catches {mutant}");
        }
        Ok(results.row(self.what))
    }
}

/// The results for the mutants that compile.
#[derive(Debug)]
struct Results {
    caught: usize,
    missed: Vec<String>,
}

impl Results {
    /// Reads the output of cargo-mutants. A mutant that times out counts as caught.
    fn read(folder: &Path) -> Result<Self> {
        let lines = |name: &str| -> Result<Vec<String>> {
            let text = String::from_utf8(repository::read(&folder.join(name))?)?;
            Ok(text.lines().map(str::to_owned).collect())
        };
        Ok(Self {
            caught: lines("caught.txt")?.len() + lines("timeout.txt")?.len(),
            missed: lines("missed.txt")?,
        })
    }

    fn row(&self, what: &str) -> Row {
        let (caught, total) = (self.caught, self.caught + self.missed.len());
        let passes = total > 0 && caught == total;
        Row::new(
            format!("{what}: mutants caught"),
            format!("{caught} of {total}"),
            "all",
            passes,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_fails_when_a_mutant_is_missed() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name, text| fs::write(folder.path().join(name), text).expect("a file");
        write("caught.txt", "a\nb\n");
        write("timeout.txt", "c\n");
        write("missed.txt", "");
        let results = Results::read(folder.path()).expect("the files");
        assert!(results.row("x").passes() && results.caught == 3);
        write(
            "missed.txt",
            "core/src/canonical.rs:1:1: replace + with -\n",
        );
        assert!(
            !Results::read(folder.path())
                .expect("the files")
                .row("x")
                .passes()
        );
        let nothing = Results {
            caught: 0,
            missed: Vec::new(),
        };
        assert!(!nothing.row("x").passes());
    }
}
