//! Why a command failed, and its exit code.

use std::fmt::{self, Display};
use std::process::ExitCode;

use alikassa::Error;
use anstream::eprintln;
use serde_json::{Value as Json, json};

use crate::json;
use crate::output::{self, Output};

/// The request was made and failed.
pub(crate) const FAILED: u8 = 1;

/// The arguments or the settings are wrong: nothing was sent.
pub(crate) const USAGE: u8 = 2;

/// The provider may have made an order whose outcome is unknown.
pub(crate) const UNKNOWN: u8 = 3;

pub(crate) enum Failure {
    /// An error of the library.
    Library(Box<Error>),
    /// Wrong arguments or settings.
    Usage(String),
}

impl Failure {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    /// A file that cannot be read or written.
    pub(crate) fn file(path: impl Display, error: &std::io::Error) -> Self {
        Self::Usage(format!("{path}: {error}"))
    }

    /// What is wrong, without the advice of the library.
    pub(crate) fn message(self) -> String {
        match self {
            Self::Library(error) => error.message().to_owned(),
            Self::Usage(message) => message,
        }
    }

    /// Prints the failure and returns the exit code.
    pub(crate) fn report(&self, output: &Output) -> ExitCode {
        if output.is_json() {
            output::json(&self.json());
        } else {
            eprintln!("{self}");
        }
        ExitCode::from(match self {
            Self::Library(error) if error.operation().is_some() && error.attempts() > 0 => FAILED,
            _ => USAGE,
        })
    }

    pub(crate) fn json(&self) -> Json {
        match self {
            Self::Library(error) => json::error(error),
            Self::Usage(message) => json!({ "error": { "message": message } }),
        }
    }
}

/// The line for the standard error.
impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Library(error) => write!(f, "alikassa: {error}"),
            Self::Usage(message) => write!(f, "alikassa: {message}"),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Library(Box::new(error))
    }
}
