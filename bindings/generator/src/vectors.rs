//! The tables as data for the tests of every language.

use std::error::Error;

use alikassa::binding::{Language, RequestField, Rule};
use alikassa::{ClientEvent, LedgerEvent, LedgerRow};
use serde_json::{Map, Value, json};

use crate::files::{File, camel_case};
use crate::tables::{RecordBaseName, RecordField, Tables};

pub(crate) fn files(tables: &Tables) -> Result<Vec<File>, Box<dyn Error>> {
    [
        ("errors.json", errors(tables)),
        ("operations.json", operations(tables)),
        ("options.json", options(tables)),
        ("records.json", records(tables)),
        ("requests.json", requests(tables)),
    ]
    .into_iter()
    .map(|(name, content)| {
        Ok(File {
            path: format!("tests/vectors/{name}"),
            content: text(&content)?,
        })
    })
    .collect()
}

/// JSON has no comments: a first member says what one would say.
fn text(content: &Value) -> Result<String, Box<dyn Error>> {
    let content = serde_json::to_string_pretty(content)?;
    let members = content.strip_prefix("{\n").ok_or("a file is one object")?;
    Ok(format!(
        "{{ \"generated\": \"from the core's tables by `make bless`; do not edit\",\n{members}\n"
    ))
}

fn errors(tables: &Tables) -> Value {
    let errors = tables.errors.iter().map(|error| {
        json!({
            "kind": error.kind,
            "code": error.code,
            "c_status": error.c_status,
            "c_name": error.c_name,
            "class": error.class,
            "parent": error.parent,
        })
    });
    json!({ "errors": errors.collect::<Vec<_>>() })
}

fn operations(tables: &Tables) -> Value {
    let operations = tables.operations.iter().map(|operation| {
        json!({
            "name": operation.name,
            "path": operation.path,
            "cert": operation.cert,
            "kind": operation.kind,
            "takes": operation.takes,
            "request": operation.request,
            "reply": operation.reply,
        })
    });
    json!({ "operations": operations.collect::<Vec<_>>() })
}

fn options(tables: &Tables) -> Value {
    let options = tables.options.iter().map(|option| {
        let mut row = json!({
            "name": option.name,
            "node_name": camel_case(option.name),
            "go_name": Language::Go.option(option.name),
            "kind": option.kind,
            "default": option.default,
            "variable": option.variable,
        });
        if let (Value::Object(row), [_, ..]) = (&mut row, option.words) {
            row.insert("words".to_owned(), option.words.into());
        }
        row
    });
    json!({ "options": options.collect::<Vec<_>>() })
}

fn records(tables: &Tables) -> Value {
    let rows = tables.records.iter();
    let records = rows.filter(|record| record.base != RecordBaseName::LedgerRow);
    let records = records.map(|record| {
        let fields = record.fields.iter().map(record_field);
        let row = json!({
            "loggable": record.loggable,
            "fields": fields.collect::<Vec<_>>(),
        });
        (record.name.to_owned(), row)
    });
    json!({
        "records": records.collect::<Map<_, _>>(),
        "ledger_row": field_names(tables, LedgerRow::TYPE.name),
        "ledger_event": field_names(tables, LedgerEvent::TYPE.name),
        "client_event": field_names(tables, ClientEvent::TYPE.name),
    })
}

fn field_names(tables: &Tables, name: &str) -> Vec<&'static str> {
    let records = tables.records.iter().filter(|record| record.name == name);
    let fields = records.flat_map(|record| &record.fields);
    fields.map(|field| field.name).collect()
}

fn record_field(field: &RecordField) -> Value {
    let mut row = json!({ "name": field.name, "kind": field.kind, "doc": field.doc });
    if let (Value::Object(row), Some(item)) = (&mut row, field.item) {
        row.insert("item".to_owned(), item.into());
    }
    row
}

fn requests(tables: &Tables) -> Value {
    let operations = tables.operations.iter();
    let requests = operations.filter_map(|operation| {
        let mut requests = tables.requests.iter();
        let request = requests.find(|request| Some(request.name) == operation.request)?;
        Some((operation.name.to_owned(), request_fields(request.fields)))
    });
    json!({ "requests": requests.collect::<Map<_, _>>() })
}

fn request_fields(fields: &[RequestField]) -> Value {
    let row = |field: &RequestField| {
        let mut row = rule(field.rule);
        if let Value::Object(row) = &mut row {
            row.insert("name".to_owned(), field.name.into());
            row.insert("required".to_owned(), field.required.into());
            row.insert("doc".to_owned(), field.doc.into());
        }
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
        Rule::Object(object) => {
            json!({ "kind": "object", "fields": request_fields(object.fields) })
        }
        Rule::Recipient => json!({ "kind": "text", "max": null }),
        Rule::Text(max) => json!({ "kind": "text", "max": max }),
        Rule::TextOrInteger(max) => json!({ "kind": "text_or_integer", "max": max }),
        Rule::Url => json!({ "kind": "url" }),
    }
}
