//! Keys: loading them from the provider's archive folders, signing and verifying.

mod checks;
mod decrypt;
mod digest;
mod engine;
mod error;
mod external;
mod files;
mod into_key;
mod pem;
#[cfg(feature = "postgresql")]
pub(crate) mod random;
mod signing;
mod verifying;

pub use digest::{Digest, DigestMode};
pub(crate) use external::TIMEOUT;
pub use external::{ExternalSigner, SignatureRequest, SignerError};
pub use into_key::IntoKey;
pub use signing::SigningKey;
pub(crate) use verifying::RecoveredSignature;
pub use verifying::VerifyingKey;
