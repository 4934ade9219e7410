//! What the command prints on its standard output.

use alikassa::binding::{FieldValue, Record};
use anstream::println;
use serde_json::Value;

use crate::json;

pub(crate) struct Output {
    is_json: bool,
}

impl Output {
    pub(crate) fn new(is_json: bool) -> Self {
        Self { is_json }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.is_json
    }

    /// The fields of a record that are set; the lists in it one record after another.
    pub(crate) fn record(&self, record: &Record<'_>) {
        if self.is_json {
            return json(&json::record(record));
        }
        let single = record.fields.iter().filter_map(|(field, value)| {
            let text = text(value);
            (!text.is_empty()).then_some((field.name, text))
        });
        pairs(&single.collect::<Vec<_>>());
        for (field, value) in &record.fields {
            if let FieldValue::List(records) = value {
                for part in records {
                    println!("\n{}", field.name);
                    self.record(part);
                }
            }
        }
    }
}

/// One line of JSON.
pub(crate) fn json(value: &Value) {
    println!("{value}");
}

pub(crate) fn line(text: &str) {
    println!("{text}");
}

/// Names and values, aligned.
pub(crate) fn pairs(pairs: &[(&str, String)]) {
    let width = pairs.iter().map(|(name, _)| name.len()).max();
    for (name, value) in pairs {
        println!("{name:width$}  {value}", width = width.unwrap_or_default());
    }
}

/// The text of a value; empty for a list or nothing.
pub(crate) fn text(value: &FieldValue<'_>) -> String {
    match value {
        FieldValue::Amount(amount) => amount.as_str().to_owned(),
        FieldValue::Bool(bool) => bool.to_string(),
        FieldValue::Integer(integer) => integer.to_string(),
        FieldValue::Text(text) => one_line(text),
        _ => String::new(),
    }
}

/// Without control characters: the text is the provider's and goes to a terminal.
pub(crate) fn one_line(text: &str) -> String {
    text.chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect()
}
