//! Keys: the provider's archive folders, signing and verifying.

mod decrypt;
mod engine;
mod pem;
mod verifying;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64ct::{Base64, Encoding};
use rsa::pkcs1::{DecodeRsaPrivateKey, RsaPrivateKeyRef};
use rsa::pkcs8::der::Decode;
use rsa::pkcs8::{DecodePrivateKey, PrivateKeyInfoRef};
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, Result};
use crate::request::shortened;
use engine::Engine;
pub(crate) use pem::is_pem_text;
pub(crate) use verifying::OpenedSignature;
pub use verifying::{IntoVerifyingKey, VerifyingKey};

/// The smallest RSA key that is accepted, in bits.
const MIN_BITS: usize = 1024;

/// The smallest RSA key that gives no notice, in bits.
const RECOMMENDED_BITS: usize = 2048;

/// The largest RSA key that is accepted, in bits: a larger one is slow enough to be an attack.
const MAX_BITS: usize = 8192;

/// No key file or password of an archive comes near this.
const MAX_FILE: u64 = 64 * 1024;

/// The digest of a signature.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Digest {
    /// SHA-1: what every known working integration of this API uses.
    Sha1,
    /// SHA-256: what some of the provider's samples use.
    Sha256,
}

impl Digest {
    /// `"sha1"` or `"sha256"`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
        }
    }

    fn hash(self, data: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => Sha1::digest(data).to_vec(),
            Self::Sha256 => Sha256::digest(data).to_vec(),
        }
    }

    fn padding(self) -> Pkcs1v15Sign {
        match self {
            Self::Sha1 => Pkcs1v15Sign::new::<Sha1>(),
            Self::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
        }
    }
}

/// Reads `"sha1"` or `"sha256"`.
impl std::str::FromStr for Digest {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "sha1" => Ok(Self::Sha1),
            "sha256" => Ok(Self::Sha256),
            _ => Err(Error::invalid_argument(
                "digest",
                "digest",
                "digest: use \"sha1\" or \"sha256\"",
            )),
        }
    }
}

/// Which digest to use: one, or the one that the provider proves to take.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum DigestMode {
    /// SHA-1 until a read is refused with it and answered with SHA-256 (`docs/decisions/0002-digest-auto.md`).
    #[default]
    Auto,
    /// This one, always.
    Fixed(Digest),
}

/// Reads `"auto"`, `"sha1"` or `"sha256"`.
impl std::str::FromStr for DigestMode {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "auto" => Ok(Self::Auto),
            "sha1" => Ok(Self::Fixed(Digest::Sha1)),
            "sha256" => Ok(Self::Fixed(Digest::Sha256)),
            _ => Err(Error::invalid_argument(
                "digest",
                "digest",
                "digest: use \"auto\", \"sha1\" or \"sha256\"",
            )),
        }
    }
}

impl From<Digest> for DigestMode {
    fn from(digest: Digest) -> Self {
        Self::Fixed(digest)
    }
}

/// A merchant's private key; cheap to clone, safe to share between threads.
///
/// ```no_run
/// let key = alikassa::SigningKey::load("cert/payout")?;
/// let signature = key.sign(b"{\"id\":\"100000536\"}", alikassa::Digest::Sha1)?;
/// # Ok::<(), alikassa::Error>(())
/// ```
#[derive(Clone)]
pub struct SigningKey {
    engine: Arc<Engine>,
    bits: usize,
    public: VerifyingKey,
}

impl SigningKey {
    /// Opens `private.pem` with `password.txt` in a folder as AliKassa's archive unpacks.
    ///
    /// `password.txt` may be missing for an unencrypted key. A byte-order mark and one line end after the
    /// password are not part of it; should the key not open so, the file's bytes are tried as they are.
    ///
    /// # Errors
    /// [`ErrorKind::KeyLoad`], with its [`reason`](Error::reason).
    pub fn load(folder: impl AsRef<Path>) -> Result<Self> {
        let folder = checked_folder(folder.as_ref())?;
        let pem = read_file(&folder.join("private.pem"))?;
        let password = read_password(&folder.join("password.txt"))?;
        Self::open(&pem, password.as_ref())
            .map_err(|failure| failure.at(&folder.join("private.pem")))
    }

    /// Opens a key in PEM form, decrypting it with `password` where it is encrypted.
    ///
    /// The bytes of a `password.txt` will do too: should the key not open with the password as it is, it is tried
    /// without a byte-order mark and one line end.
    ///
    /// # Errors
    /// [`ErrorKind::KeyLoad`], with its [`reason`](Error::reason).
    pub fn from_pem(pem: impl AsRef<[u8]>, password: Option<&[u8]>) -> Result<Self> {
        let password = password.map(Password::given);
        Self::open(pem.as_ref(), password.as_ref()).map_err(Failure::in_memory)
    }

    fn open(pem: &[u8], password: Option<&Password>) -> Result<Self, Failure> {
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
        // An encrypted key carries no checksum: one wrong password in 256 gives valid padding.
        Self::from_der(&der).map_err(|failure| {
            if block.is_encrypted() && matches!(failure.reason, Reason::Malformed) {
                Reason::WrongPassword.failure("the password does not open this key")
            } else {
                failure
            }
        })
    }

    fn from_der(der: &decrypt::KeyDer) -> Result<Self, Failure> {
        let malformed = |_| Reason::Malformed.failure("the key's DER is damaged");
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
                Reason::Unsupported.failure("keys of more than two primes are not supported")
            );
        }
        let bits = bit_length(parts.modulus.as_bytes());
        check_size(bits)?;
        let inconsistent = || Reason::Malformed.failure("the key's numbers do not fit together");
        let key = RsaPrivateKey::from_pkcs1_der(pkcs1).map_err(|_| inconsistent())?;
        let public = VerifyingKey::new(key.to_public_key());
        let engine = Engine::new(key, pkcs1).ok_or_else(inconsistent)?;
        Ok(Self {
            engine: Arc::new(engine),
            bits,
            public,
        })
    }

    /// The base64 `Sign` header for `data`: RSASSA-PKCS1-v1_5 with `digest`.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] should the engine fail, which no input can cause.
    pub fn sign(&self, data: &[u8], digest: Digest) -> Result<String> {
        let signature = self.engine.sign(&digest.hash(data), digest);
        let signature = signature.ok_or_else(|| Error::internal("the RSA engine failed"))?;
        Ok(Base64::encode_string(&signature))
    }

    /// The same signature by the pure-Rust reference engine, some ten times slower: for tests that compare.
    #[doc(hidden)]
    pub fn sign_with_reference_engine(
        pem: &[u8],
        password: Option<&[u8]>,
        data: &[u8],
        digest: Digest,
    ) -> Option<String> {
        let block = pem::first_block(pem).ok()?;
        let key = match decrypt::open(&block, password).ok()? {
            decrypt::KeyDer::Pkcs1(der) => RsaPrivateKey::from_pkcs1_der(&der).ok()?,
            decrypt::KeyDer::Pkcs8(der) => DecodePrivateKey::from_pkcs8_der(&der).ok()?,
        };
        let signature = engine::reference_sign(&key, &digest.hash(data), digest)?;
        Some(Base64::encode_string(&signature))
    }

    /// The size of the key in bits.
    pub fn bits(&self) -> usize {
        self.bits
    }

    /// The public half.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.public
    }

    /// What the key's owner should know: an RSA key under 2048 bits.
    pub fn notice(&self) -> Option<String> {
        (self.bits < RECOMMENDED_BITS).then(|| {
            format!(
                "RSA key of {} bits: make one of 2048 bits in the provider's cabinet",
                self.bits
            )
        })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("bits", &self.bits)
            .finish_non_exhaustive()
    }
}

/// What a `*_cert` option takes: a folder, or a key already open.
///
/// ```no_run
/// use alikassa::{Client, SigningKey};
/// let key = SigningKey::load("cert/payout")?;
/// let client = Client::builder("93d5df06-996c-48c3-9847-348d6b580b80")
///     .payment_cert("cert/payment")?
///     .payout_cert(key)?
///     .build()?;
/// # Ok::<(), alikassa::Error>(())
/// ```
pub trait IntoSigningKey {
    /// Opens the key.
    ///
    /// # Errors
    /// [`ErrorKind::KeyLoad`], with its [`reason`](Error::reason).
    fn into_signing_key(self) -> Result<SigningKey>;
}

impl IntoSigningKey for SigningKey {
    fn into_signing_key(self) -> Result<SigningKey> {
        Ok(self)
    }
}

impl IntoSigningKey for &str {
    fn into_signing_key(self) -> Result<SigningKey> {
        SigningKey::load(self)
    }
}

impl IntoSigningKey for &Path {
    fn into_signing_key(self) -> Result<SigningKey> {
        SigningKey::load(self)
    }
}

impl IntoSigningKey for PathBuf {
    fn into_signing_key(self) -> Result<SigningKey> {
        SigningKey::load(self)
    }
}

/// A password, and what it is if that does not open the key.
struct Password {
    first: Zeroizing<Vec<u8>>,
    second: Option<Zeroizing<Vec<u8>>>,
}

impl Password {
    /// One that a caller names, who may have read it from a file.
    fn given(raw: &[u8]) -> Self {
        Self::either(raw, without_line_end(raw))
    }

    fn from_file(raw: &[u8]) -> Self {
        Self::either(without_line_end(raw), raw)
    }

    fn either(first: &[u8], second: &[u8]) -> Self {
        let keep = |bytes: &[u8]| Zeroizing::new(bytes.to_vec());
        Self {
            first: keep(first),
            second: (first != second).then(|| keep(second)),
        }
    }
}

/// What a file holds, without a byte-order mark and one line end.
fn without_line_end(raw: &[u8]) -> &[u8] {
    let text = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw);
    match text.strip_suffix(b"\n") {
        Some(line) => line.strip_suffix(b"\r").unwrap_or(line),
        None => text,
    }
}

/// Why a key file did not open; becomes an [`Error`] once it is known which file it was.
struct Failure {
    reason: Reason,
    message: String,
}

#[derive(Clone, Copy)]
enum Reason {
    Malformed,
    NeedsPassword,
    NotPem,
    TooSmall,
    Unsupported,
    WrongKind,
    WrongPassword,
}

impl Reason {
    fn failure(self, message: impl Into<String>) -> Failure {
        Failure {
            reason: self,
            message: message.into(),
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::NeedsPassword => "needs_password",
            Self::NotPem => "not_pem",
            Self::TooSmall => "too_small",
            Self::Unsupported => "unsupported",
            Self::WrongKind => "wrong_kind",
            Self::WrongPassword => "wrong_password",
        }
    }
}

impl Failure {
    fn at(self, path: &Path) -> Error {
        let failure = self.advised("keep password.txt beside private.pem");
        let message = format!("{}: {}", path.display(), failure.message);
        key_load(failure.reason.as_str(), message)
    }

    fn in_memory(self) -> Error {
        let failure = self.advised("pass the password");
        key_load(failure.reason.as_str(), failure.message)
    }

    /// Says where a password that is missing belongs.
    fn advised(mut self, password: &str) -> Self {
        if matches!(self.reason, Reason::NeedsPassword) {
            self.message = format!("{}; {password}", self.message);
        }
        self
    }
}

fn key_load(reason: &'static str, message: String) -> Error {
    Error::new(ErrorKind::KeyLoad, message).with_reason(reason)
}

fn wrong_kind(label: &str, wanted: &str) -> Failure {
    let label = shortened(label);
    Reason::WrongKind.failure(format!("this is a {label}, and {wanted} is needed"))
}

fn checked_folder(folder: &Path) -> Result<&Path> {
    if is_pem_text(folder) {
        let message = "this is a key and not a folder; open it with from_pem";
        return Err(key_load("not_found", message.to_owned()));
    }
    Ok(folder)
}

fn read_file(path: &Path) -> Result<Vec<u8>> {
    read_limited(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => key_load(
            "not_found",
            format!(
                "{}: no such file; name the folder the provider's archive unpacks to",
                path.display()
            ),
        ),
        _ => key_load("unreadable", format!("{}: {error}", path.display())),
    })
}

fn read_password(path: &Path) -> Result<Option<Password>> {
    match read_limited(path) {
        Ok(raw) => Ok(Some(Password::from_file(&Zeroizing::new(raw)))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(key_load(
            "unreadable",
            format!("{}: {error}", path.display()),
        )),
    }
}

fn read_limited(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let file = std::fs::File::open(path)?;
    // A device or a pipe in place of the file must not hang or fill the memory.
    if !file.metadata()?.is_file() {
        return Err(std::io::Error::other("not a regular file"));
    }
    let mut bytes = Vec::new();
    file.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(std::io::Error::other("longer than 64 KiB"));
    }
    Ok(bytes)
}

fn check_algorithm(oid: &rsa::pkcs8::ObjectIdentifier) -> Result<(), Failure> {
    const RSA_PSS: &str = "1.2.840.113549.1.1.10";
    if *oid == rsa::pkcs1::ALGORITHM_OID {
        Ok(())
    } else if oid.to_string() == RSA_PSS {
        Err(Reason::Unsupported
            .failure("this key is for RSA-PSS only; the provider uses PKCS#1 v1.5"))
    } else {
        Err(Reason::WrongKind.failure(format!("this is no RSA key (algorithm {oid})")))
    }
}

fn check_size(bits: usize) -> Result<(), Failure> {
    if bits < MIN_BITS {
        Err(Reason::TooSmall.failure(format!(
            "an RSA key of {bits} bits is too small: 1024 is the least"
        )))
    } else if bits > MAX_BITS {
        Err(Reason::Unsupported.failure(format!(
            "an RSA key of {bits} bits is too large: 8192 is the most"
        )))
    } else {
        Ok(())
    }
}

fn pkcs1_bits(der: &[u8]) -> Option<usize> {
    let parts = rsa::pkcs1::RsaPublicKeyRef::from_der(der).ok()?;
    Some(bit_length(parts.modulus.as_bytes()))
}

fn bit_length(big_endian: &[u8]) -> usize {
    let significant = big_endian.iter().skip_while(|byte| **byte == 0);
    let first = significant
        .clone()
        .next()
        .map_or(0, |byte| byte.leading_zeros() as usize);
    significant.count() * 8 - first
}
