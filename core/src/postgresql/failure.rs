//! Why a statement has no answer, and what that says of its effect.

use std::fmt;
use std::io;

use fallible_iterator::FallibleIterator as _;
use postgres_protocol::message::backend::ErrorFields;

/// How much of a server's message is shown, in characters.
const MAX_MESSAGE: usize = 500;

/// A statement without an answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// No byte of it was written.
    NotSent(Reason),
    /// The server refused it, so it had no effect.
    Refused(Refusal),
    /// It was written, at least in part, and no clear answer arrived. It may have had its effect,
    /// and may still have it.
    Unclear(Reason),
}

/// What went wrong, and what to do if that is known.
#[derive(Debug)]
pub(crate) struct Reason {
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

impl Reason {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: None,
        }
    }

    pub(super) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same reason with what it is about in front.
    pub(super) fn about(mut self, name: impl fmt::Display) -> Self {
        self.message = format!("{name}: {}", self.message);
        self
    }
}

impl From<io::Error> for Reason {
    fn from(error: io::Error) -> Self {
        Self::new(match error.kind() {
            io::ErrorKind::TimedOut => "no answer in time".to_owned(),
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::BrokenPipe => "the server closed the connection".to_owned(),
            _ => error.to_string(),
        })
    }
}

/// An error that the server reports.
#[derive(Debug, Default)]
pub(crate) struct Refusal {
    /// Five letters and digits, such as `42P01`.
    pub(crate) sqlstate: String,
    pub(crate) message: String,
    /// `ERROR`, `FATAL`, `PANIC`, or that of a notice, such as `WARNING`.
    pub(super) severity: String,
}

impl Refusal {
    /// Without the detail, which can have values of a row.
    pub(super) fn read(mut fields: ErrorFields<'_>) -> io::Result<Self> {
        let mut refusal = Self::default();
        while let Some(field) = fields.next()? {
            let text = String::from_utf8_lossy(field.value_bytes());
            match field.type_() {
                b'C' => refusal.sqlstate = text.into_owned(),
                b'M' => refusal.message = text.chars().take(MAX_MESSAGE).collect(),
                b'V' => refusal.severity = text.into_owned(),
                // In the server's language; servers before 9.6 have no other.
                b'S' if refusal.severity.is_empty() => refusal.severity = text.into_owned(),
                _ => {}
            }
        }
        Ok(refusal)
    }

    /// Whether the session ended, or the database: then the commit may be done or not.
    pub(super) fn ends_the_session(&self) -> bool {
        self.severity != "ERROR"
            || self.sqlstate.starts_with("57P0")
            || self.sqlstate.starts_with("08")
    }

    /// Whether a commit is not as durable as it should be. PostgreSQL says so of a commit whose wait
    /// for a standby was cancelled.
    pub(super) fn is_warning(&self) -> bool {
        self.severity == "WARNING" && self.sqlstate == "01000"
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.sqlstate)
    }
}
