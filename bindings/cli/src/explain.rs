//! What another program signed: with which key and digest, and where its bytes differ from the
//! canonical form.

use std::process::ExitCode;

use alikassa::binding::OptionValue;
use alikassa::{Value, VerifyingKey, canonical_json, parse_body};
use serde_json::json;

use crate::arguments::Explained;
use crate::configuration::{self, Connection};
use crate::failure::{FAILED, Failure};
use crate::input;
use crate::keys::DIGESTS;
use crate::output::{self, Output};

struct Candidate {
    name: String,
    key: VerifyingKey,
}

pub(crate) fn explain(
    request: &Explained,
    connection: &Connection,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let (body, sign) = (
        input::bytes(&request.body.body)?,
        input::text(&request.sign)?,
    );
    let candidates = candidates(request, connection)?;
    if candidates.is_empty() {
        return Err(Failure::usage(
            "key: pass --key, or --payment-cert and --payout-cert",
        ));
    }
    let value = parse_body(&body).map_err(alikassa::Error::from)?;
    let canonical = canonical_json(&value)?;
    let found = signer(&candidates, &body, &sign);
    let mut lines = Vec::new();
    match &found {
        Some(signer) => lines.push(format!("the bytes are signed with {signer}")),
        None => lines.push(other_form(&candidates, &value, &canonical, &sign)?),
    }
    lines.push(difference(&body, &canonical));
    if output.is_json() {
        output::json(
            &json!({ "signed": found.is_some(), "canonical": body == canonical, "findings": lines }),
        );
    } else {
        for line in &lines {
            output::line(line);
        }
    }
    Ok(match found {
        Some(_) => ExitCode::SUCCESS,
        None => ExitCode::from(FAILED),
    })
}

/// The keys of the arguments and of the settings.
fn candidates(request: &Explained, connection: &Connection) -> Result<Vec<Candidate>, Failure> {
    let mut candidates = Vec::new();
    for folder in &request.key {
        let name = format!("the key of {}", folder.display());
        let key = VerifyingKey::load(folder)?;
        candidates.push(Candidate { name, key });
    }
    for (name, value) in configuration::settings(connection)? {
        let key = match value {
            OptionValue::Text(folder) if name.ends_with("_cert") => VerifyingKey::load(folder)?,
            OptionValue::SigningKey(key) => key.verifying_key().clone(),
            OptionValue::VerifyingKey(key) => key,
            _ => continue,
        };
        let name = format!("the key of {name}");
        candidates.push(Candidate { name, key });
    }
    Ok(candidates)
}

/// The key and digest of a signature over these bytes.
fn signer(candidates: &[Candidate], bytes: &[u8], sign: &str) -> Option<String> {
    candidates.iter().find_map(|candidate| {
        let mut digests = DIGESTS.into_iter();
        let digest = digests.find(|digest| candidate.key.verify(bytes, sign, *digest).is_ok())?;
        Some(format!("{}, {}", candidate.name, digest.as_str()))
    })
}

/// Whether the signature is over another form of the same body.
fn other_form(
    candidates: &[Candidate],
    body: &Value,
    canonical: &[u8],
    sign: &str,
) -> Result<String, Failure> {
    for (name, bytes) in forms(body, canonical)? {
        if let Some(signer) = signer(candidates, &bytes, sign) {
            return Ok(format!(
                "{name} is signed with {signer}, but other bytes were sent: send the bytes that are signed"
            ));
        }
    }
    Ok("no key signed these bytes, their canonical form, or a form that other programs write: another key, or another body".to_owned())
}

/// The canonical form, and how other programs write the same body.
fn forms(body: &Value, canonical: &[u8]) -> Result<[(&'static str, Vec<u8>); 6], Failure> {
    let canonical_text = String::from_utf8_lossy(canonical);
    let plain = plain(body);
    Ok([
        ("the canonical form", canonical.to_vec()),
        (
            "the body with / in place of \\/",
            canonical_text.replace("\\/", "/").into_bytes(),
        ),
        (
            "the body with letters in place of \\u escapes",
            plain.replace('/', "\\/").into_bytes(),
        ),
        ("the body with both", plain.into_bytes()),
        (
            "the body with a blank after each comma and colon",
            with_blanks(&canonical_text.replace("\\/", "/")).into_bytes(),
        ),
        (
            "the body with its members sorted",
            canonical_json(&sorted(body))?,
        ),
    ])
}

/// Where the bytes first differ from the canonical form.
fn difference(body: &[u8], canonical: &[u8]) -> String {
    if body == canonical {
        return "the bytes are canonical".to_owned();
    }
    let equal = body
        .iter()
        .zip(canonical)
        .take_while(|(left, right)| left == right);
    let position = equal.count();
    let around = |bytes: &[u8]| {
        let shown = bytes.get(position..).unwrap_or_default();
        let shown = shown.get(..12).unwrap_or(shown);
        String::from_utf8_lossy(shown).into_owned()
    };
    format!(
        "the bytes differ from the canonical form at byte {position}: {:?} in place of {:?}",
        around(body),
        around(canonical)
    )
}

/// JSON with letters and slashes as they are, in the order of the body.
fn plain(value: &Value) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    match value {
        Value::Bool(bool) => bool.to_string(),
        Value::Integer(integer) => integer.to_string(),
        Value::Decimal(digits) => digits.clone(),
        Value::Text(text) => quoted(text),
        Value::List(items) => {
            let items = items.iter().map(plain);
            format!("[{}]", items.collect::<Vec<_>>().join(","))
        }
        Value::Map(members) => {
            let members = members.iter();
            let members =
                members.map(|(name, member)| format!("{}:{}", quoted(name), plain(member)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        _ => "null".to_owned(),
    }
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::List(items) => Value::List(items.iter().map(sorted).collect()),
        Value::Map(members) => {
            let members = members.iter();
            let mut members: Vec<_> = members
                .map(|(name, member)| (name.clone(), sorted(member)))
                .collect();
            members.sort_by(|(left, _), (right, _)| left.cmp(right));
            Value::Map(members)
        }
        other => other.clone(),
    }
}

fn with_blanks(text: &str) -> String {
    let mut is_text = false;
    let mut is_escaped = false;
    let mut result = String::new();
    for character in text.chars() {
        result.push(character);
        if !is_text && matches!(character, ',' | ':') {
            result.push(' ');
        }
        if character == '"' && !is_escaped {
            is_text = !is_text;
        }
        is_escaped = character == '\\' && !is_escaped;
    }
    result
}
