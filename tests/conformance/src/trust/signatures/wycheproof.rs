//! Project Wycheproof: signatures that a careless implementation accepts, and signatures to make.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::json;
use wycheproof::rsa_pkcs1_verify::{Test, TestName, TestSet};
use wycheproof::{HashFunction, TestResult};

use super::{SizedSuite, sign, verify};
use crate::cases::{Case, Exchange, Suite};
use crate::expect::Expected;
use crate::secrets::Secrets;
use crate::{Result, repository};

/// 1,034 with SHA-256, the others with digests that the library does not support.
const VERIFY_CASES: usize = 6_202;

/// Of 158, those with SHA-1 or SHA-256. Four of their keys are refused.
const SIGN_CASES: usize = 60;

pub(super) fn verify_cases() -> Result<SizedSuite> {
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
                let matches = matching_digest(digest, test);
                cases.push(Case {
                    name: format!("{name:?} {}, {}", test.tc_id, test.comment),
                    only: None,
                    exchanges: vec![verify(&group.pem, &body, &signature, digest, matches)],
                    secrets: Secrets::default(),
                });
            }
        }
    }
    let name = "Wycheproof, verify";
    Ok((VERIFY_CASES, Suite { name, cases }))
}

/// The digest with which a signature must verify. What Wycheproof calls acceptable must be refused:
/// those signatures lack the NULL of the digest's parameters.
fn matching_digest(digest: &'static str, test: &Test) -> Option<&'static str> {
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
    tests: Vec<SignTest>,
}

#[derive(Deserialize)]
struct Jwk {
    p: String,
    q: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SignTest {
    tc_id: usize,
    comment: String,
    msg: String,
    sig: String,
}

pub(super) fn sign_cases() -> Result<SizedSuite> {
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
                    exchanges: vec![group.request(test, digest)?],
                    secrets: Secrets::default(),
                });
            }
        }
    }
    let name = "Wycheproof, sign";
    Ok((SIGN_CASES, Suite { name, cases }))
}

impl Group {
    fn request(&self, test: &SignTest, digest: &str) -> Result<Exchange> {
        let body = STANDARD.encode(hex(&test.msg)?);
        let expected = if self.has_unequal_primes()? {
            Expected::error("KeyLoadError").with("reason", &json!("malformed"))
        } else {
            Expected::Ok(json!(STANDARD.encode(hex(&test.sig)?)))
        };
        Ok(Exchange::new(
            &sign(&self.private_key_pem, &body, digest),
            expected,
        ))
    }

    /// The library refuses a key whose primes differ in length.
    fn has_unequal_primes(&self) -> Result<bool> {
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

fn hex(digits: &str) -> Result<Vec<u8>> {
    let bytes = (0..digits.len()).step_by(2).map(|at| {
        let pair = digits.get(at..at + 2).ok_or("an odd number of digits")?;
        Ok(u8::from_str_radix(pair, 16)?)
    });
    bytes.collect()
}
