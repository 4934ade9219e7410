//! The error table. Every error of a driver is compared with it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{Result, repository};

#[derive(Deserialize)]
struct File {
    errors: Vec<Row>,
}

#[derive(Clone, Debug, Deserialize)]
struct Row {
    class: String,
    code: String,
}

/// The error codes of `errors.json` by class.
#[derive(Clone, Debug)]
pub(crate) struct ErrorTable(BTreeMap<String, String>);

impl ErrorTable {
    pub(crate) fn load() -> Result<Self> {
        let file: File = repository::load("errors.json")?;
        let rows = file.errors.into_iter();
        Ok(Self(rows.map(|row| (row.class, row.code)).collect()))
    }

    #[cfg(test)]
    pub(crate) fn classes(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Returns the class of an error. Fails if the table does not list it with the error's code.
    pub(crate) fn check(&self, error: &Map<String, Value>) -> Result<String, String> {
        let text = |name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default();
        let (class, code) = (text("class"), text("code"));
        match self.0.get(class) {
            Some(expected) if expected == code => Ok(class.to_owned()),
            Some(expected) => Err(format!("{class} has the code {code:?}, not {expected:?}")),
            None => Err(format!(
                "errors.json does not list {class}: {}",
                excerpt(error)
            )),
        }
    }
}

fn excerpt(error: &Map<String, Value>) -> String {
    let text = Value::Object(error.clone()).to_string();
    text.chars().take(600).collect()
}
