//! Scenarios made from the tables: each operation with every field of its request.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::file::Scenario;
use crate::{Result, repository};

#[derive(Deserialize)]
struct Operations {
    operations: Vec<Operation>,
}

#[derive(Deserialize)]
struct Operation {
    name: String,
    path: String,
    cert: String,
    reply: String,
}

#[derive(Deserialize)]
struct Requests {
    requests: BTreeMap<String, Vec<Field>>,
}

#[derive(Deserialize)]
struct Field {
    name: String,
    #[serde(flatten)]
    kind: Kind,
}

/// The values that a field accepts.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Kind {
    Amount,
    Date,
    Integer { min: i64 },
    Ip,
    Object { fields: Vec<Field> },
    Text,
    TextOrInteger,
    Url,
}

impl Kind {
    fn example(&self) -> Value {
        match self {
            Self::Amount => json!("5.00"),
            Self::Date => json!("1999-12-15"),
            Self::Integer { min } => json!(min),
            Self::Ip => json!("18.191.80.10"),
            // In a different order than the table.
            Self::Object { fields } => Value::Object(examples(fields.iter().rev())),
            Self::Text | Self::TextOrInteger => json!("1"),
            Self::Url => json!("https://shop.example/n"),
        }
    }
}

fn examples<'a>(fields: impl Iterator<Item = &'a Field>) -> Map<String, Value> {
    fields
        .map(|field| (field.name.clone(), field.kind.example()))
        .collect()
}

/// The fields in the order of the table, as PHP writes them.
fn body(fields: &[Field]) -> String {
    let members = fields.iter().map(|field| {
        let value = match &field.kind {
            Kind::Object { fields } => body(fields),
            kind => kind.example().to_string().replace('/', "\\/"),
        };
        format!("\"{}\":{value}", field.name)
    });
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

pub(super) fn scenarios() -> Result<Vec<Scenario>> {
    let Operations { operations } = repository::load("operations.json")?;
    let Requests { requests } = repository::load("requests.json")?;
    let scenarios = operations.iter().filter_map(|operation| {
        let fields = requests.get(&operation.name)?;
        Some(serde_json::from_value(json!({
            "name": format!("{}: every field is sent, in the order of the table", operation.name),
            "client": { "digest": "sha1" },
            "steps": [{
                "call": operation.name,
                "input": examples(fields.iter().rev()),
                "ok": { "type": operation.reply },
                "requests": [{
                    "path": operation.path,
                    "certificate": operation.cert,
                    "digest": "sha1",
                    "body": body(fields),
                }],
            }],
        })))
    });
    Ok(scenarios.collect::<Result<_, _>>()?)
}
