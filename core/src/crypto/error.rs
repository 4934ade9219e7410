//! Errors of loading keys.

use std::path::Path;

use crate::error::{Error, ErrorKind};
use crate::types::text::shortened;

/// Why a key could not be loaded. It becomes an [`Error`] when the path of its file is added.
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
        let failure = self.with_password_advice("keep password.txt next to private.pem");
        let message = format!("{}: {}", path.display(), failure.message);
        key_load(failure.reason.as_str(), message)
    }

    pub(super) fn in_memory(self) -> Error {
        let failure = self.with_password_advice("pass the password");
        key_load(failure.reason.as_str(), failure.message)
    }

    /// Says where the missing password is read from.
    fn with_password_advice(mut self, advice: &str) -> Self {
        if matches!(self.reason, Reason::NeedsPassword) {
            self.message = format!("{}; {advice}", self.message);
        }
        self
    }
}

pub(super) fn key_load(reason: &'static str, message: String) -> Error {
    Error::new(ErrorKind::KeyLoad, message).with_reason(reason)
}

pub(super) fn wrong_kind(label: &str, expected: &str) -> Failure {
    let label = shortened(label);
    Reason::WrongKind.failure(format!("this is a {label}; {expected} is required"))
}
