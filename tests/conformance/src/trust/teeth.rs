//! Teeth: whether the core's own tests notice each change that cargo-mutants makes to the code that money depends on.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::row::Row;
use super::{Length, helper};
use crate::{Fallible, repository};

const VERSION: &str = "27.1.0";

/// One mutant of so many is tried in the short form, always the same ones.
const SHORT: &str = "0/48";

/// Files of `core/src` and the modules of `core/tests/it` whose tests have to notice their mutants. The unit tests of the
/// core run for every group.
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

pub(crate) fn run(length: Length) -> Fallible<Vec<Row>> {
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

/// The tool, built without optimisation: it mostly waits for the compiler.
pub(super) fn install() -> Fallible<()> {
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
    helper::in_background(&cargo)
}

/// The project as it stands, apart, so that nobody's own files are ever changed.
fn copy() -> Fallible<PathBuf> {
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
    // A file that was removed and not committed is still listed.
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
    fn run(&self, tree: &Path, length: Length) -> Fallible<Row> {
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
            mutants.args(["--sharding", "round-robin", "--shard", SHORT]);
        }
        mutants.args(self.test_arguments());
        // The crates it depends on are built there already.
        mutants.env("CARGO_TARGET_DIR", repository::root().join("target"));
        let output = mutants.output()?;
        let found = Found::read(&out.path().join("mutants.out"))?;
        // Its own exit codes: all caught, some missed, some that never ended.
        if !matches!(output.status.code(), Some(0 | 2 | 3)) {
            let said = String::from_utf8_lossy(&output.stdout);
            return Err(format!("cargo-mutants: {}: {said}", output.status).into());
        }
        for mutant in &found.missed {
            println!("FAILED teeth: no test notices {mutant}");
        }
        Ok(found.row(self.what))
    }

    /// The first `--` ends the options of cargo-mutants, the second those of `cargo test`; names follow.
    fn test_arguments(&self) -> Vec<String> {
        let modules = self.tests.iter().map(|module| format!("{module}::"));
        ["--", "--", UNIT_TESTS]
            .map(str::to_owned)
            .into_iter()
            .chain(modules)
            .collect()
    }
}

/// What became of the mutants that compile.
#[derive(Debug)]
struct Found {
    caught: usize,
    missed: Vec<String>,
}

impl Found {
    /// Reads what cargo-mutants wrote. One that never ends has been noticed.
    fn read(folder: &Path) -> Fallible<Self> {
        let lines = |name: &str| -> Fallible<Vec<String>> {
            let text = String::from_utf8(repository::read(&folder.join(name))?)?;
            Ok(text.lines().map(str::to_owned).collect())
        };
        Ok(Self {
            caught: lines("caught.txt")?.len() + lines("timeout.txt")?.len(),
            missed: lines("missed.txt")?,
        })
    }

    fn row(&self, what: &str) -> Row {
        let (caught, of) = (self.caught, self.caught + self.missed.len());
        let reached = of > 0 && caught == of;
        Row::new(
            format!("{what}: mutants noticed"),
            format!("{caught} of {of}"),
            "all",
            reached,
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
    fn a_mutant_that_is_missed_makes_the_row_short() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name, text| fs::write(folder.path().join(name), text).expect("a file");
        write("caught.txt", "a\nb\n");
        write("timeout.txt", "c\n");
        write("missed.txt", "");
        let found = Found::read(folder.path()).expect("the files");
        assert!(found.row("x").is_reached() && found.caught == 3);
        write(
            "missed.txt",
            "core/src/json/canonical.rs:1:1: replace + with -\n",
        );
        assert!(
            !Found::read(folder.path())
                .expect("the files")
                .row("x")
                .is_reached()
        );
        let nothing = Found {
            caught: 0,
            missed: Vec::new(),
        };
        assert!(!nothing.row("x").is_reached());
    }
}
