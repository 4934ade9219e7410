//! Signs with the provider's private key for notifications.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs8::DecodePrivateKey as _;
use rsa::{Pkcs1v15Sign, PrivateKey};
use sha1::Digest as _;

use super::options::{Encoding, SignatureKind};
use super::php::{self, Pairs};
use crate::BoxResult;
use crate::signature::Digest;

/// Signs messages to the merchant with `rsa`, because aws-lc makes no SHA-1 signatures.
pub(crate) struct Signer {
    key: PrivateKey,
    other_key: PrivateKey,
}

impl Signer {
    /// Loads keys in PKCS#8 DER.
    pub(crate) fn new(key: &[u8], other_key: &[u8]) -> BoxResult<Self> {
        Ok(Self {
            key: PrivateKey::from_pkcs8_der(key)?,
            other_key: PrivateKey::from_pkcs8_der(other_key)?,
        })
    }

    /// The parameter `sign` of a message, valid or not; none if it is omitted.
    pub(super) fn sign(
        &self,
        pairs: &Pairs,
        encoding: Encoding,
        digest: Digest,
        kind: SignatureKind,
    ) -> Option<String> {
        let text = |pairs: &Pairs| php::json(pairs, encoding);
        let valid = || signature(&self.key, digest, &text(pairs));
        let bytes = match kind {
            SignatureKind::Missing => return None,
            SignatureKind::Good => valid(),
            SignatureKind::Flipped => flip_last_bit(valid()),
            SignatureKind::Truncated => truncate(valid()),
            SignatureKind::OtherKey => signature(&self.other_key, digest, &text(pairs)),
            SignatureKind::OtherBody => {
                signature(&self.key, digest, &text(&with_other_order(pairs)))
            }
        };
        Some(STANDARD.encode(bytes))
    }
}

fn signature(key: &PrivateKey, digest: Digest, text: &str) -> Vec<u8> {
    let signature = match digest {
        Digest::Sha1 => {
            let hash = sha1::Sha1::digest(text);
            key.sign(Pkcs1v15Sign::new::<sha1::Sha1>(), &hash)
        }
        Digest::Sha256 => {
            let hash = sha2::Sha256::digest(text);
            key.sign(Pkcs1v15Sign::new::<sha2::Sha256>(), &hash)
        }
    };
    #[expect(
        clippy::expect_used,
        reason = "2048 bits suffice for either digest, and the key was validated"
    )]
    signature.expect("a signature")
}

fn flip_last_bit(mut signature: Vec<u8>) -> Vec<u8> {
    if let Some(last) = signature.last_mut() {
        *last ^= 1;
    }
    signature
}

fn truncate(mut signature: Vec<u8>) -> Vec<u8> {
    signature.truncate(signature.len() / 2);
    signature
}

fn with_other_order(pairs: &Pairs) -> Pairs {
    let mut pairs = pairs.clone();
    for (_, value) in pairs.iter_mut().filter(|(name, _)| name == "order_id") {
        *value = "somebody else's".into();
    }
    pairs
}
