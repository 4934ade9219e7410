//! signing.json: signatures by OpenSSL, and signatures that must not verify.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::cases::{Case, Question};
use crate::expect::Expected;
use crate::secrets::Secrets;
use crate::{Fallible, repository};

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

pub(super) fn cases() -> Fallible<Vec<Case>> {
    let file: File = repository::load("signing.json")?;
    let sign = file.sign.into_iter().map(|row| {
        let folder = repository::vectors(&row.key);
        let ask = json!({ "do": "sign", "key": folder, "body": row.body, "digest": row.digest });
        case(
            format!("sign: {}", row.name),
            &ask,
            Expected::Ok(json!(row.signature)),
        )
    });
    let verify = file.verify.into_iter().map(|row| {
        let folder = repository::vectors(&row.key);
        let ask = json!({
            "do": "verify",
            "key": folder,
            "body": row.body,
            "signature": row.signature,
            "digest": row.digest,
        });
        let expect = match row.error {
            Some(error) => Expected::Error(error),
            None => Expected::Ok(json!(row.ok)),
        };
        case(format!("verify: {}", row.name), &ask, expect)
    });
    Ok(sign.chain(verify).collect())
}

fn case(name: String, ask: &Value, expect: Expected) -> Case {
    Case {
        name,
        only: None,
        questions: vec![Question::new(ask, expect)],
        secrets: Secrets::default(),
    }
}
