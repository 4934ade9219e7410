//! The payer coming back to the merchant's page.

use serde::{Deserialize, Serialize};

use super::options::{Encoding, Seal};
use super::php;
use super::signer::Signer;
use crate::fields::{Names, text_or_number};
use crate::signature::Digest;

/// Which payment's payer comes back, and with what signature.
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
    signature: Seal,
}

/// What the payer's browser posts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Redirected {
    /// The merchant's id.
    pub order_id: String,
    /// The payment's uuid.
    pub uuid: String,
    /// The signature, unless it is to be missing.
    pub sign: Option<String>,
    /// These three as the body of the post.
    pub form: String,
    /// What a good signature is over.
    pub signed_text: String,
}

impl Redirect {
    /// Of the payment that has this `order_id`; the latest, if several have it.
    pub fn order_id(order_id: impl Into<String>) -> Self {
        Self {
            order_id: Some(order_id.into()),
            ..Self::default()
        }
    }

    /// Of the payment that has this `id`.
    pub fn id(id: u64) -> Self {
        Self {
            id: Some(id.to_string()),
            ..Self::default()
        }
    }

    /// How the signed text is written.
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

    /// A signature that is none, or does not fit.
    #[must_use]
    pub fn signature(mut self, signature: Seal) -> Self {
        self.signature = signature;
        self
    }

    pub(super) fn names(&self) -> Names {
        Names {
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
