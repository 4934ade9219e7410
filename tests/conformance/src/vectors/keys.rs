//! keys.json: key files that open and sign, and key files that say why they do not.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cases::{Case, Question};
use crate::expect::Expected;
use crate::secrets::Secrets;
use crate::{Fallible, repository};

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

/// A folder to lay out, and how it is loaded.
#[derive(Deserialize)]
struct Folder {
    name: String,
    key: Use,
    /// None is a folder that is not there.
    #[serde(rename = "folder")]
    places: Option<BTreeMap<String, Place>>,
    expect: Expect,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Use {
    Signing,
    Verifying,
}

/// What stands under a name of the archive.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Place {
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

/// The cases of a file like keys.json, with the files it names beside it; those of `folders` are laid out below `scratch`.
pub(crate) fn cases(path: &Path, scratch: &Path) -> Fallible<Vec<Case>> {
    let file: File = serde_json::from_slice(&repository::read(path)?)?;
    let root = path.parent().ok_or("a file of cases has no folder")?;
    let mut cases = Vec::new();
    for row in &file.private {
        let pem = repository::read(&root.join(&row.file))?;
        let mut secrets = Secrets::default();
        secrets.add_pem(&pem);
        if let Some(password) = &row.password {
            secrets.add_password(&STANDARD.decode(password)?);
        }
        let key = json!({ "pem": STANDARD.encode(&pem), "password": row.password });
        let questions = file.signing(&key, &row.expect)?;
        cases.push(case(format!("private: {}", row.name), questions, secrets));
    }
    for row in &file.public {
        let pem = repository::read(&root.join(&row.file))?;
        let key = json!({ "pem": STANDARD.encode(pem) });
        let questions = file.verifying(&key, &row.expect)?;
        cases.push(case(
            format!("public: {}", row.name),
            questions,
            Secrets::default(),
        ));
    }
    for (number, row) in file.folders.iter().enumerate() {
        let folder = scratch.join(number.to_string());
        row.lay_out(root, &folder)?;
        let key = json!({ "key": folder });
        let questions = match row.key {
            Use::Signing => file.signing(&key, &row.expect)?,
            Use::Verifying => file.verifying(&key, &row.expect)?,
        };
        let mut secrets = Secrets::default();
        secrets.add_folder(&folder);
        cases.push(case(format!("folder: {}", row.name), questions, secrets));
    }
    Ok(cases)
}

fn case(name: String, questions: Vec<Question>, secrets: Secrets) -> Case {
    Case {
        name,
        only: None,
        questions,
        secrets,
    }
}

impl File {
    /// A private key that opens gives the signatures.
    fn signing(&self, key: &Value, expect: &Expect) -> Fallible<Vec<Question>> {
        let ask = |digest: &str| {
            let request = json!({ "do": "sign", "body": self.body, "digest": digest });
            merged(request, key)
        };
        Ok(match expect {
            Expect::Opens(name) => {
                let signatures = self.signatures(name)?.iter();
                signatures
                    .map(|(digest, signature)| {
                        Question::new(&ask(digest), Expected::Ok(json!(signature)))
                    })
                    .collect()
            }
            Expect::Reason(reason) => vec![Question::new(&ask("sha1"), key_load(reason))],
        })
    }

    /// A public key that opens verifies them.
    fn verifying(&self, key: &Value, expect: &Expect) -> Fallible<Vec<Question>> {
        let ask = |signature: &str| {
            let request = json!({ "do": "verify", "body": self.body, "signature": signature, "digest": "auto" });
            merged(request, key)
        };
        Ok(match expect {
            Expect::Opens(name) => {
                let signatures = self.signatures(name)?.iter();
                signatures
                    .map(|(digest, signature)| {
                        Question::new(&ask(signature), Expected::Ok(json!(digest)))
                    })
                    .collect()
            }
            Expect::Reason(reason) => vec![Question::new(&ask("AAAA"), key_load(reason))],
        })
    }

    fn signatures(&self, name: &str) -> Fallible<&BTreeMap<String, String>> {
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
    fn lay_out(&self, root: &Path, folder: &Path) -> Fallible<()> {
        let Some(places) = &self.places else {
            return Ok(());
        };
        fs::create_dir(folder)?;
        for (name, place) in places {
            let to = folder.join(name);
            match place {
                Place::File(file) => _ = fs::copy(root.join(file), to)?,
                Place::Bytes(bytes) => fs::write(to, STANDARD.decode(bytes)?)?,
                Place::Folder => fs::create_dir(to)?,
            }
        }
        Ok(())
    }
}
