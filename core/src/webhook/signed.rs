//! Which of several texts a signature is over.

use crate::crypto::{Digest, DigestMode, RecoveredSignature, VerifyingKey};
use crate::error::{Error, ErrorKind, Result};
use crate::json::canonical::{Encoding, write_text_as};
use crate::types::value::Value;
use crate::webhook::payload::malformed;

/// A base64 signature of the largest key is shorter.
const MAX_SIGNATURE: usize = 2048;

/// A text that the signature may be over, and what it means if it is.
pub(crate) struct Candidate<M> {
    pub(crate) text: Vec<u8>,
    pub(crate) variant: M,
}

/// Takes the signature out of the fields.
pub(crate) fn take_signature(fields: &mut Vec<(String, Value)>) -> Result<String> {
    let Some(place) = fields.iter().position(|(name, _)| name == "sign") else {
        return Err(malformed("it has no sign"));
    };
    let Value::Text(signature) = fields.remove(place).1 else {
        return Err(malformed("its sign is no text"));
    };
    if signature.len() > MAX_SIGNATURE {
        return Err(malformed("its sign is too long"));
    }
    // A `+` that was not escaped in a query has become a blank, which base64 does not have.
    Ok(signature.replace(' ', "+"))
}

/// The first candidate that one of the keys has signed.
pub(crate) fn find<M>(
    candidates: Vec<Candidate<M>>,
    signature: &str,
    keys: &[VerifyingKey],
    digest: DigestMode,
) -> Result<(Candidate<M>, Digest)> {
    let recovered: Vec<RecoveredSignature> = keys
        .iter()
        .filter_map(|key| key.recover(signature))
        .collect();
    for candidate in candidates {
        let matched = |recovered: &RecoveredSignature| recovered.digest_of(&candidate.text, digest);
        if let Some(digest) = recovered.iter().find_map(matched) {
            return Ok((candidate, digest));
        }
    }
    Err(Error::new(
        ErrorKind::SignatureMismatch,
        "the signature is over none of the forms this message can have",
    )
    .with_hint(
        "hand over the query or body as it arrived, not re-encoded; check that notification_cert is the provider's \
         public.pem for notifications",
    ))
}

/// An object of these values, none nested, as the provider would have written it.
pub(crate) fn write_object(members: &[(&str, Value)], encoding: Encoding) -> Vec<u8> {
    let mut out = String::with_capacity(512);
    for (index, (name, value)) in members.iter().enumerate() {
        out.push(if index == 0 { '{' } else { ',' });
        write_text_as(&mut out, name, Encoding::Default);
        out.push(':');
        match value {
            Value::Text(text) => write_text_as(&mut out, text, encoding),
            Value::Integer(integer) => out.push_str(&integer.to_string()),
            Value::Bool(true) => out.push_str("true"),
            Value::Bool(false) => out.push_str("false"),
            _ => out.push_str("null"),
        }
    }
    out.push('}');
    out.into_bytes()
}
