//! Keys: the provider's archive folders, signing and verifying.

mod checks;
mod decrypt;
mod digest;
mod engine;
mod error;
mod files;
mod pem;
mod signing;
mod verifying;

pub use digest::{Digest, DigestMode};
pub use signing::{IntoSigningKey, SigningKey};
pub(crate) use verifying::RecoveredSignature;
pub use verifying::{IntoVerifyingKey, VerifyingKey};
