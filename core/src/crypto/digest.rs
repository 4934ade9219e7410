//! The digests of signatures.

use rsa::Pkcs1v15Sign;
use sha1::Sha1;
use sha2::Sha256;

use crate::error::{Error, Result};

/// The digest of a signature.
///
/// ```
/// use alikassa::Digest;
/// assert_eq!("sha256".parse::<Digest>()?, Digest::Sha256);
/// assert_eq!(Digest::Sha1.as_str(), "sha1");
/// # Ok::<(), alikassa::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Digest {
    /// SHA-1. Every known integration of this API uses it.
    Sha1,
    /// SHA-256. Some of the provider's samples use it.
    Sha256,
}

impl Digest {
    /// Every digest, for the bindings.
    #[doc(hidden)]
    pub const ALL: [Self; 2] = [Self::Sha1, Self::Sha256];

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

/// Parses `"sha1"` or `"sha256"`.
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

/// Which digest to use: a fixed one, or the one that the provider accepts.
///
/// ```
/// use alikassa::{Digest, DigestMode};
/// assert_eq!("auto".parse::<DigestMode>()?, DigestMode::Auto);
/// assert_eq!(DigestMode::from(Digest::Sha1), DigestMode::Fixed(Digest::Sha1));
/// # Ok::<(), alikassa::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum DigestMode {
    /// SHA-1 first. If a read is refused with it and succeeds with SHA-256, SHA-256 is used from
    /// then on (`docs/decisions/0002-digest-auto.md`). Notifications are verified with both.
    #[default]
    Auto,
    /// Always this digest.
    Fixed(Digest),
}

impl DigestMode {
    /// The words that it is parsed from.
    pub(crate) const WORDS: &'static [&'static str] = &["auto", "sha1", "sha256"];
}

/// Parses `"auto"`, `"sha1"` or `"sha256"`.
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
