//! Checks on the files of the repository themselves.

use std::fs;
use std::process::Command;

use serde_json::Value;

use super::*;
use crate::errors::ErrorTable;

/// Each name is split in two, so that this file does not contain what no file may contain.
const FORBIDDEN: &str = include_str!("../../../forbidden-names.json");

const LOCK_FILES: [&str; 3] = ["Cargo.lock", "package-lock.json", "go.sum"];

#[test]
fn no_file_names_a_path_of_the_machine_or_a_registry() {
    let parts: Vec<[String; 2]> = serde_json::from_str(FORBIDDEN).unwrap();
    let forbidden: Vec<String> = parts.iter().map(|both| both.concat()).collect();
    let mut checked = 0;
    for path in files() {
        let name = path.file_name().unwrap_or_default();
        if LOCK_FILES.iter().any(|lock| name == *lock) {
            continue;
        }
        // Binary files, and deleted files that are still in the index.
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        checked += 1;
        let found = forbidden.iter().find(|part| text.contains(*part));
        assert!(found.is_none(), "{} contains {found:?}", path.display());
    }
    assert!(checked > 100, "only {checked} files checked");
}

#[test]
fn every_package_has_the_workspace_version() {
    let version = env!("CARGO_PKG_VERSION");
    let package: Value = serde_json::from_slice(&read_in("node/package.json")).unwrap();
    assert_eq!(package["version"], version, "node/package.json");
    let lock: Value = serde_json::from_slice(&read_in("node/package-lock.json")).unwrap();
    assert_eq!(lock["version"], version, "node/package-lock.json");
    let lock: Value =
        serde_json::from_slice(&read_in("docs/examples/express/package-lock.json")).unwrap();
    assert_eq!(
        lock["packages"]["../../../node"]["version"], version,
        "docs/examples/express/package-lock.json: run `npm install --omit-lockfile-registry-resolved` beside it"
    );

    let pyproject = text_in("python/pyproject.toml");
    assert!(
        pyproject.contains("dynamic = [\"version\"]"),
        "maturin must take the version from Cargo"
    );
    for manifest in [
        "core",
        "bindings/python",
        "bindings/node",
        "bindings/c",
        "bindings/cli",
        "tests/sandbox",
        "docs/examples/axum",
    ] {
        let text = text_in(&format!("{manifest}/Cargo.toml"));
        assert!(text.contains("version.workspace = true"), "{manifest}");
    }
    let workspace = text_in("Cargo.toml");
    let own = format!("alikassa = {{ path = \"core\", version = \"{version}\" }}");
    assert!(
        workspace.contains(&own),
        "the workspace's own dependency has a different version"
    );
}

/// A lock file without addresses installs from whatever registry npm is set to.
#[test]
fn no_lock_file_of_npm_has_an_address() {
    let locks = files().into_iter();
    let locks = locks.filter(|path| path.ends_with("package-lock.json"));
    let mut checked = 0;
    for path in locks {
        let lock: Value = serde_json::from_slice(&read(&path).unwrap()).unwrap();
        for (name, package) in lock["packages"].as_object().unwrap() {
            let address = package["resolved"].as_str().unwrap_or_default();
            assert!(
                !address.starts_with("http"),
                "{} has the address of {name}: run `npm install --omit-lockfile-registry-resolved` beside it",
                path.display()
            );
        }
        checked += 1;
    }
    assert!(checked > 1, "only {checked} files checked");
}

#[test]
fn every_dependency_of_node_has_its_reason() {
    let package: Value = serde_json::from_slice(&read_in("node/package.json")).unwrap();
    let page = text_in("CONTRIBUTING.md");
    for name in package["devDependencies"].as_object().unwrap().keys() {
        assert!(
            page.contains(&format!("\n| `{name}` | ")),
            "CONTRIBUTING.md does not say why node/package.json has {name}"
        );
    }
}

#[test]
fn python_and_node_define_every_error_class() {
    let table = ErrorTable::load().unwrap();
    let python: String = ["_errors.py", "__init__.py"]
        .map(|file| text_in(&format!("python/src/alikassa/{file}")))
        .concat();
    let node = text_in("node/types/generated/errors.d.ts");
    for class in table.classes() {
        assert!(
            python.contains(&format!("class {class}(")),
            "python does not define {class}"
        );
        assert!(
            python.contains(&format!("\"{class}\"")),
            "python does not export {class}"
        );
        assert!(
            node.contains(&format!("export class {class} ")),
            "node/types does not declare {class}"
        );
    }
}

/// The files that git tracks, or would track.
fn files() -> Vec<PathBuf> {
    let listed = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(listed.status.success(), "git ls-files: {}", listed.status);
    let names = String::from_utf8(listed.stdout).unwrap();
    let names = names.split_terminator('\0');
    names.map(|name| root().join(name)).collect()
}

fn read_in(path: &str) -> Vec<u8> {
    read(&root().join(path)).unwrap()
}

fn text_in(path: &str) -> String {
    String::from_utf8(read_in(path)).unwrap()
}
