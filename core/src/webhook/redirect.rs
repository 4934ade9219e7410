//! Redirects: what the payer's browser brings back, signed by the provider.

use crate::crypto::{Digest, DigestMode, VerifyingKey};
use crate::error::Result;
use crate::json::canonical::Encoding;
use crate::schema::record::record;
use crate::types::value::Value;
use crate::webhook::payload::{WebhookPayload, malformed};
use crate::webhook::signed::{Candidate, find, take_signature, write_object};

/// The signed fields in their order.
const SIGNED: [&str; 2] = ["order_id", "uuid"];

record! {
    /// A redirect whose signature is right: the payer came back from this payment. It says nothing of the status, so ask
    /// for it. Source: the redirect signature page.
    pub struct Redirect {
        #[required] order_id: Text = "The merchant's id of the order.";
        #[required] uuid: Text = "The payment's UUID.";
    }
    also {
        digest: Digest = "The digest of its signature.";
    }
}

impl Redirect {
    /// The fields that came along unsigned: anybody may have written them.
    pub fn unsigned(&self) -> &[(String, Value)] {
        &self.other
    }
}

/// Verifies what the browser brought.
pub(crate) fn verify(
    delivery: WebhookPayload<'_>,
    keys: &[VerifyingKey],
    digest: DigestMode,
) -> Result<Redirect> {
    let mut fields = delivery.into_fields()?;
    let signature = take_signature(&mut fields)?;
    let mut signed = Vec::with_capacity(SIGNED.len());
    for name in SIGNED {
        let place = fields.iter().position(|(other, _)| other == name);
        match place.map(|place| fields.remove(place).1) {
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
    let (found, digest) = find(candidates, &signature, keys, digest)?;
    let signed = signed
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value));
    let redirect = Redirect::read(Value::Map(signed.collect()), found.text, digest)?;
    Ok(Redirect {
        other: fields,
        ..redirect
    })
}
