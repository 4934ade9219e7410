//! Public keys, which verify signatures.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use base64ct::{Base64, Encoding};
use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::pkcs8::DecodePublicKey;
use rsa::traits::PublicKeyParts;
use rsa::{BoxedUint, PublicKey, hazmat};

use super::checks::{check_algorithm, check_size, pkcs1_bits};
use super::digest::{Digest, DigestMode};
use super::engine::hash;
use super::error::{Failure, Reason, wrong_kind};
use super::files::{checked_folder, read_file};
use super::into_key::Load;
use super::pem;
use crate::error::{Error, ErrorKind, Result};

/// A public key, which verifies signatures. It is cheap to clone and can be shared between threads.
///
/// ```no_run
/// use alikassa::{DigestMode, VerifyingKey};
/// let key = VerifyingKey::load("cert/notification")?;
/// let digest = key.verify(b"data", "c2lnbmF0dXJl", DigestMode::Auto)?;
/// println!("signed with {}", digest.as_str());
/// # Ok::<(), alikassa::Error>(())
/// ```
#[derive(Clone)]
pub struct VerifyingKey {
    key: Arc<PublicKey>,
}

impl VerifyingKey {
    /// Opens `public.pem` in a folder with the unpacked archive from AliKassa.
    ///
    /// # Errors
    /// [`ErrorKind::KeyLoad`], with its [`reason`](Error::reason).
    pub fn load(folder: impl AsRef<Path>) -> Result<Self> {
        let path = checked_folder(folder.as_ref())?.join("public.pem");
        let pem = read_file(&path)?;
        Self::open(&pem).map_err(|failure| failure.at(&path))
    }

    /// Opens a public key or a certificate in PEM form.
    ///
    /// # Errors
    /// [`ErrorKind::KeyLoad`], with its [`reason`](Error::reason).
    pub fn from_pem(pem: impl AsRef<[u8]>) -> Result<Self> {
        Self::open(pem.as_ref()).map_err(Failure::in_memory)
    }

    pub(super) fn new(key: PublicKey) -> Self {
        Self { key: Arc::new(key) }
    }

    fn open(pem: &[u8]) -> Result<Self, Failure> {
        let block = pem::first_block(pem)?;
        let malformed = || Reason::Malformed.failure("the DER of the key is damaged");
        let spki = match block.label.as_str() {
            "PUBLIC KEY" => block.der.to_vec(),
            "CERTIFICATE" => pem::certificate_key(&block.der).ok_or_else(malformed)?,
            "RSA PUBLIC KEY" => {
                check_size(pkcs1_bits(&block.der).ok_or_else(malformed)?)?;
                let key = PublicKey::from_pkcs1_der(&block.der).map_err(|_| malformed())?;
                return Ok(Self::new(key));
            }
            label => return Err(wrong_kind(label, "a public key")),
        };
        let info = rsa::pkcs8::SubjectPublicKeyInfoRef::try_from(spki.as_slice())
            .map_err(|_| malformed())?;
        check_algorithm(&info.algorithm.oid)?;
        let bits = info
            .subject_public_key
            .as_bytes()
            .and_then(pkcs1_bits)
            .ok_or_else(malformed)?;
        check_size(bits)?;
        let key = PublicKey::from_public_key_der(&spki).map_err(|_| malformed())?;
        Ok(Self::new(key))
    }

    /// Verifies the base64 `signature` of `data` and returns the digest that matched.
    ///
    /// # Errors
    /// [`ErrorKind::SignatureMismatch`] if it does not match or is not strict base64.
    pub fn verify(
        &self,
        data: &[u8],
        signature: &str,
        digest: impl Into<DigestMode>,
    ) -> Result<Digest> {
        let recovered = self.recover(signature);
        recovered
            .and_then(|recovered| recovered.digest_of(data, digest.into()))
            .ok_or_else(|| {
                Error::new(
                    ErrorKind::SignatureMismatch,
                    "the signature does not match the data and this key",
                )
            })
    }

    /// Recovers the padded hash from a signature; none if no data can have this signature.
    pub(crate) fn recover(&self, signature: &str) -> Option<RecoveredSignature> {
        self.recover_bytes(&Base64::decode_vec(signature).ok()?)
    }

    fn recover_bytes(&self, signature: &[u8]) -> Option<RecoveredSignature> {
        if signature.len() != self.signature_length() {
            return None;
        }
        let number = BoxedUint::from_be_slice(signature, self.key.n_bits_precision()).ok()?;
        if number >= *self.key.n().as_ref() {
            return None;
        }
        let recovered = hazmat::rsa_encrypt(&*self.key, &number).ok()?.to_be_bytes();
        let (padding, encoded) = recovered.split_at(recovered.len() - self.key.size());
        padding
            .iter()
            .all(|byte| *byte == 0)
            .then(|| RecoveredSignature(encoded.to_vec()))
    }

    /// Whether `signature` is that of `data` with this digest.
    pub(super) fn signed(&self, data: &[u8], signature: &[u8], digest: Digest) -> bool {
        let recovered = self.recover_bytes(signature);
        recovered.is_some_and(|recovered| recovered.digest_of(data, digest.into()).is_some())
    }

    /// How many bytes a signature has.
    pub(super) fn signature_length(&self) -> usize {
        self.key.size()
    }

    /// The size of the key in bits.
    pub fn bits(&self) -> usize {
        self.key.n().bit_width() as usize
    }
}

impl Load for VerifyingKey {
    fn load(folder: &Path) -> Result<Self> {
        Self::load(folder)
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey")
            .field("bits", &self.bits())
            .finish_non_exhaustive()
    }
}

/// The padded hash that was signed. Recovering it is the expensive part of a verification, so it is
/// done once for all forms that a message can have.
pub(crate) struct RecoveredSignature(Vec<u8>);

impl RecoveredSignature {
    /// The digest with which `data` was signed, if it is this signature's data.
    pub(crate) fn digest_of(&self, data: &[u8], mode: DigestMode) -> Option<Digest> {
        let digests: &[Digest] = match mode {
            DigestMode::Auto => &[Digest::Sha1, Digest::Sha256],
            DigestMode::Fixed(Digest::Sha1) => &[Digest::Sha1],
            DigestMode::Fixed(Digest::Sha256) => &[Digest::Sha256],
        };
        let matches = |digest: &&Digest| self.0 == padded(**digest, data, self.0.len());
        digests.iter().find(matches).copied()
    }
}

/// EMSA-PKCS1-v1_5 (RFC 8017, 9.2). The result is compared as a whole, so that nothing received is
/// parsed. `length` is that of a key, which is longer than every digest with its prefix.
fn padded(digest: Digest, data: &[u8], length: usize) -> Vec<u8> {
    let (prefix, hash) = (digest.padding().prefix, hash(data, digest));
    let filling = length - prefix.len() - hash.len() - 3;
    [
        &[0, 1],
        vec![0xff; filling].as_slice(),
        &[0],
        &prefix,
        &hash,
    ]
    .concat()
}
