//! Errors whose source is not of this crate: those of external signers.

use std::error::Error as StdError;

use super::{Error, ErrorKind};

impl Error {
    /// The failure of an external signer.
    #[doc(hidden)]
    pub fn signing(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Signing, message).with_reason(reason)
    }

    /// The same error with its source. No message repeats its text, which may contain secrets.
    #[doc(hidden)]
    #[must_use]
    pub fn with_foreign(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.foreign = Some(source.into().into());
        self
    }

    /// The source of an error that code outside this crate caused.
    #[doc(hidden)]
    pub fn foreign(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.foreign.as_ref().map(|source| &**source as _)
    }

    /// The same error about the option of this name.
    pub(crate) fn about_option(self, name: &str) -> Self {
        let mut error = self.about(name);
        error.0.field = Some(name.to_owned());
        error
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let cause = self.0.cause.as_ref().map(|cause| cause as _);
        cause.or_else(|| self.foreign())
    }
}
