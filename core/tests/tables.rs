//! The core's tables as data for the other languages: errors, replies, operations.
//!
//! `BLESS=1 cargo test -p alikassa --test tables` writes them; otherwise they are compared.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at a broken file"
)]

use std::fmt::Write as _;
use std::path::Path;

use alikassa::{Balance, ErrorKind, Field, OPERATIONS, Payment, Payout, SHOWN};
use serde_json::{Value, json};

#[test]
fn errors_json_is_the_error_table() {
    let rows: Vec<Value> = ErrorKind::ALL
        .iter()
        .map(|kind| {
            json!({
                "kind": format!("{kind:?}"),
                "code": kind.code(),
                "c_status": kind.c_status(),
                "c_name": format!("ALIKASSA_STATUS_{}", kind.code().to_uppercase()),
                "class": kind.class(),
                "parent": kind.parent(),
            })
        })
        .collect();
    compare(
        "tests/vectors/errors.json",
        &pretty(&json!({ "errors": rows })),
    );
}

#[test]
fn no_two_errors_share_a_code_a_class_or_a_number() {
    let unique = |of: fn(ErrorKind) -> String| {
        let mut all: Vec<String> = ErrorKind::ALL.iter().map(|kind| of(*kind)).collect();
        all.sort();
        all.dedup();
        all.len()
    };
    assert_eq!(unique(|kind| kind.code().to_owned()), ErrorKind::ALL.len());
    assert_eq!(unique(|kind| kind.class().to_owned()), ErrorKind::ALL.len());
    assert_eq!(
        unique(|kind| kind.c_status().to_string()),
        ErrorKind::ALL.len()
    );
}

#[test]
fn records_json_is_the_field_lists() {
    let fields = |fields: &[Field]| -> Vec<Value> {
        let row = |field: &Field| {
            let kind = format!("{:?}", field.kind).to_lowercase();
            json!({ "name": field.name, "kind": kind, "doc": field.doc })
        };
        fields.iter().map(row).collect()
    };
    let records = json!({
        "shown": SHOWN,
        "records": {
            "Balance": fields(Balance::FIELDS),
            "Payment": fields(Payment::FIELDS),
            "Payout": fields(Payout::FIELDS),
        },
    });
    compare("tests/vectors/records.json", &pretty(&records));
}

#[test]
fn operations_json_is_the_operation_table() {
    let rows: Vec<Value> = OPERATIONS
        .iter()
        .map(|operation| {
            json!({
                "name": operation.name,
                "path": operation.path,
                "cert": operation.cert.as_str(),
                "kind": format!("{:?}", operation.kind).to_lowercase(),
            })
        })
        .collect();
    compare(
        "tests/vectors/operations.json",
        &pretty(&json!({ "operations": rows })),
    );
}

#[test]
fn the_errors_page_is_the_error_table() {
    let mut page = String::from(
        "# Errors\n\nMade from the error table in `core/src/error.rs`; `make bless` writes it anew.\n\n\
         | class (Python, Node) | derives from | `ErrorKind` (Rust) | code | status (C) |\n\
         | --- | --- | --- | --- | --- |\n",
    );
    for kind in ErrorKind::ALL {
        let (class, parent, code) = (kind.class(), kind.parent(), kind.code());
        let status = kind.c_status();
        writeln!(
            page,
            "| `{class}` | `{parent}` | `{kind:?}` | `{code}` | {status} `ALIKASSA_STATUS_{}` |",
            code.to_uppercase()
        )
        .unwrap();
    }
    compare("docs/errors.md", &page);
}

fn pretty(value: &Value) -> String {
    format!("{}\n", serde_json::to_string_pretty(value).unwrap())
}

fn compare(path: &str, made: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&file, made).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        kept == made,
        "{path} is not what the core says: run `make bless`"
    );
}
