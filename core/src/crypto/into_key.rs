//! The values that an option for a certificate accepts.

use std::path::{Path, PathBuf};

use crate::error::Result;

/// A value for an option that is a certificate: the path of a folder, or a key.
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
pub trait IntoKey<K> {
    /// Opens the key.
    ///
    /// # Errors
    /// [`KeyLoad`](crate::ErrorKind::KeyLoad), with its [`reason`](crate::Error::reason).
    fn into_key(self) -> Result<K>;
}

impl<K: Load> IntoKey<K> for K {
    fn into_key(self) -> Result<K> {
        Ok(self)
    }
}

impl<K: Load> IntoKey<K> for &str {
    fn into_key(self) -> Result<K> {
        K::load(self.as_ref())
    }
}

impl<K: Load> IntoKey<K> for &Path {
    fn into_key(self) -> Result<K> {
        K::load(self)
    }
}

impl<K: Load> IntoKey<K> for PathBuf {
    fn into_key(self) -> Result<K> {
        K::load(&self)
    }
}

/// A key that is loaded from a folder.
pub trait Load: Sized {
    #[doc(hidden)]
    fn load(folder: &Path) -> Result<Self>;
}
