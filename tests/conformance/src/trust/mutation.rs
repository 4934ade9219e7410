//! Mutation testing: the core's own tests must catch each mutant that cargo-mutants makes of the
//! code that handles money.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::row::Row;
use super::{Length, scripts};
use crate::{BoxError, Result, repository};

const VERSION: &str = "27.1.0";

const CONFIG: &str = "tests/trust/mutants.toml";

/// The shard of the mutants that the short form tests, always the same.
const SHORT_SHARD: &str = "0/96";

/// Files of `core/src`, and the tests that must catch their mutants.
struct Group {
    what: &'static str,
    files: &'static [&'static str],
    tests: Tests,
}

enum Tests {
    /// Those of modules of `core/tests/it` and the unit tests, without a database: most of them run
    /// on both stores.
    Modules(&'static [&'static str]),
    /// Those whose name contains this.
    Named(&'static str),
}

/// Part of every unit test's name.
const UNIT_TESTS: &str = "tests::";

/// Part of the name of each test that uses a database.
const DATABASE: &str = "postgresql";

const GROUPS: [Group; 4] = [
    Group {
        what: "canonical form, keys, notifications",
        files: &[
            "json/canonical",
            "types/value",
            "types/text",
            "crypto/*",
            "webhook/*",
        ],
        tests: Tests::Modules(&["values", "vectors", "keys", "notifications", "tables"]),
    },
    Group {
        what: "outcomes, ledger",
        files: &[
            "api/outcome",
            "ledger/*",
            "ledger/sqlite/*",
            "types/ledger_row",
        ],
        tests: Tests::Modules(&[
            "tables",
            "notifications",
            "ledger",
            "creates",
            "calls",
            "polling",
        ]),
    },
    Group {
        what: "ledger in PostgreSQL",
        files: &["ledger/postgresql/*"],
        tests: Tests::Named(DATABASE),
    },
    Group {
        what: "connections to PostgreSQL",
        files: &["postgresql/*"],
        tests: Tests::Named("postgresql::"),
    },
];

pub(crate) fn run(length: Length) -> Result<Vec<Row>> {
    let tree = copy()?;
    let mut rows = vec![exclusions(&tree)?];
    for group in &GROUPS {
        rows.push(group.run(&tree, length)?);
    }
    Ok(rows)
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

/// Checks that each exclusion leaves out a mutant: one that does not hides a function that was
/// renamed or moved.
fn exclusions(tree: &Path) -> Result<Row> {
    let text = fs::read_to_string(tree.join(CONFIG))?;
    let lines = text.lines().map(|line| line.trim().trim_end_matches(','));
    let quoted = lines.filter(|line| line.starts_with('"'));
    let patterns: Vec<String> = quoted.map(serde_json::from_str).collect::<Result<_, _>>()?;
    let all = list(tree, None)?;
    let mut used = 0;
    for pattern in &patterns {
        if list(tree, Some(pattern))? < all {
            used += 1;
        } else {
            println!("FAILED mutation: no mutant matches {pattern}");
        }
    }
    let (total, result) = (patterns.len(), format!("{used} of {}", patterns.len()));
    let passes = total > 0 && used == total;
    Ok(Row::new("exclusions in use", result, "all", passes))
}

/// The number of mutants of all groups without those that the pattern leaves out.
fn list(tree: &Path, excluded: Option<&str>) -> Result<usize> {
    let mut mutants = mutants(tree);
    mutants.args(["--list", "--no-config"]);
    mutants.args(GROUPS.iter().flat_map(Group::file_arguments));
    if let Some(excluded) = excluded {
        mutants.args(["--exclude-re", excluded]);
    }
    let output = mutants.output()?;
    if !output.status.success() {
        return Err(failure(&output));
    }
    Ok(String::from_utf8(output.stdout)?.lines().count())
}

/// The command for the core in this tree.
fn mutants(tree: &Path) -> Command {
    let mut mutants = Command::new(tool());
    mutants.args(["mutants", "--package", "alikassa", "--dir"]);
    mutants.arg(tree);
    mutants
}

fn failure(output: &Output) -> BoxError {
    let text = String::from_utf8_lossy(&output.stdout);
    format!("cargo-mutants: {}: {text}", output.status).into()
}

impl Group {
    fn run(&self, tree: &Path, length: Length) -> Result<Row> {
        let out = tempfile::tempdir()?;
        let mut mutants = mutants(tree);
        mutants.args(["--in-place", "--no-times", "--output"]);
        mutants.arg(out.path());
        mutants.arg("--config").arg(tree.join(CONFIG));
        mutants.args(self.file_arguments());
        if length == Length::Short {
            mutants.args(["--sharding", "round-robin", "--shard", SHORT_SHARD]);
        }
        mutants.args(self.test_arguments());
        // Cargo does not tell the crates of this tree from those of the repository in one folder.
        mutants.env("CARGO_TARGET_DIR", folder().join("target"));
        let output = mutants.output()?;
        let results = Results::read(&out.path().join("mutants.out"))?;
        // The exit codes of cargo-mutants for: all caught, some missed, some timed out.
        if !matches!(output.status.code(), Some(0 | 2 | 3)) {
            return Err(failure(&output));
        }
        for mutant in &results.missed {
            println!("FAILED mutation: no test catches {mutant}");
        }
        Ok(results.row(self.what))
    }

    fn file_arguments(&self) -> impl Iterator<Item = String> {
        let files = self.files.iter();
        files.flat_map(|file| ["--file".to_owned(), format!("core/src/{file}.rs")])
    }

    /// The first `--` ends the options of cargo-mutants, the second those of `cargo test`; names
    /// follow.
    fn test_arguments(&self) -> Vec<String> {
        let names = match self.tests {
            Tests::Named(name) => vec![name.to_owned()],
            Tests::Modules(modules) => {
                let modules = modules.iter().map(|module| format!("{module}::"));
                let fixed = ["--skip", DATABASE, UNIT_TESTS].map(str::to_owned);
                fixed.into_iter().chain(modules).collect()
            }
        };
        let ends = ["--"; 2].map(str::to_owned);
        ends.into_iter().chain(names).collect()
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
            let modules = match group.tests {
                Tests::Modules(modules) => modules,
                Tests::Named(_) => &["ledger/postgresql"],
            };
            for module in modules {
                let path = core.join("tests/it").join(module);
                let exists = path.is_dir() || path.with_extension("rs").is_file();
                assert!(exists, "{}", path.display());
            }
        }
    }

    /// In the names of files, `*` does not reach subfolders.
    #[test]
    fn each_folder_below_a_named_folder_is_named() {
        let source = repository::root().join("core/src");
        let files = GROUPS.iter().flat_map(|group| group.files);
        let named: Vec<_> = files.filter_map(|file| file.strip_suffix("/*")).collect();
        for folder in &named {
            for entry in fs::read_dir(source.join(folder)).expect("a folder") {
                let path = entry.expect("an entry").path();
                if !path.is_dir() || has_only_tests(&path) {
                    continue;
                }
                let below = path.strip_prefix(&source).expect("a folder of core/src");
                let is_named = named.iter().any(|folder| below == Path::new(folder));
                assert!(is_named, "no group names core/src/{}/*", below.display());
            }
        }
    }

    /// Whether cargo-mutants makes no mutants of a folder.
    fn has_only_tests(folder: &Path) -> bool {
        let mut entries = fs::read_dir(folder).expect("a folder");
        folder.ends_with("tests")
            || entries.all(|entry| entry.expect("an entry").file_name() == "tests.rs")
    }

    #[test]
    fn the_tests_of_a_group_are_chosen_by_module_or_by_name() {
        let arguments = |tests| {
            let (what, files) = ("x", &[][..]);
            Group { what, files, tests }.test_arguments()
        };
        let expected = [
            "--",
            "--",
            "--skip",
            "postgresql",
            "tests::",
            "values::",
            "keys::",
        ];
        assert_eq!(arguments(Tests::Modules(&["values", "keys"])), expected);
        assert_eq!(arguments(Tests::Named("keys::")), ["--", "--", "keys::"]);
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
