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
            let (name, rest) = line.trim().split_once(" = ")?;
            let number = rest.split(',').next()?.parse().ok()?;
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
    config.after_includes = Some(versions());
    let bindings = cbindgen::generate_with_config(folder, config).unwrap();
    let mut header = Vec::new();
    bindings.write(&mut header);
    let header = String::from_utf8(header).unwrap();
    let header = with_enum(
        &header,
        "ALIKASSA_STATUS_",
        "The statuses of functions. Those below 100 are errors of every language; the comments show the\n * \
         class in other languages and its parent.",
        errors(),
    );
    let header = with_enum(
        &header,
        "ALIKASSA_OUTCOME_",
        "What became of a create, see `alikassa_error_outcome`.",
        Vec::new(),
    );
    // C89 has no other comments.
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
         enum {{ ALIKASSA_ABI_VERSION = {} }};",
        env!("CARGO_PKG_VERSION"),
        env!("CARGO_PKG_VERSION_MAJOR"),
        env!("CARGO_PKG_VERSION_MINOR"),
        env!("CARGO_PKG_VERSION_PATCH"),
        env!("ALIKASSA_ABI_VERSION"),
    )
}

/// A constant of an enum with what is before and behind it in the header.
struct Constant {
    before: String,
    name: String,
    number: i64,
    behind: String,
}

/// The statuses below 100 exist only in the core's table.
fn errors() -> Vec<Constant> {
    let kinds = ErrorKind::ALL.iter();
    let constant = |kind: &ErrorKind| {
        let parent = match kind.parent() {
            "AliKassaError" => String::new(),
            parent => format!(" < {parent}"),
        };
        Constant {
            before: String::new(),
            name: format!("ALIKASSA_STATUS_{}", kind.code().to_uppercase()),
            number: kind.c_status().into(),
            behind: format!(" /* {}{parent} */", kind.class()),
        }
    };
    kinds.map(constant).collect()
}

/// Moves the macros with this prefix into an enum. Programs that read a header without a
/// preprocessor, such as FFI libraries, see no macros.
fn with_enum(header: &str, prefix: &str, doc: &str, mut constants: Vec<Constant>) -> String {
    let mut blocks: Vec<String> = Vec::new();
    let mut place = None;
    for block in header.split("\n\n") {
        match constant(block, prefix) {
            Some(constant) => {
                place.get_or_insert(blocks.len());
                constants.push(constant);
            }
            None => blocks.push(block.to_owned()),
        }
    }
    constants.sort_by_key(|constant| constant.number);
    let name = prefix.trim_end_matches('_').to_lowercase();
    let mut text = format!("/**\n * {doc}\n */\nenum {name} {{\n");
    // C89 has no comma behind the last one.
    let last = constants.len() - 1;
    for (index, constant) in constants.iter().enumerate() {
        let Constant {
            before,
            name,
            number,
            behind,
        } = constant;
        let comma = if index == last { "" } else { "," };
        writeln!(text, "{before}  {name} = {number}{comma}{behind}").unwrap();
    }
    blocks.insert(place.unwrap(), text + "};");
    blocks.join("\n\n")
}

/// The constant of a block that is a comment and a macro with this prefix.
fn constant(block: &str, prefix: &str) -> Option<Constant> {
    let (comment, line) = block.rsplit_once('\n')?;
    let (name, number) = line.strip_prefix("#define ")?.split_once(' ')?;
    let indented = comment.lines().map(|line| format!("  {line}\n"));
    name.starts_with(prefix).then(|| Constant {
        before: indented.collect(),
        name: name.to_owned(),
        number: number.parse().unwrap(),
        behind: String::new(),
    })
}
