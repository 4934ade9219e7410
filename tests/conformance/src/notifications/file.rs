//! The format of notifications.json.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::expect::Expected;
use crate::{Result, repository};

#[derive(Deserialize)]
pub(super) struct File {
    account: String,
    pub(super) cases: Vec<Row>,
    pub(super) flips: Vec<Flip>,
    pub(super) notes: Vec<Notes>,
}

/// A message, and the expected result of verifying it.
#[derive(Deserialize)]
pub(super) struct Row {
    pub(super) name: String,
    #[serde(rename = "do")]
    pub(super) verb: String,
    /// The client's notification certificates, by folder.
    #[serde(default = "default_certs")]
    pub(super) certs: Vec<String>,
    /// Other options of the client.
    #[serde(default)]
    pub(super) options: Map<String, Value>,
    #[serde(flatten)]
    pub(super) payload: Payload,
    ok: Option<Value>,
    error: Option<Map<String, Value>>,
}

/// The message in the keys of the driver protocol, and the digest option of the call.
#[derive(Deserialize, Serialize)]
pub(super) struct Payload {
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

/// A message whose bits are flipped one at a time.
#[derive(Deserialize)]
pub(super) struct Flip {
    pub(super) name: String,
    #[serde(rename = "do")]
    pub(super) verb: String,
    /// Each signed field, before percent-encoding.
    pub(super) values: Vec<(String, String)>,
    pub(super) sign: String,
    pub(super) ok: Value,
}

/// Messages that are recorded in one ledger, in order.
#[derive(Deserialize)]
pub(super) struct Notes {
    pub(super) name: String,
    pub(super) steps: Vec<Step>,
}

#[derive(Deserialize)]
pub(super) struct Step {
    #[serde(flatten)]
    pub(super) payload: Payload,
    pub(super) times: u64,
    /// How many times `note` returns each result.
    pub(super) ok: Map<String, Value>,
}

fn default_certs() -> Vec<String> {
    vec!["keys/rsa2048".to_owned()]
}

pub(super) fn load() -> Result<File> {
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
        self.options(&default_certs(), &Map::new())
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
