//! The digests of signatures.

use rsa::Pkcs1v15Sign;
use sha1::Sha1;
use sha2::Sha256;

use crate::error::{Error, Result};

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

    pub(super) fn padding(self) -> Pkcs1v15Sign {
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

impl DigestMode {
    /// The words that it can be read from.
    pub(crate) const WORDS: &'static [&'static str] = &["auto", "sha1", "sha256"];
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
