//! Keys, signatures and messages made by OpenSSL and PHP, tried with this crate alone and with both
//! signing engines. The conformance runner tries the same files in every language.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use alikassa::binding::FieldValue;
use alikassa::{Client, Digest, DigestMode, SigningKey, VerifyingKey, WebhookPayload};
use base64ct::{Base64, Encoding};
use serde_json::{Value, json};

#[test]
fn both_engines_sign_like_openssl() {
    let file = read_json("signing.json");
    let cases = file["sign"].as_array().unwrap();
    assert!(!cases.is_empty());
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let folder = vectors().join(case["key"].as_str().unwrap());
        let (body, digest) = (bytes(&case["body"]), digest(&case["digest"]));
        let key = SigningKey::load(&folder).unwrap();
        let signature = key.sign(&body, digest).unwrap();
        assert_eq!(signature, case["signature"].as_str().unwrap(), "{name}");
        let verified = key
            .verifying_key()
            .verify(&body, &signature, DigestMode::Auto);
        assert_eq!(verified.ok(), Some(digest), "{name}");
        let pem = std::fs::read(folder.join("private.pem")).unwrap();
        let password = std::fs::read(folder.join("password.txt")).ok();
        let reference =
            SigningKey::sign_with_reference_engine(&pem, password.as_deref(), &body, digest);
        assert_eq!(reference.as_deref(), Some(signature.as_str()), "{name}");
    }
}

#[test]
fn an_error_quotes_only_a_short_part_of_a_key_file() {
    let long = "A".repeat(1000);
    let labelled = format!("-----BEGIN {long}-----\nAAAA\n-----END {long}-----\n");
    let header = format!("Proc-Type: 4,ENCRYPTED\nDEK-Info: {long},00\n\nAAAA");
    let encrypted =
        format!("-----BEGIN RSA PRIVATE KEY-----\n{header}\n-----END RSA PRIVATE KEY-----\n");
    let errors = [
        SigningKey::from_pem(&labelled, None).unwrap_err(),
        VerifyingKey::from_pem(&labelled).unwrap_err(),
        SigningKey::from_pem(&encrypted, Some(b"x")).unwrap_err(),
    ];
    for error in errors {
        assert!(error.message().len() < 300, "{error}");
    }
}

#[test]
fn each_private_key_file_opens_or_fails_with_its_reason() {
    let file = read_json("keys.json");
    let mut failures = Vec::new();
    for case in file["private"].as_array().unwrap() {
        let pem = std::fs::read(vectors().join(case["file"].as_str().unwrap())).unwrap();
        let password = case["password"].as_str().map(|_| bytes(&case["password"]));
        let opened = SigningKey::from_pem(&pem, password.as_deref());
        let found = opened_key(opened.as_ref(), &file);
        let expected = expected_key(&case["expect"]);
        if found != expected {
            failures.push(format!("{}: {found}, not {expected}", case["name"]));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The name of the key that was opened, or the reason of the error.
fn opened_key(opened: Result<&SigningKey, &alikassa::Error>, file: &Value) -> String {
    match opened {
        Ok(key) => {
            let signature = key.sign(&bytes(&file["body"]), Digest::Sha1).unwrap();
            let mut keys = file["keys"].as_object().unwrap().iter();
            let owner = keys.find(|(_, key)| key["signatures"]["sha1"] == signature.as_str());
            format!("opens {}", owner.map_or("an unknown key", |(name, _)| name))
        }
        Err(error) => error.reason().unwrap().to_owned(),
    }
}

fn expected_key(expect: &Value) -> String {
    match expect["opens"].as_str() {
        Some(key) => format!("opens {key}"),
        None => expect["reason"].as_str().unwrap().to_owned(),
    }
}

#[test]
fn each_folder_opens_or_fails_with_its_reason() {
    let file = read_json("keys.json");
    let mut failures = Vec::new();
    for case in file["folders"].as_array().unwrap() {
        let scratch = tempfile::tempdir().unwrap();
        let folder = scratch.path().join("cert");
        lay_out(&case["folder"], &folder);
        let found = match case["key"].as_str().unwrap() {
            "signing" => opened_key(SigningKey::load(&folder).as_ref(), &file),
            _ => VerifyingKey::load(&folder).map_or_else(
                |error| error.reason().unwrap().to_owned(),
                |key| format!("opens {}", owner(&key, &file)),
            ),
        };
        let expected = expected_key(&case["expect"]);
        if found != expected {
            failures.push(format!("{}: {found}, not {expected}", case["name"]));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn owner<'a>(key: &VerifyingKey, file: &'a Value) -> &'a str {
    let body = bytes(&file["body"]);
    let mut keys = file["keys"].as_object().unwrap().iter();
    let signed = |signature: &Value| {
        let signature = signature["signatures"]["sha1"].as_str().unwrap();
        key.verify(&body, signature, DigestMode::Auto).is_ok()
    };
    let owner = keys.find(|(_, key)| signed(key));
    owner.map_or("an unknown key", |(name, _)| name)
}

fn lay_out(entries: &Value, folder: &Path) {
    // The folder is missing.
    let Some(entries) = entries.as_object() else {
        return;
    };
    std::fs::create_dir(folder).unwrap();
    for (name, entry) in entries {
        let to = folder.join(name);
        match (entry["file"].as_str(), entry["bytes"].as_str()) {
            (Some(file), _) => _ = std::fs::copy(vectors().join(file), to).unwrap(),
            (None, Some(_)) => std::fs::write(to, bytes(&entry["bytes"])).unwrap(),
            (None, None) => std::fs::create_dir(to).unwrap(),
        }
    }
}

#[test]
fn each_public_key_file_opens_or_fails_with_its_reason() {
    let file = read_json("keys.json");
    let mut failures = Vec::new();
    for case in file["public"].as_array().unwrap() {
        let pem = std::fs::read(vectors().join(case["file"].as_str().unwrap())).unwrap();
        let opened = VerifyingKey::from_pem(&pem);
        let found = opened
            .as_ref()
            .map_or_else(|error| error.reason().unwrap(), |_| "opens");
        let expected = case["expect"]["reason"].as_str().unwrap_or("opens");
        if found != expected {
            failures.push(format!("{}: {found}, not {expected}", case["name"]));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_public_key_has_the_bits_of_its_modulus() {
    // The seventh key of RSA Laboratories' vectors: 1025 bits in 129 bytes.
    let pem = "-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQFpNM3/SFC2ACzA8PQBCjLGVeXP
bnyJk3/XVe9qvjedrd5wzCF3UfFMum2Q/lLcCvWLJS8mv3LaV5/a9X3dbNYCGHmU
mgJ2tEM/8B78zPNaEefHezjBjMqUrgEtDzcEIUkcUq0VrHaxLs0hj1LnV4ZuCJ3Y
rbtI6bqJQzbFdcQGVQIDAQAB
-----END PUBLIC KEY-----
";
    assert_eq!(VerifyingKey::from_pem(pem).unwrap().bits(), 1025);
}

#[test]
fn a_key_passed_as_a_folder_is_not_in_the_error() {
    let pem = std::fs::read_to_string(vectors().join("keys/rsa2048/private.pem")).unwrap();
    let errors = [
        SigningKey::load(&pem).unwrap_err(),
        VerifyingKey::load(&pem).unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.reason(), Some("not_found"), "{error}");
        assert!(!error.to_string().contains("-----"), "{error}");
    }
}

/// The parts of a case of `canonical.json` that concern JSON text.
#[derive(serde::Deserialize)]
struct TextCase {
    name: String,
    text: Option<String>,
    bytes: Option<String>,
    error: Option<TextError>,
}

#[derive(serde::Deserialize)]
struct TextError {
    #[serde(default)]
    field: String,
    reason: String,
}

#[test]
fn json_text_becomes_the_bytes_of_php_or_fails_with_its_reason() {
    #[derive(serde::Deserialize)]
    struct File {
        cases: Vec<TextCase>,
    }
    let file = std::fs::read(vectors().join("canonical.json")).unwrap();
    let file: File = serde_json::from_slice(&file).unwrap();
    let mut failures = Vec::new();
    for case in file.cases {
        let Some(text) = case.text else { continue };
        let made = alikassa::parse_body(text.as_bytes())
            .map_err(alikassa::Error::from)
            .and_then(|body| alikassa::canonical_json(&body));
        let found = made.map_or_else(
            |error| format!("{} at {}", error.reason().unwrap(), error.field().unwrap()),
            |bytes| Base64::encode_string(&bytes),
        );
        let expected_error = case
            .error
            .map(|error| format!("{} at {}", error.reason, error.field));
        let expected = expected_error.or(case.bytes).unwrap();
        if found != expected {
            failures.push(format!("{}: {found}, not {expected}", case.name));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn each_message_signed_by_php_is_accepted_or_rejected() {
    let file = read_json("notifications.json");
    let account = file["account"].as_str().unwrap();
    let mut failures = Vec::new();
    for case in file["cases"].as_array().unwrap() {
        let found = verify(case, account);
        let found = found.unwrap_or_else(|error| json!([error.kind().class(), error.operation()]));
        let expected = match &case["ok"] {
            Value::Null => json!([case["error"]["class"], case["error"]["operation"]]),
            ok => json!([
                ok["raw"],
                ok["is_final"],
                ok["digest"],
                ok["variant"],
                ok["fields"]["is_partial_payment"],
                ok["unsigned"]
                    .as_object()
                    .unwrap()
                    .keys()
                    .collect::<Vec<_>>(),
            ]),
        };
        if found != expected {
            failures.push(format!("{}: {found}, not {expected}", case["name"]));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The verified parts of a case's message.
fn verify(case: &Value, account: &str) -> alikassa::Result<Value> {
    let mut builder = Client::builder(account);
    let default_cert = [json!("keys/rsa2048")];
    for folder in case["certs"]
        .as_array()
        .map_or(&default_cert[..], Vec::as_slice)
    {
        builder = builder.notification_cert(vectors().join(folder.as_str().unwrap()))?;
    }
    if let Some(digest) = case["options"]["digest"].as_str() {
        builder = builder.digest(digest.parse::<DigestMode>()?);
    }
    let body = case["body"].as_str().map(|_| bytes(&case["body"]));
    let payload = match (case["query"].as_str(), &body) {
        (Some(query), _) => WebhookPayload::query(query),
        (None, Some(body)) => WebhookPayload::body(body, case["content_type"].as_str()),
        (None, None) => {
            let text = case["text"].as_str().unwrap();
            match alikassa::parse_body(text.as_bytes())? {
                alikassa::Value::Map(fields) => WebhookPayload::fields(fields),
                other => panic!("no object: {other:?}"),
            }
        }
    };
    let name = format!("{}s.verify", case["do"].as_str().unwrap());
    let digest = case["digest"].as_str().map(str::parse).transpose()?;
    let verified = builder.build()?.verify(&name, payload, digest)?;
    let record = verified.record().unwrap();
    let detail = |wanted| {
        let mut details = record.details.iter();
        details.find_map(|(name, text)| (*name == wanted).then_some(text))
    };
    let mut fields = record.fields.iter();
    let partial = fields.find_map(|(field, value)| match value {
        FieldValue::Bool(bool) if field.name == "is_partial_payment" => Some(bool),
        _ => None,
    });
    let unsigned = record.other.iter().map(|(name, _)| name);
    Ok(json!([
        Base64::encode_string(record.raw),
        record.is_final,
        detail("digest"),
        detail("variant"),
        partial,
        unsigned.collect::<BTreeSet<_>>(),
    ]))
}

pub(crate) fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors")
}

pub(crate) fn read_json(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(vectors().join(name)).unwrap()).unwrap()
}

pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    Base64::decode_vec(value.as_str().unwrap()).unwrap()
}

fn digest(value: &Value) -> Digest {
    if value == "sha1" {
        Digest::Sha1
    } else {
        Digest::Sha256
    }
}
