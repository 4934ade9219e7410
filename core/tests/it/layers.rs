//! The files and folders of `src` are layers: a file imports from its own layer and from those
//! below it, never from one above.

use std::path::Path;

use crate::imports::Source;

/// From the bottom up.
const LAYERS: [&str; 16] = [
    "types",
    "error",
    "json",
    "schema",
    "sync",
    "crypto",
    "net",
    "http",
    "postgresql",
    "webhook",
    "api",
    "ledger",
    "engine",
    "client",
    "binding",
    "lib",
];

fn core() -> Source {
    Source::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
}

/// The file or folder of `src` that holds `file`, without its ending.
fn layer(file: &Path) -> &str {
    let name = file.iter().next().unwrap().to_str().unwrap();
    name.trim_end_matches(".rs")
}

fn level(file: &Path) -> Option<usize> {
    LAYERS.iter().position(|name| *name == layer(file))
}

#[test]
fn every_file_of_the_core_is_in_a_layer() {
    let core = core();
    let mut outside = core.files().filter(|file| level(file).is_none());
    assert_eq!(
        outside.next(),
        None,
        "a file in none of the layers {LAYERS:?}"
    );
    for name in LAYERS {
        let has_files = core.files().any(|file| layer(file) == name);
        assert!(has_files, "the layer {name} has no file");
    }
}

#[test]
fn no_file_of_the_core_imports_from_a_higher_layer() {
    let core = core();
    let upward = core
        .imports()
        .filter(|import| level(import.from) < level(import.to));
    let upward: Vec<String> = upward.map(|import| format!("src/{import}")).collect();
    assert!(
        upward.is_empty(),
        "imports from a higher layer:\n{}",
        upward.join("\n")
    );
}

#[test]
fn the_files_of_the_core_import_in_no_circle() {
    let core = core();
    assert_eq!(core.circle(), None);
}
