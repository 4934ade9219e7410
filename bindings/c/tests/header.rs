//! Generates `include/alikassa.h` from the source: writes it if `BLESS` is set, or else compares
//! it.

#![allow(clippy::unwrap_used, reason = "a test panics if its setup fails")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use alikassa::ErrorKind;
use serde_json::Value;

const HEADER: &str = "include/alikassa.h";

#[test]
fn the_header_equals_the_generated_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let generated = header(folder);
    let file = folder.join(HEADER);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&file, &generated).unwrap();
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    // Not every compiler reads UTF-8.
    assert!(
        generated.is_ascii(),
        "a doc comment of a C function is not ASCII"
    );
    assert!(
        committed == generated,
        "bindings/c/{HEADER} is stale: run `make bless`"
    );
}

#[test]
fn the_statuses_equal_those_of_the_error_table() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let header = header(folder);
    let table = fs::read(folder.join("../../tests/vectors/errors.json")).unwrap();
    let table: Value = serde_json::from_slice(&table).unwrap();
    let rows = table["errors"].as_array().unwrap();
    let mut expected: Vec<(&str, i64)> = rows
        .iter()
        .map(|row| {
            (
                row["c_name"].as_str().unwrap(),
                row["c_status"].as_i64().unwrap(),
            )
        })
        .collect();
    expected.sort_by_key(|(_, number)| *number);
    let mut found: Vec<(&str, i64)> = header
        .lines()
        .filter_map(|line| {
            let (name, number) = line.strip_prefix("#define ")?.split_once(' ')?;
            let number = number.split(' ').next()?.parse().ok()?;
            (name.starts_with("ALIKASSA_STATUS_") && (1..100).contains(&number))
                .then_some((name, number))
        })
        .collect();
    found.sort_by_key(|(_, number)| *number);
    assert_eq!(
        found, expected,
        "bindings/c/{HEADER} and errors.json differ: run `make bless`"
    );
}

fn header(folder: &Path) -> String {
    let mut config = cbindgen::Config::from_file(folder.join("cbindgen.toml")).unwrap();
    config.after_includes = Some(versions() + &statuses());
    let bindings = cbindgen::generate_with_config(folder, config).unwrap();
    let mut header = Vec::new();
    bindings.write(&mut header);
    // C89 has no other comments.
    let header = String::from_utf8(header).unwrap();
    header
        .replace("// __cplusplus", "/* __cplusplus */")
        .replace("// extern \"C\"", "/* extern \"C\" */")
}

fn versions() -> String {
    format!(
        "\n/**\n * The version of this header.\n */\n\
         #define ALIKASSA_VERSION \"{}\"\n\
         #define ALIKASSA_VERSION_MAJOR {}\n\
         #define ALIKASSA_VERSION_MINOR {}\n\
         #define ALIKASSA_VERSION_PATCH {}\n\
         \n/**\n * The ABI version of this header. See `alikassa_abi_version`.\n */\n\
         #define ALIKASSA_ABI_VERSION {}\n",
        env!("CARGO_PKG_VERSION"),
        env!("CARGO_PKG_VERSION_MAJOR"),
        env!("CARGO_PKG_VERSION_MINOR"),
        env!("CARGO_PKG_VERSION_PATCH"),
        env!("ALIKASSA_ABI_VERSION"),
    )
}

/// The statuses below 100 exist only in the core's table.
fn statuses() -> String {
    let mut text = String::from(
        "\n/**\n * The statuses of errors. The comments show the class in other languages and its parent.\n */\n",
    );
    for kind in ErrorKind::ALL {
        let name = format!("ALIKASSA_STATUS_{}", kind.code().to_uppercase());
        let (number, class) = (kind.c_status(), kind.class());
        let parent = match kind.parent() {
            "AliKassaError" => String::new(),
            parent => format!(" < {parent}"),
        };
        writeln!(text, "#define {name} {number} /* {class}{parent} */").unwrap();
    }
    text.pop();
    text
}
