//! keys.json: key files that load and sign, and key files that are refused with a reason.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cases::{Case, Exchange};
use crate::expect::Expected;
use crate::secrets::Secrets;
use crate::{Result, repository};

#[derive(Deserialize)]
struct File {
    body: String,
    private: Vec<Row>,
    public: Vec<Row>,
    folders: Vec<Folder>,
    keys: BTreeMap<String, Key>,
}

#[derive(Deserialize)]
struct Row {
    name: String,
    file: String,
    password: Option<String>,
    expect: Expect,
}

/// A folder to create, and how it is loaded.
#[derive(Deserialize)]
struct Folder {
    name: String,
    key: Use,
    /// None is a folder that does not exist.
    #[serde(rename = "folder")]
    contents: Option<BTreeMap<String, Content>>,
    expect: Expect,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Use {
    Signing,
    Verifying,
}

/// The content of a file name in the provider's archive layout.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Content {
    /// A copy of this file of the vectors.
    File(String),
    /// These bytes, in base64.
    Bytes(String),
    /// A folder.
    Folder,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum Expect {
    /// The key that opens, by its name in `keys`.
    Opens(String),
    /// The reason of the `KeyLoadError`.
    Reason(String),
}

#[derive(Deserialize)]
struct Key {
    /// Of `body`, by digest.
    signatures: BTreeMap<String, String>,
}

/// The cases of a file with the layout of keys.json, whose key files are in the same folder. The
/// folders it describes are created in `scratch`.
pub(crate) fn cases(path: &Path, scratch: &Path) -> Result<Vec<Case>> {
    let file: File = serde_json::from_slice(&repository::read(path)?)?;
    let root = path.parent().ok_or("the case file has no parent folder")?;
    let mut cases = Vec::new();
    for row in &file.private {
        let pem = repository::read(&root.join(&row.file))?;
        let mut secrets = Secrets::default();
        secrets.add_pem(&pem);
        if let Some(password) = &row.password {
            secrets.add_password(&STANDARD.decode(password)?);
        }
        let key = json!({ "pem": STANDARD.encode(&pem), "password": row.password });
        let exchanges = file.signing(&key, &row.expect)?;
        cases.push(case(format!("private: {}", row.name), exchanges, secrets));
    }
    for row in &file.public {
        let pem = repository::read(&root.join(&row.file))?;
        let key = json!({ "pem": STANDARD.encode(pem) });
        let exchanges = file.verifying(&key, &row.expect)?;
        cases.push(case(
            format!("public: {}", row.name),
            exchanges,
            Secrets::default(),
        ));
    }
    for (number, row) in file.folders.iter().enumerate() {
        let folder = scratch.join(number.to_string());
        row.create(root, &folder)?;
        let key = json!({ "key": folder });
        let exchanges = match row.key {
            Use::Signing => file.signing(&key, &row.expect)?,
            Use::Verifying => file.verifying(&key, &row.expect)?,
        };
        let mut secrets = Secrets::default();
        secrets.add_folder(&folder);
        cases.push(case(format!("folder: {}", row.name), exchanges, secrets));
    }
    Ok(cases)
}

fn case(name: String, exchanges: Vec<Exchange>, secrets: Secrets) -> Case {
    Case {
        name,
        only: None,
        exchanges,
        secrets,
    }
}

impl File {
    /// A private key that loads makes the signatures.
    fn signing(&self, key: &Value, expected: &Expect) -> Result<Vec<Exchange>> {
        let request = |digest: &str| {
            let request = json!({ "do": "sign", "body": self.body, "digest": digest });
            merged(request, key)
        };
        Ok(match expected {
            Expect::Opens(name) => {
                let signatures = self.signatures(name)?.iter();
                signatures
                    .map(|(digest, signature)| {
                        Exchange::new(&request(digest), Expected::Ok(json!(signature)))
                    })
                    .collect()
            }
            Expect::Reason(reason) => vec![Exchange::new(&request("sha1"), key_load(reason))],
        })
    }

    /// A public key that loads verifies the signatures.
    fn verifying(&self, key: &Value, expected: &Expect) -> Result<Vec<Exchange>> {
        let request = |signature: &str| {
            let request = json!({ "do": "verify", "body": self.body, "signature": signature, "digest": "auto" });
            merged(request, key)
        };
        Ok(match expected {
            Expect::Opens(name) => {
                let signatures = self.signatures(name)?.iter();
                signatures
                    .map(|(digest, signature)| {
                        Exchange::new(&request(signature), Expected::Ok(json!(digest)))
                    })
                    .collect()
            }
            Expect::Reason(reason) => vec![Exchange::new(&request("AAAA"), key_load(reason))],
        })
    }

    fn signatures(&self, name: &str) -> Result<&BTreeMap<String, String>> {
        let key = self.keys.get(name);
        Ok(&key
            .ok_or_else(|| format!("keys.json has no key {name}"))?
            .signatures)
    }
}

fn key_load(reason: &str) -> Expected {
    Expected::error("KeyLoadError").with("reason", &json!(reason))
}

fn merged(mut request: Value, key: &Value) -> Value {
    if let (Some(request), Some(key)) = (request.as_object_mut(), key.as_object()) {
        request.extend(key.clone());
    }
    request
}

impl Folder {
    fn create(&self, root: &Path, folder: &Path) -> Result<()> {
        let Some(contents) = &self.contents else {
            return Ok(());
        };
        fs::create_dir(folder)?;
        for (name, content) in contents {
            let to = folder.join(name);
            match content {
                Content::File(file) => _ = fs::copy(root.join(file), to)?,
                Content::Bytes(bytes) => fs::write(to, STANDARD.decode(bytes)?)?,
                Content::Folder => fs::create_dir(to)?,
            }
        }
        Ok(())
    }
}
