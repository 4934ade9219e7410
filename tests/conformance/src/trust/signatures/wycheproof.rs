//! Project Wycheproof: signatures made to be believed by careless code, and signatures to make.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::json;
use wycheproof::rsa_pkcs1_verify::{Test, TestName, TestSet};
use wycheproof::{HashFunction, TestResult};

use super::{Known, sign, verify};
use crate::cases::{Case, Question, Suite};
use crate::expect::Expected;
use crate::secrets::Secrets;
use crate::{Fallible, repository};

/// 1,034 with SHA-256, the others with digests that the library does not know.
const TO_VERIFY: usize = 6_202;

/// With SHA-1 or SHA-256, of 158; the keys of four do not open.
const TO_SIGN: usize = 60;

pub(super) fn to_verify() -> Fallible<Known> {
    let mut cases = Vec::new();
    for name in TestName::all() {
        let set = TestSet::load(name).map_err(|error| error.to_string())?;
        for group in set.test_groups {
            let digest = match group.hash {
                HashFunction::Sha2_256 => "sha256",
                _ => "auto",
            };
            for test in &group.tests {
                let (body, signature) = (STANDARD.encode(&test.msg), STANDARD.encode(&test.sig));
                let matches = matching(digest, test);
                cases.push(Case {
                    name: format!("{name:?} {}, {}", test.tc_id, test.comment),
                    only: None,
                    questions: vec![verify(&group.pem, &body, &signature, digest, matches)],
                    secrets: Secrets::default(),
                });
            }
        }
    }
    let name = "Wycheproof, to verify";
    Ok((TO_VERIFY, Suite { name, cases }))
}

/// The digest under which a signature has to verify. What Wycheproof calls acceptable is refused: there the NULL of the
/// digest's parameters is missing.
fn matching(digest: &'static str, test: &Test) -> Option<&'static str> {
    match digest {
        "auto"
            if test
                .comment
                .starts_with("The message is hashed with SHA-1 ") =>
        {
            Some("sha1")
        }
        "auto"
            if test
                .comment
                .starts_with("The message is hashed with SHA-256 ") =>
        {
            Some("sha256")
        }
        "auto" => None,
        fixed => (test.result == TestResult::Valid).then_some(fixed),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    test_groups: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    private_key_pem: String,
    private_key_jwk: Option<Jwk>,
    sha: String,
    tests: Vec<ToSign>,
}

#[derive(Deserialize)]
struct Jwk {
    p: String,
    q: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ToSign {
    tc_id: usize,
    comment: String,
    msg: String,
    sig: String,
}

pub(super) fn to_sign() -> Fallible<Known> {
    let mut cases = Vec::new();
    for bits in [1024, 1536, 2048, 3072, 4096] {
        let file = format!("foreign/wycheproof/rsa_pkcs1_{bits}_sig_gen_test.json");
        let File { test_groups } = repository::load(&file)?;
        for group in &test_groups {
            let digest = match group.sha.as_str() {
                "SHA-1" => "sha1",
                "SHA-256" => "sha256",
                _ => continue,
            };
            for test in &group.tests {
                cases.push(Case {
                    name: format!("{file} {}, {}", test.tc_id, test.comment),
                    only: None,
                    questions: vec![group.question(test, digest)?],
                    secrets: Secrets::default(),
                });
            }
        }
    }
    let name = "Wycheproof, to sign";
    Ok((TO_SIGN, Suite { name, cases }))
}

impl Group {
    fn question(&self, test: &ToSign, digest: &str) -> Fallible<Question> {
        let body = STANDARD.encode(hex(&test.msg)?);
        let expected = if self.is_lopsided()? {
            Expected::error("KeyLoadError").with("reason", &json!("malformed"))
        } else {
            Expected::Ok(json!(STANDARD.encode(hex(&test.sig)?)))
        };
        Ok(Question::new(
            &sign(&self.private_key_pem, &body, digest),
            expected,
        ))
    }

    /// Primes of unequal length, which no honest program makes: such a key does not open.
    fn is_lopsided(&self) -> Fallible<bool> {
        let Some(jwk) = &self.private_key_jwk else {
            return Ok(false);
        };
        let (p, q) = (
            URL_SAFE_NO_PAD.decode(&jwk.p)?,
            URL_SAFE_NO_PAD.decode(&jwk.q)?,
        );
        Ok(p.len() != q.len())
    }
}

fn hex(digits: &str) -> Fallible<Vec<u8>> {
    let bytes = (0..digits.len()).step_by(2).map(|at| {
        let pair = digits.get(at..at + 2).ok_or("half a byte")?;
        Ok(u8::from_str_radix(pair, 16)?)
    });
    bytes.collect()
}
