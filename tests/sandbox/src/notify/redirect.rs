//! The redirect of the payer's browser to the merchant.

use serde::{Deserialize, Serialize};

use super::options::{Encoding, SignatureKind};
use super::php;
use super::signer::Signer;
use crate::fields::{OrderRef, text_or_number};
use crate::signature::Digest;

/// Selects a payment for a redirect, and its signature.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redirect {
    #[serde(default, deserialize_with = "text_or_number")]
    id: Option<String>,
    order_id: Option<String>,
    #[serde(default)]
    encoding: Encoding,
    #[serde(default)]
    digest: Digest,
    #[serde(default)]
    signature: SignatureKind,
}

/// The form that the payer's browser posts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Redirected {
    /// The merchant's id.
    pub order_id: String,
    /// The payment's uuid.
    pub uuid: String,
    /// The signature, unless it is omitted.
    pub sign: Option<String>,
    /// The other three fields as a form body.
    pub form: String,
    /// The text that a valid signature signs.
    pub signed_text: String,
}

impl Redirect {
    /// For the payment with this `order_id`, or the latest of several.
    pub fn order_id(order_id: impl Into<String>) -> Self {
        Self {
            order_id: Some(order_id.into()),
            ..Self::default()
        }
    }

    /// For the payment with this `id`.
    pub fn id(id: u64) -> Self {
        Self {
            id: Some(id.to_string()),
            ..Self::default()
        }
    }

    /// The encoding of the signed text.
    #[must_use]
    pub fn encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = encoding;
        self
    }

    /// The digest of the signature.
    #[must_use]
    pub fn digest(mut self, digest: Digest) -> Self {
        self.digest = digest;
        self
    }

    /// Makes the signature invalid, or omits it.
    #[must_use]
    pub fn signature(mut self, signature: SignatureKind) -> Self {
        self.signature = signature;
        self
    }

    pub(super) fn order_ref(&self) -> OrderRef {
        OrderRef {
            id: self.id.clone(),
            order_id: self.order_id.clone(),
        }
    }
}

impl Redirected {
    pub(super) fn new(
        redirect: &Redirect,
        (order_id, uuid): (String, String),
        signer: &Signer,
    ) -> Self {
        let Redirect {
            encoding,
            digest,
            signature,
            ..
        } = *redirect;
        let pair = |name: &str, value: &str| (name.to_owned(), value.into());
        let mut pairs = vec![pair("order_id", &order_id), pair("uuid", &uuid)];
        let signed_text = php::json(&pairs, encoding);
        let sign = signer.sign(&pairs, encoding, digest, signature);
        pairs.extend(sign.iter().map(|sign| pair("sign", sign)));
        Self {
            form: php::query(&pairs),
            order_id,
            uuid,
            sign,
            signed_text,
        }
    }
}
