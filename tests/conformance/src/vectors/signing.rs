//! signing.json: signatures made by OpenSSL, and signatures that must not verify.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::cases::{Case, Exchange};
use crate::expect::Expected;
use crate::secrets::Secrets;
use crate::{Result, repository};

#[derive(Deserialize)]
struct File {
    sign: Vec<Sign>,
    verify: Vec<Verify>,
}

#[derive(Deserialize)]
struct Sign {
    name: String,
    key: String,
    body: String,
    digest: String,
    signature: String,
}

#[derive(Deserialize)]
struct Verify {
    name: String,
    key: String,
    body: String,
    signature: String,
    digest: String,
    ok: Option<String>,
    error: Option<Map<String, Value>>,
}

pub(super) fn cases() -> Result<Vec<Case>> {
    let file: File = repository::load("signing.json")?;
    let sign = file.sign.into_iter().map(|row| {
        let folder = repository::vectors(&row.key);
        let request =
            json!({ "do": "sign", "key": folder, "body": row.body, "digest": row.digest });
        case(
            format!("sign: {}", row.name),
            &request,
            Expected::Ok(json!(row.signature)),
        )
    });
    let verify = file.verify.into_iter().map(|row| {
        let folder = repository::vectors(&row.key);
        let request = json!({
            "do": "verify",
            "key": folder,
            "body": row.body,
            "signature": row.signature,
            "digest": row.digest,
        });
        let expected = match row.error {
            Some(error) => Expected::Error(error),
            None => Expected::Ok(json!(row.ok)),
        };
        case(format!("verify: {}", row.name), &request, expected)
    });
    Ok(sign.chain(verify).collect())
}

fn case(name: String, request: &Value, expected: Expected) -> Case {
    Case {
        name,
        only: None,
        exchanges: vec![Exchange::new(request, expected)],
        secrets: Secrets::default(),
    }
}
