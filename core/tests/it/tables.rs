//! The core's tables as data for the other languages: errors, replies, operations.
//!
//! `BLESS=1 cargo test -p alikassa --test it tables::` writes them; otherwise they are compared.

use std::fmt::Write as _;
use std::path::Path;

use alikassa::binding::{Field, LOGGABLE_FIELDS, OPERATIONS, RequestField, Rule};
use alikassa::{
    AccountInfo, AccountMethod, Balance, CreatedPayment, CreatedPayout, ErrorKind, History,
    HistoryMeta, HistoryPayment, LedgerRow, Notification, Payment, Payout, Redirect,
};
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
        "shown": LOGGABLE_FIELDS,
        "records": {
            "AccountInfo": fields(AccountInfo::FIELDS),
            "AccountMethod": fields(AccountMethod::FIELDS),
            "Balance": fields(Balance::FIELDS),
            "CreatedPayment": fields(CreatedPayment::FIELDS),
            "CreatedPayout": fields(CreatedPayout::FIELDS),
            "History": fields(History::FIELDS),
            "HistoryMeta": fields(HistoryMeta::FIELDS),
            "HistoryPayment": fields(HistoryPayment::FIELDS),
            "Notification": fields(Notification::FIELDS),
            "Payment": fields(Payment::FIELDS),
            "Payout": fields(Payout::FIELDS),
            "Redirect": fields(Redirect::FIELDS),
        },
        "ledger_row": LedgerRow::FIELDS,
    });
    compare("tests/vectors/records.json", &pretty(&records));
}

#[test]
fn requests_json_is_the_request_tables() {
    let requests: serde_json::Map<String, Value> = OPERATIONS
        .iter()
        .filter_map(|row| Some((row.name.to_owned(), request(row.request_fields()?))))
        .collect();
    compare(
        "tests/vectors/requests.json",
        &pretty(&json!({ "requests": requests })),
    );
}

fn request(fields: &[RequestField]) -> Value {
    let row = |field: &RequestField| {
        let mut row = rule(field.rule);
        row["name"] = field.name.into();
        row["required"] = field.required.into();
        row["doc"] = field.doc.into();
        row
    };
    fields.iter().map(row).collect()
}

fn rule(rule: Rule) -> Value {
    match rule {
        Rule::Amount(integer_digits) => {
            json!({ "kind": "amount", "integer_digits": integer_digits })
        }
        Rule::Date => json!({ "kind": "date" }),
        Rule::Integer(min, max) => json!({ "kind": "integer", "min": min, "max": max }),
        Rule::Ip => json!({ "kind": "ip" }),
        Rule::Object(fields) => json!({ "kind": "object", "fields": request(fields) }),
        Rule::Text(max) => json!({ "kind": "text", "max": max }),
        Rule::TextOrInteger(max) => json!({ "kind": "text_or_integer", "max": max }),
        Rule::Url => json!({ "kind": "url" }),
    }
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
