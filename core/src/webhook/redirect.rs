//! Redirects: the fields with which the payer's browser returns, signed by the provider.

use crate::crypto::{Digest, DigestMode, VerifyingKey};
use crate::error::Result;
use crate::json::canonical::Encoding;
use crate::schema::record::record;
use crate::types::value::Value;
use crate::webhook::payload::{WebhookPayload, malformed};
use crate::webhook::signed::{Candidate, find_signed, take_signature, write_object};

/// The signed fields in their order.
const SIGNED: [&str; 2] = ["order_id", "uuid"];

record! {
    /// A redirect whose signature is verified: the payer came back from this payment.
    ///
    /// It says nothing about the status: request it.
    #[source("the redirect signature page")]
    pub struct Redirect: Signed {
        #[required] order_id: Text = "The merchant's id of the order.";
        #[required] uuid: Text = "The payment's UUID.";
    }
    also {
        digest: Digest = "The digest of the signature.";
    }
}

impl Redirect {
    /// The unsigned fields: anybody can have written them.
    pub fn unsigned(&self) -> &[(String, Value)] {
        &self.other
    }
}

/// Verifies the signature of a redirect.
pub(crate) fn verify(
    payload: WebhookPayload<'_>,
    keys: &[VerifyingKey],
    digest: DigestMode,
) -> Result<Redirect> {
    let mut fields = payload.into_fields()?;
    let signature = take_signature(&mut fields)?;
    let mut signed = Vec::with_capacity(SIGNED.len());
    for name in SIGNED {
        let index = fields.iter().position(|(other, _)| other == name);
        match index.map(|index| fields.remove(index).1) {
            Some(value @ Value::Text(_)) => signed.push((name, value)),
            _ => return Err(malformed(&format!("it has no {name}"))),
        }
    }
    let mut candidates: Vec<Candidate<()>> = Vec::new();
    for encoding in [Encoding::Default, Encoding::Slashes, Encoding::Unicode] {
        let text = write_object(&signed, encoding);
        if candidates.iter().all(|candidate| candidate.text != text) {
            candidates.push(Candidate { text, variant: () });
        }
    }
    let (candidate, digest) = find_signed(candidates, &signature, keys, digest)?;
    let signed = signed
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value));
    let redirect = Redirect::read(Value::Map(signed.collect()), candidate.text, digest)?;
    Ok(Redirect {
        other: fields,
        ..redirect
    })
}
