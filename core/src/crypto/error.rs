//! Why a key file did not open.

use std::path::Path;

use crate::error::{Error, ErrorKind};
use crate::types::text::shortened;

/// Why a key file did not open; becomes an [`Error`] once it is known which file it was.
pub(super) struct Failure {
    pub(super) reason: Reason,
    pub(super) message: String,
}

#[derive(Clone, Copy)]
pub(super) enum Reason {
    Malformed,
    NeedsPassword,
    NotPem,
    TooSmall,
    Unsupported,
    WrongKind,
    WrongPassword,
}

impl Reason {
    pub(super) fn failure(self, message: impl Into<String>) -> Failure {
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
    pub(super) fn at(self, path: &Path) -> Error {
        let failure = self.advised("keep password.txt beside private.pem");
        let message = format!("{}: {}", path.display(), failure.message);
        key_load(failure.reason.as_str(), message)
    }

    pub(super) fn in_memory(self) -> Error {
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

pub(super) fn key_load(reason: &'static str, message: String) -> Error {
    Error::new(ErrorKind::KeyLoad, message).with_reason(reason)
}

pub(super) fn wrong_kind(label: &str, wanted: &str) -> Failure {
    let label = shortened(label);
    Reason::WrongKind.failure(format!("this is a {label}, and {wanted} is needed"))
}
