//! The provider's half of the certificate for notifications.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs8::DecodePrivateKey as _;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use sha1::Digest as _;

use super::options::{Encoding, Seal};
use super::php::{self, Pairs};
use crate::Fallible;
use crate::signature::Digest;

/// Signs what goes to the merchant. The library of the signature checks signs nothing over SHA-1.
pub(crate) struct Signer {
    key: RsaPrivateKey,
    other_key: RsaPrivateKey,
}

impl Signer {
    /// Takes PKCS#8, as DER.
    pub(crate) fn new(key: &[u8], other_key: &[u8]) -> Fallible<Self> {
        Ok(Self {
            key: RsaPrivateKey::from_pkcs8_der(key)?,
            other_key: RsaPrivateKey::from_pkcs8_der(other_key)?,
        })
    }

    /// The parameter `sign` of a message, good or not; nothing where it is to be missing.
    pub(super) fn sign(
        &self,
        pairs: &Pairs,
        encoding: Encoding,
        digest: Digest,
        seal: Seal,
    ) -> Option<String> {
        let text = |pairs: &Pairs| php::json(pairs, encoding);
        let good = || signature(&self.key, digest, &text(pairs));
        let bytes = match seal {
            Seal::Missing => return None,
            Seal::Good => good(),
            Seal::Flipped => flipped(good()),
            Seal::Truncated => halved(good()),
            Seal::OtherKey => signature(&self.other_key, digest, &text(pairs)),
            Seal::OtherBody => signature(&self.key, digest, &text(&elsewhere(pairs))),
        };
        Some(STANDARD.encode(bytes))
    }
}

fn signature(key: &RsaPrivateKey, digest: Digest, text: &str) -> Vec<u8> {
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
        reason = "2048 bits hold either digest, and the key was validated"
    )]
    signature.expect("signable")
}

fn flipped(mut signature: Vec<u8>) -> Vec<u8> {
    if let Some(last) = signature.last_mut() {
        *last ^= 1;
    }
    signature
}

fn halved(mut signature: Vec<u8>) -> Vec<u8> {
    signature.truncate(signature.len() / 2);
    signature
}

fn elsewhere(pairs: &Pairs) -> Pairs {
    let mut pairs = pairs.clone();
    for (_, value) in pairs.iter_mut().filter(|(name, _)| name == "order_id") {
        *value = "somebody else's".into();
    }
    pairs
}
