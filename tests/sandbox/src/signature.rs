//! Checks which certificate and digest a request is signed with.

use aws_lc_rs::digest;
use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, RsaParameters,
    UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// The digest of a signature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Digest {
    /// The default of PHP's `openssl_sign`.
    #[default]
    Sha1,
    /// Used by some of the provider's samples.
    Sha256,
}

/// The digests that a signature may have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum DigestPolicy {
    /// SHA-1 only.
    Sha1,
    /// SHA-256 only.
    Sha256,
    /// Either.
    #[default]
    Any,
}

/// The certificate that a request is signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Certificate {
    /// For all paths under `v1/payment`.
    Payment,
    /// For all paths under `v1/payout` and `v1/account`.
    Payout,
}

/// The merchant's public keys in SPKI DER.
pub(crate) struct PublicKeys {
    pub(crate) payment: Vec<u8>,
    pub(crate) payout: Vec<u8>,
}

/// The result of verifying the header `Sign`.
#[derive(Clone, Copy)]
pub(crate) enum SignatureCheck {
    Missing,
    NotBase64,
    NoMatch,
    Match(Certificate, Digest),
}

impl PublicKeys {
    /// Tries every certificate and digest, so that an error message can name the mistake.
    pub(crate) fn validator(&self, sign: Option<&str>, body: &[u8]) -> SignatureCheck {
        let Some(sign) = sign else {
            return SignatureCheck::Missing;
        };
        let Ok(signature) = STANDARD.decode(sign) else {
            return SignatureCheck::NotBase64;
        };
        for certificate in [Certificate::Payment, Certificate::Payout] {
            for digest in [Digest::Sha1, Digest::Sha256] {
                let key = UnparsedPublicKey::new(digest.algorithm(), self.of(certificate));
                if key.verify(body, &signature).is_ok() {
                    return SignatureCheck::Match(certificate, digest);
                }
            }
        }
        SignatureCheck::NoMatch
    }

    fn of(&self, certificate: Certificate) -> &[u8] {
        match certificate {
            Certificate::Payment => &self.payment,
            Certificate::Payout => &self.payout,
        }
    }
}

impl SignatureCheck {
    pub(crate) fn certificate(self) -> Option<Certificate> {
        match self {
            Self::Match(certificate, _) => Some(certificate),
            _ => None,
        }
    }

    pub(crate) fn digest(self) -> Option<Digest> {
        match self {
            Self::Match(_, digest) => Some(digest),
            _ => None,
        }
    }

    /// Why a request that must be signed with `expected` is rejected.
    pub(crate) fn refusal(
        self,
        expected: Certificate,
        policy: DigestPolicy,
        body: &[u8],
    ) -> Option<String> {
        let reason = match self {
            Self::Missing => "the header Sign is missing".to_owned(),
            Self::NotBase64 => "the header Sign is not base64 without line breaks".to_owned(),
            Self::NoMatch => "the signature does not match the body".to_owned(),
            Self::Match(certificate, _) if certificate != expected => {
                format!("the {} certificate made the signature", certificate.name())
            }
            Self::Match(_, digest) if !policy.allows(digest) => {
                format!(
                    "the signature is over {}, which is not accepted here",
                    digest.name()
                )
            }
            Self::Match(..) => return None,
        };
        Some(format!(
            "Signature refused: {reason}. Verified with the {} certificate: {} bytes, SHA-256 {}.",
            expected.name(),
            body.len(),
            hex::encode(digest::digest(&digest::SHA256, body)),
        ))
    }
}

impl Digest {
    fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
        }
    }

    fn algorithm(self) -> &'static RsaParameters {
        match self {
            Self::Sha1 => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &RSA_PKCS1_2048_8192_SHA256,
        }
    }
}

impl DigestPolicy {
    fn allows(self, digest: Digest) -> bool {
        match self {
            Self::Sha1 => digest == Digest::Sha1,
            Self::Sha256 => digest == Digest::Sha256,
            Self::Any => true,
        }
    }
}

impl Certificate {
    fn name(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Payout => "payout",
        }
    }
}
