//! Signatures: published test vectors and OpenSSL's signatures, through every language and both
//! engines.

mod published;
mod random;
mod wycheproof;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::json;

use super::row::Row;
use super::{Length, scripts};
use crate::cases::{self, Case, Exchange, Suite};
use crate::errors::ErrorTable;
use crate::expect::Expected;
use crate::language::{self, Language};
use crate::secrets::Secrets;
use crate::session::Session;
use crate::{BoxError, Result};

/// A suite with the number of cases that it must have.
type SizedSuite = (usize, Suite);

pub(super) fn run(length: Length) -> Result<Vec<Row>> {
    scripts::prepare()?;
    language::build_without_aws_lc()?;
    let mut rows = in_every_language(vec![
        wycheproof::verify_cases()?,
        wycheproof::sign_cases()?,
        published::cases()?,
    ])?;
    rows.push(random::both_engines(length)?);
    Ok(rows)
}

fn in_every_language(suites: Vec<SizedSuite>) -> Result<Vec<Row>> {
    let table = ErrorTable::load()?;
    let new = |language| Session::new(language, &table, Secrets::default());
    let mut sessions: Vec<Session> = Language::ALL.into_iter().map(new).collect();
    sessions.push(Session::without_aws_lc(&table, Secrets::default()));
    let drivers = sessions.len();
    let (numbers, suites): (Vec<usize>, Vec<Suite>) = suites.into_iter().unzip();
    let tallies = cases::run_in(sessions, "signatures", &suites)?;
    if tallies.len() != drivers * suites.len() {
        let failures = tallies.into_iter().flat_map(|tally| tally.failures);
        return Err(BoxError::from(failures.collect::<Vec<_>>().join("\n")));
    }
    let rows = suites.iter().zip(numbers).flat_map(|(suite, number)| {
        let own = tallies.iter().filter(|tally| tally.suite == suite.name);
        own.map(move |tally| Row::of(format!("{}, {}", suite.name, tally.column), tally, number))
    });
    Ok(rows.collect())
}

/// A signed message, as the scripts print it.
#[derive(Deserialize)]
struct Signed {
    name: String,
    /// Set if the library must make the same signature.
    private: Option<String>,
    public: String,
    body: String,
    digest: String,
    signature: String,
    valid: bool,
}

impl Signed {
    fn case(&self) -> Case {
        let mut exchanges = vec![verify(
            &self.public,
            &self.body,
            &self.signature,
            &self.digest,
            self.valid.then_some(&self.digest),
        )];
        let mut secrets = Secrets::default();
        if let Some(private) = &self.private {
            exchanges.push(Exchange::new(
                &sign(private, &self.body, &self.digest),
                Expected::Ok(json!(self.signature)),
            ));
            secrets.add_pem(private.as_bytes());
        }
        Case {
            name: self.name.clone(),
            only: None,
            exchanges,
            secrets,
        }
    }
}

fn sign(pem: &str, body: &str, digest: &str) -> serde_json::Value {
    let pem = STANDARD.encode(pem);
    json!({ "do": "sign", "pem": pem, "password": null, "body": body, "digest": digest })
}

/// `matches` is the digest that the driver must return if the signature is valid.
fn verify(pem: &str, body: &str, signature: &str, digest: &str, matches: Option<&str>) -> Exchange {
    let pem = STANDARD.encode(pem);
    let request = json!({ "do": "verify", "pem": pem, "body": body, "signature": signature, "digest": digest });
    let expected = matches.map_or_else(
        || Expected::error("SignatureMismatchError"),
        |digest| Expected::Ok(json!(digest)),
    );
    Exchange::new(&request, expected)
}
