//! Finding the signed text among candidates, because the provider's encoding varies.

use crate::crypto::{Digest, DigestMode, RecoveredSignature, VerifyingKey};
use crate::error::{Error, ErrorKind, Result};
use crate::json::canonical::{Encoding, write_text_as};
use crate::types::language;
use crate::types::value::Value;
use crate::webhook::payload::malformed;

/// The longest base64 signature. That of the largest accepted key is shorter.
const MAX_SIGNATURE: usize = 2048;

/// A text that can be the signed one, and the variant that it is written in.
pub(crate) struct Candidate<V> {
    pub(crate) text: Vec<u8>,
    pub(crate) variant: V,
}

/// Takes the signature out of the fields.
pub(crate) fn take_signature(fields: &mut Vec<(String, Value)>) -> Result<String> {
    let Some(index) = fields.iter().position(|(name, _)| name == "sign") else {
        return Err(malformed("it has no sign"));
    };
    let Value::Text(signature) = fields.remove(index).1 else {
        return Err(malformed("its sign is not a string"));
    };
    if signature.len() > MAX_SIGNATURE {
        return Err(malformed("its sign is too long"));
    }
    // An unescaped `+` in a query is decoded as a space, which base64 does not have.
    Ok(signature.replace(' ', "+"))
}

/// The first candidate that one of the keys signed, and the digest of the signature.
pub(crate) fn find_signed<V>(
    candidates: Vec<Candidate<V>>,
    signature: &str,
    keys: &[VerifyingKey],
    digest: DigestMode,
) -> Result<(Candidate<V>, Digest)> {
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
    let cert = language::option("notification_cert");
    Err(Error::new(
        ErrorKind::SignatureMismatch,
        "signature verification failed: no known encoding matches",
    )
    .with_hint(format!(
        "pass the query or body as received, not re-encoded; check that {cert} is the provider's \
         public.pem for notifications",
    )))
}

/// Writes a flat object as the provider does in this encoding.
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
