//! Private keys, which sign.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64ct::{Base64, Encoding};
use rsa::pkcs1::{DecodeRsaPrivateKey, RsaPrivateKeyRef};
use rsa::pkcs8::der::Decode;
use rsa::pkcs8::{DecodePrivateKey, PrivateKeyInfoRef};
use rsa::{PrivateKey, PublicKey};

use super::checks::{
    RECOMMENDED_BITS, bit_length, check_algorithm, check_size, has_plausible_sizes,
};
use super::decrypt;
use super::digest::Digest;
use super::engine::{self, Engine};
use super::error::{Failure, Reason};
use super::external::{External, ExternalSigner, SignatureRequest};
use super::files::{Password, checked_folder, read_file, read_password};
use super::into_key::{IntoKey, Load};
use super::pem;
use super::verifying::VerifyingKey;
use crate::error::{Error, Result};

/// How long [`SigningKey::sign`] waits for an external signer.
const MAX_WAIT: Duration = Duration::from_secs(30);

/// A merchant's private key. It is cheap to clone and can be shared between threads.
///
/// ```no_run
/// let key = alikassa::SigningKey::load("cert/payout")?;
/// let signature = key.sign(b"{\"id\":\"100000536\"}", alikassa::Digest::Sha1)?;
/// # Ok::<(), alikassa::Error>(())
/// ```
#[derive(Clone)]
pub struct SigningKey {
    source: Source,
    bits: usize,
    public: VerifyingKey,
}

/// What makes the signatures.
#[derive(Clone)]
enum Source {
    Memory(Arc<Engine>),
    External(Arc<External>),
}

impl SigningKey {
    /// Opens `private.pem` with `password.txt` in a folder with the unpacked archive from AliKassa.
    ///
    /// An unencrypted key needs no `password.txt`. A byte-order mark and one line end in it are not
    /// part of the password. If that password does not open the key, the unchanged bytes of the
    /// file are tried.
    ///
    /// # Errors
    /// [`KeyLoad`](crate::ErrorKind::KeyLoad), with its [`reason`](Error::reason).
    pub fn load(folder: impl AsRef<Path>) -> Result<Self> {
        let folder = checked_folder(folder.as_ref())?;
        let pem = read_file(&folder.join("private.pem"))?;
        let password = read_password(&folder.join("password.txt"))?;
        Self::open(&pem, password.as_ref())
            .map_err(|failure| failure.at(&folder.join("private.pem")))
    }

    /// Opens a key in PEM form. `password` decrypts it if it is encrypted.
    ///
    /// If the password does not open the key, it is tried without a byte-order mark and one line
    /// end. So the bytes of a `password.txt` can be passed unchanged.
    ///
    /// # Errors
    /// [`KeyLoad`](crate::ErrorKind::KeyLoad), with its [`reason`](Error::reason).
    ///
    /// ```no_run
    /// let pem = std::fs::read("private.pem")?;
    /// let key = alikassa::SigningKey::from_pem(pem, Some(b"password"))?;
    /// println!("{} bits", key.bits());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_pem(pem: impl AsRef<[u8]>, password: Option<&[u8]>) -> Result<Self> {
        let password = password.map(Password::from_caller);
        Self::open(pem.as_ref(), password.as_ref()).map_err(Failure::in_memory)
    }

    /// A key whose private part is in an HSM, a KMS or another program, which `signer` asks for each
    /// signature.
    ///
    /// The public key is that of the certificate: a folder with its `public.pem`, or a
    /// [`VerifyingKey`]. Each signature is verified with it before it is used, so that a wrong one is
    /// never sent.
    ///
    /// With the digest `auto` the signer is asked for SHA-1 and SHA-256. With a ledger it signs one
    /// text that is no request, with SHA-256, whatever the digest of requests is
    /// (`docs/decisions/0021-external-signers.md`).
    ///
    /// # Errors
    /// [`KeyLoad`](crate::ErrorKind::KeyLoad) for the public key.
    ///
    /// ```no_run
    /// use alikassa::{Digest, SigningKey, VerifyingKey};
    /// # fn ask_the_kms(_: &[u8], _: Digest) -> std::io::Result<Vec<u8>> { Ok(Vec::new()) }
    /// let public_key = VerifyingKey::from_pem(std::fs::read("public.pem")?)?;
    /// let key = SigningKey::external(public_key, |message: &[u8], digest: Digest| {
    ///     Ok(ask_the_kms(message, digest)?)
    /// })?;
    /// println!("{} bits", key.bits());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn external(
        public_key: impl IntoKey<VerifyingKey>,
        signer: impl ExternalSigner,
    ) -> Result<Self> {
        let public = public_key.into_key()?;
        Ok(Self::with_external(External::blocking(public, signer)))
    }

    /// An external key for a binding. `start` does not wait for the signature.
    #[doc(hidden)]
    #[must_use]
    pub fn started_by(
        public: VerifyingKey,
        start: impl Fn(SignatureRequest) + Send + Sync + 'static,
    ) -> Self {
        Self::with_external(External::new(public, start))
    }

    fn with_external(external: External) -> Self {
        let public = external.public().clone();
        Self {
            source: Source::External(Arc::new(external)),
            bits: public.bits(),
            public,
        }
    }

    fn open(pem: &[u8], password: Option<&Password>) -> Result<Self, Failure> {
        let opened = Self::open_block(pem, password);
        wipe_stack();
        opened
    }

    fn open_block(pem: &[u8], password: Option<&Password>) -> Result<Self, Failure> {
        let block = pem::first_block(pem)?;
        let Some(password) = password else {
            return Self::from_der(&decrypt::open(&block, None)?);
        };
        let first = Self::with_password(&block, &password.first);
        match (&first, &password.second) {
            (
                Err(Failure {
                    reason: Reason::WrongPassword,
                    ..
                }),
                Some(second),
            ) => Self::with_password(&block, second).or(first),
            _ => first,
        }
    }

    fn with_password(block: &pem::Block, password: &[u8]) -> Result<Self, Failure> {
        let der = decrypt::open(block, Some(password))?;
        // An encrypted key has no checksum: one wrong password in 256 results in valid padding.
        Self::from_der(&der).map_err(|failure| {
            if block.is_encrypted() && matches!(failure.reason, Reason::Malformed) {
                Reason::WrongPassword.failure("the password does not open this key")
            } else {
                failure
            }
        })
    }

    fn from_der(der: &decrypt::KeyDer) -> Result<Self, Failure> {
        let malformed = |_| Reason::Malformed.failure("the DER of the key is damaged");
        let pkcs1 = match der {
            decrypt::KeyDer::Pkcs1(pkcs1) => pkcs1.as_slice(),
            decrypt::KeyDer::Pkcs8(pkcs8) => {
                let info = PrivateKeyInfoRef::from_der(pkcs8).map_err(malformed)?;
                check_algorithm(&info.algorithm.oid)?;
                info.private_key.as_bytes()
            }
        };
        let parts = RsaPrivateKeyRef::from_der(pkcs1).map_err(malformed)?;
        if parts.other_prime_infos.is_some() {
            return Err(
                Reason::Unsupported.failure("keys with more than two primes are not supported")
            );
        }
        let bits = bit_length(parts.modulus.as_bytes());
        check_size(bits)?;
        let inconsistent = || Reason::Malformed.failure("the numbers of the key are inconsistent");
        if !has_plausible_sizes(&parts) {
            return Err(inconsistent());
        }
        let public = PublicKey::try_from(parts.public_key()).map_err(|_| inconsistent())?;
        let public = VerifyingKey::new(public);
        let engine = Engine::new(pkcs1).ok_or_else(inconsistent)?;
        Ok(Self {
            source: Source::Memory(Arc::new(engine)),
            bits,
            public,
        })
    }

    /// Returns the base64 `Sign` header for `data`: RSASSA-PKCS1-v1_5 with `digest`.
    ///
    /// # Errors
    /// [`Signing`](crate::ErrorKind::Signing) if an external signer makes no valid signature within
    /// 30 s. [`Internal`](crate::ErrorKind::Internal) if the engine fails, which no input can cause.
    pub fn sign(&self, data: &[u8], digest: Digest) -> Result<String> {
        self.sign_within(data, digest, MAX_WAIT)
    }

    /// [`sign`](Self::sign) with another limit for the wait for an external signer.
    pub(crate) fn sign_within(
        &self,
        data: &[u8],
        digest: Digest,
        limit: Duration,
    ) -> Result<String> {
        let signature = match &self.source {
            Source::Memory(engine) => engine
                .sign(data, digest)
                .ok_or_else(|| Error::internal("the RSA engine failed"))?,
            Source::External(external) => external.sign(data, digest, limit)?,
        };
        Ok(Base64::encode_string(&signature))
    }

    /// Whether an external signer makes the signatures.
    #[doc(hidden)]
    pub fn is_external(&self) -> bool {
        matches!(self.source, Source::External(_))
    }

    /// The same signature from the pure-Rust reference engine, which is about ten times slower. For
    /// tests that compare the engines.
    #[doc(hidden)]
    pub fn sign_with_reference_engine(
        pem: &[u8],
        password: Option<&[u8]>,
        data: &[u8],
        digest: Digest,
    ) -> Option<String> {
        let block = pem::first_block(pem).ok()?;
        let key = match decrypt::open(&block, password).ok()? {
            decrypt::KeyDer::Pkcs1(der) => PrivateKey::from_pkcs1_der(&der).ok()?,
            decrypt::KeyDer::Pkcs8(der) => DecodePrivateKey::from_pkcs8_der(&der).ok()?,
        };
        let signature = engine::reference_sign(&key, data, digest)?;
        Some(Base64::encode_string(&signature))
    }

    /// The size of the key in bits.
    pub fn bits(&self) -> usize {
        self.bits
    }

    /// The public key of this key.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.public
    }

    /// A notice for the owner of the key if it has fewer than 2048 bits.
    pub fn notice(&self) -> Option<String> {
        (self.bits < RECOMMENDED_BITS).then(|| {
            format!(
                "RSA key of {} bits: create one of 2048 bits in the provider's cabinet",
                self.bits
            )
        })
    }
}

/// Overwrites the stack below the caller, where hashes and ciphers had the password.
#[inline(never)]
fn wipe_stack() {
    let mut stack = [0_u8; 16 * 1024];
    std::hint::black_box(&mut stack);
}

impl Load for SigningKey {
    fn load(folder: &Path) -> Result<Self> {
        Self::load(folder)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("bits", &self.bits)
            .finish_non_exhaustive()
    }
}
