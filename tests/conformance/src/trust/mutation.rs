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
const SHORT_SHARD: &str = "0/96";

/// Files of `core/src` and the modules of `core/tests/it` whose tests must catch their mutants. The
/// unit tests of the core run for every group.
struct Group {
    what: &'static str,
    files: &'static [&'static str],
    tests: &'static [&'static str],
}

/// Part of every unit test's name.
const UNIT_TESTS: &str = "tests::";

const GROUPS: [Group; 2] = [
    Group {
        what: "canonical form, keys, notifications",
        files: &[
            "json/canonical",
            "types/value",
            "types/text",
            "crypto/*",
            "webhook/*",
        ],
        tests: &["values", "vectors", "keys", "notifications", "tables"],
    },
    Group {
        what: "outcomes, ledger",
        files: &["api/outcome", "ledger/*", "types/ledger_row"],
        tests: &[
            "tables",
            "notifications",
            "ledger",
            "creates",
            "calls",
            "polling",
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
        if length == Length::Short {
            mutants.args(["--sharding", "round-robin", "--shard", SHORT_SHARD]);
        }
        mutants.args(self.test_arguments());
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

    /// The first `--` ends the options of cargo-mutants, the second those of `cargo test`; names
    /// follow.
    fn test_arguments(&self) -> Vec<String> {
        let modules = self.tests.iter().map(|module| format!("{module}::"));
        ["--", "--", UNIT_TESTS]
            .map(str::to_owned)
            .into_iter()
            .chain(modules)
            .collect()
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
    fn each_group_names_files_and_test_modules_that_exist() {
        let core = repository::root().join("core");
        for group in &GROUPS {
            for file in group.files {
                let exists = match file.strip_suffix("/*") {
                    Some(folder) => core.join("src").join(folder).is_dir(),
                    None => core.join(format!("src/{file}.rs")).is_file(),
                };
                assert!(exists, "core/src/{file}");
            }
            for module in group.tests {
                let path = core.join("tests/it").join(module);
                let exists = path.is_dir() || path.with_extension("rs").is_file();
                assert!(exists, "{}", path.display());
            }
        }
    }

    #[test]
    fn the_tests_of_a_group_are_chosen_by_module() {
        let group = Group {
            what: "x",
            files: &[],
            tests: &["values", "keys"],
        };
        let expected = ["--", "--", "tests::", "values::", "keys::"];
        assert_eq!(group.test_arguments(), expected);
    }

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
            "core/src/json/canonical.rs:1:1: replace + with -\n",
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
