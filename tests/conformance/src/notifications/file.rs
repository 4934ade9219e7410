//! notifications.json as it is written.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::expect::Expected;
use crate::{Fallible, repository};

#[derive(Deserialize)]
pub(super) struct File {
    account: String,
    pub(super) cases: Vec<Row>,
    pub(super) flips: Vec<Flip>,
    pub(super) notes: Vec<Notes>,
}

/// What arrives, and what becomes of it.
#[derive(Deserialize)]
pub(super) struct Row {
    pub(super) name: String,
    #[serde(rename = "do")]
    pub(super) verb: String,
    /// The folders of the client's notification certificates.
    #[serde(default = "the_key")]
    pub(super) certs: Vec<String>,
    /// Other options of the client.
    #[serde(default)]
    pub(super) options: Map<String, Value>,
    #[serde(flatten)]
    pub(super) delivery: Delivery,
    ok: Option<Value>,
    error: Option<Map<String, Value>>,
}

/// The keys of the protocol that say what arrives, and the call's own digest.
#[derive(Deserialize, Serialize)]
pub(super) struct Delivery {
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
}

/// A message to change by one bit at a time.
#[derive(Deserialize)]
pub(super) struct Flip {
    pub(super) name: String,
    #[serde(rename = "do")]
    pub(super) verb: String,
    /// Each signed field, as it is before it is escaped.
    pub(super) values: Vec<(String, String)>,
    pub(super) sign: String,
    pub(super) ok: Value,
}

/// Deliveries to take note of in one ledger, in turn.
#[derive(Deserialize)]
pub(super) struct Notes {
    pub(super) name: String,
    pub(super) steps: Vec<Step>,
}

#[derive(Deserialize)]
pub(super) struct Step {
    #[serde(flatten)]
    pub(super) delivery: Delivery,
    pub(super) times: u64,
    /// How often each answer comes.
    pub(super) ok: Map<String, Value>,
}

fn the_key() -> Vec<String> {
    vec!["keys/rsa2048".to_owned()]
}

pub(super) fn load() -> Fallible<File> {
    let file: File = repository::load("notifications.json")?;
    match file
        .cases
        .iter()
        .find(|row| row.ok.is_some() == row.error.is_some())
    {
        Some(row) => Err(format!("{}: needs either `ok` or `error`", row.name).into()),
        None => Ok(file),
    }
}

impl File {
    /// The options of a client with these certificates.
    pub(super) fn options(
        &self,
        certs: &[String],
        more: &Map<String, Value>,
    ) -> Map<String, Value> {
        let folders = certs.iter().map(|cert| repository::vectors(cert));
        let mut options = more.clone();
        options.insert("account".to_owned(), json!(self.account));
        options.insert(
            "notification_cert".to_owned(),
            json!(folders.collect::<Vec<_>>()),
        );
        options
    }

    pub(super) fn default_options(&self) -> Map<String, Value> {
        self.options(&the_key(), &Map::new())
    }
}

impl Row {
    pub(super) fn expected(&self) -> Expected {
        match (&self.ok, &self.error) {
            (Some(ok), _) => Expected::Ok(ok.clone()),
            (None, error) => Expected::Error(error.clone().unwrap_or_default()),
        }
    }
}
