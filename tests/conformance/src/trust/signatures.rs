//! Signatures: what others published and what OpenSSL makes, through every language and both engines.

mod published;
mod random;
mod wycheproof;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::json;

use super::row::Row;
use super::{Length, scripts};
use crate::cases::{self, Case, Question, Suite};
use crate::errors::ErrorTable;
use crate::expect::Expected;
use crate::language::{self, Language};
use crate::secrets::Secrets;
use crate::session::Session;
use crate::{Fallible, Trouble};

/// The suites with the number of cases each is known to have.
type Known = (usize, Suite);

pub(super) fn run(length: Length) -> Fallible<Vec<Row>> {
    scripts::prepare()?;
    language::build_without_aws_lc()?;
    let mut rows = in_every_language(vec![
        wycheproof::to_verify()?,
        wycheproof::to_sign()?,
        published::to_verify_and_sign()?,
    ])?;
    rows.push(random::both_engines(length)?);
    Ok(rows)
}

fn in_every_language(known: Vec<Known>) -> Fallible<Vec<Row>> {
    let table = ErrorTable::load()?;
    let new = |language| Session::new(language, &table, Secrets::default());
    let mut sessions: Vec<Session> = Language::ALL.into_iter().map(new).collect();
    sessions.push(Session::without_aws_lc(&table, Secrets::default()));
    let drivers = sessions.len();
    let (numbers, suites): (Vec<usize>, Vec<Suite>) = known.into_iter().unzip();
    let tallies = cases::run_in(sessions, "signatures", &suites)?;
    if tallies.len() != drivers * suites.len() {
        let failures = tallies.into_iter().flat_map(|tally| tally.failures);
        return Err(Trouble::from(failures.collect::<Vec<_>>().join("\n")));
    }
    let rows = suites.iter().zip(numbers).flat_map(|(suite, number)| {
        let mine = tallies.iter().filter(|tally| tally.suite == suite.name);
        mine.map(move |tally| Row::of(format!("{}, {}", suite.name, tally.column), tally, number))
    });
    Ok(rows.collect())
}

/// A message that somebody signed, as the helpers print it.
#[derive(Deserialize)]
struct Signed {
    name: String,
    /// To make the signature anew.
    private: Option<String>,
    public: String,
    body: String,
    digest: String,
    signature: String,
    valid: bool,
}

impl Signed {
    fn case(&self) -> Case {
        let mut questions = vec![verify(
            &self.public,
            &self.body,
            &self.signature,
            &self.digest,
            self.valid.then_some(&self.digest),
        )];
        let mut secrets = Secrets::default();
        if let Some(private) = &self.private {
            questions.push(Question::new(
                &sign(private, &self.body, &self.digest),
                Expected::Ok(json!(self.signature)),
            ));
            secrets.add_pem(private.as_bytes());
        }
        Case {
            name: self.name.clone(),
            only: None,
            questions,
            secrets,
        }
    }
}

fn sign(pem: &str, body: &str, digest: &str) -> serde_json::Value {
    let pem = STANDARD.encode(pem);
    json!({ "do": "sign", "pem": pem, "password": null, "body": body, "digest": digest })
}

/// `matches` is the digest that has to be told, if the signature is any good.
fn verify(pem: &str, body: &str, signature: &str, digest: &str, matches: Option<&str>) -> Question {
    let pem = STANDARD.encode(pem);
    let ask = json!({ "do": "verify", "pem": pem, "body": body, "signature": signature, "digest": digest });
    let expected = matches.map_or_else(
        || Expected::error("SignatureMismatchError"),
        |digest| Expected::Ok(json!(digest)),
    );
    Question::new(&ask, expected)
}
