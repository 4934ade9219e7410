//! What the command prints on its standard output.

use alikassa::binding::{FieldValue, Record};
use anstream::{print, println};
use serde_json::Value;

use crate::json;

#[derive(Clone)]
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
        print!("{}", self.of_record(record));
    }

    /// What is printed of a record, with its line ends.
    pub(crate) fn of_record(&self, record: &Record<'_>) -> String {
        if self.is_json {
            return format!("{}\n", json::record(record));
        }
        let single = record.fields.iter().filter_map(|(field, value)| {
            let text = text(value);
            (!text.is_empty()).then_some((field.name, text))
        });
        let mut lines = aligned(&single.collect::<Vec<_>>());
        for (field, value) in &record.fields {
            if let FieldValue::List(records) = value {
                for part in records {
                    let part = self.of_record(part);
                    lines.extend(["\n", field.name, "\n", part.as_str()]);
                }
            }
        }
        lines
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
    print!("{}", aligned(pairs));
}

fn aligned(pairs: &[(&str, String)]) -> String {
    let width = pairs.iter().map(|(name, _)| name.len()).max();
    let width = width.unwrap_or_default();
    let lines = pairs.iter();
    let lines = lines.map(|(name, value)| format!("{name:width$}  {value}\n"));
    lines.collect()
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
