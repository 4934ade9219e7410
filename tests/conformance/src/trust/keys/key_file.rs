//! The forms that are tried by the thousand, read from what tests/trust/keys.py made.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::open::{self, Verdict};
use crate::{Fallible, repository};

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Half {
    Private,
    Public,
}

/// A key file that opens.
pub(super) struct Form {
    pub(super) name: String,
    pub(super) half: Half,
    pub(super) pem: Vec<u8>,
    pub(super) password: Option<Vec<u8>>,
    pub(super) body: Vec<u8>,
    /// OpenSSL's, of the body with the file's key.
    pub(super) signature: String,
}

#[derive(Deserialize)]
struct File {
    body: String,
    private: Vec<Row>,
    forms: Forms,
    keys: BTreeMap<String, Key>,
}

#[derive(Deserialize)]
struct Forms {
    private: BTreeMap<String, Row>,
    public: BTreeMap<String, Row>,
}

#[derive(Deserialize)]
struct Row {
    file: String,
    password: Option<String>,
    #[serde(default)]
    expect: Value,
}

#[derive(Deserialize)]
struct Key {
    signatures: BTreeMap<String, String>,
}

/// The key that every form holds.
const KEY: &str = "rsa2048";

pub(super) fn load(folder: &Path) -> Fallible<Vec<Form>> {
    let file = read(folder)?;
    let private = file.forms.private.iter().map(|row| (Half::Private, row));
    let public = file.forms.public.iter().map(|row| (Half::Public, row));
    private
        .chain(public)
        .map(|(half, (name, row))| file.form(folder, name, half, row))
        .collect()
}

/// The files that are refused whatever the password is.
pub(super) fn hopeless(folder: &Path) -> Fallible<Vec<Form>> {
    let file = read(folder)?;
    let refused = |row: &&Row| {
        let reason = row.expect.get("reason").and_then(Value::as_str);
        reason.is_some_and(|reason| reason != "wrong_password")
    };
    let rows = file.private.iter().filter(refused);
    rows.map(|row| file.form(folder, &row.file, Half::Private, row))
        .collect()
}

fn read(folder: &Path) -> Fallible<File> {
    let text = repository::read(&folder.join("keys.json"))?;
    Ok(serde_json::from_slice(&text)?)
}

impl File {
    fn form(&self, folder: &Path, name: &str, half: Half, row: &Row) -> Fallible<Form> {
        let signatures = self.keys.get(KEY).map(|key| &key.signatures);
        let signature = signatures.and_then(|signatures| signatures.get("sha256"));
        let password = row.password.as_ref().map(|text| STANDARD.decode(text));
        Ok(Form {
            name: name.to_owned(),
            half,
            pem: repository::read(&folder.join(&row.file))?,
            password: password.transpose()?,
            body: STANDARD.decode(&self.body)?,
            signature: signature.ok_or("keys.json lacks a signature")?.clone(),
        })
    }
}

impl Form {
    pub(super) fn verdict(&self) -> Result<Verdict, String> {
        self.verdict_of(&self.pem)
    }

    /// What becomes of other bytes in the file's place.
    pub(super) fn verdict_of(&self, pem: &[u8]) -> Result<Verdict, String> {
        match self.half {
            Half::Private => open::sign(pem, self.password.as_deref(), &self.body),
            Half::Public => open::verify(pem, &self.body, &self.signature),
        }
    }

    /// The verdict on the file as it was made.
    pub(super) fn whole(&self) -> Verdict {
        match self.half {
            Half::Private => Verdict::Signs(self.signature.clone()),
            Half::Public => Verdict::Verifies(true),
        }
    }

    /// What a driver is asked, to come to a verdict on `pem`.
    pub(super) fn question(&self, pem: &[u8]) -> Value {
        let (pem, body) = (STANDARD.encode(pem), STANDARD.encode(&self.body));
        match self.half {
            Half::Private => {
                let password = self.password.as_ref().map(|bytes| STANDARD.encode(bytes));
                json!({ "do": "sign", "pem": pem, "password": password, "body": body, "digest": "sha256" })
            }
            Half::Public => {
                json!({ "do": "verify", "pem": pem, "body": body, "signature": self.signature, "digest": "sha256" })
            }
        }
    }
}
