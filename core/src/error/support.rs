//! What the provider's support needs to find a request in its logs.

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::error::outcome::Phase;
use crate::types::value::Value;

/// What was sent and received, for the provider's support: the provider asks for logs of the
/// request and the response.
///
/// It contains no key and no card number: these are masked as in
/// [`Error::server_message`](crate::Error::server_message), and so is every other number of 12
/// digits or more. The response can contain other personal data.
///
/// ```no_run
/// # fn call(client: &alikassa::Client) {
/// if let Err(error) = client.account().balance() {
///     if let Some(support) = error.support() {
///         println!("{}", support.to_text());
///     }
/// }
/// # }
/// ```
#[derive(Clone)]
pub struct Support(Arc<Exchange>);

/// One attempt to send the request.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct SupportAttempt {
    /// When it started, in milliseconds since 1970.
    pub time_ms: i64,
    /// How long it took, in milliseconds.
    pub duration_ms: i64,
    /// The HTTP status of the response.
    pub http_status: Option<u16>,
    /// The code of the error if there is no response, such as `transport`.
    pub code: Option<&'static str>,
    /// How far the request got before the network failed.
    pub phase: Option<Phase>,
}

/// What was sent and received, unmasked.
pub(crate) struct Exchange {
    pub(crate) path: Cow<'static, str>,
    pub(crate) request: Vec<u8>,
    pub(crate) sign: String,
    /// Not empty.
    pub(crate) attempts: Vec<SupportAttempt>,
    /// That of the last attempt.
    pub(crate) response: Option<ReceivedBytes>,
    /// Masks it.
    pub(crate) show: fn(&Exchange) -> Shown,
    pub(crate) shown: OnceLock<Shown>,
}

/// The first bytes of a response.
pub(crate) struct ReceivedBytes {
    pub(crate) bytes: Vec<u8>,
    /// Whether there were more.
    pub(crate) is_cut: bool,
}

/// The parts of a record that are made when it is read.
pub(crate) struct Shown {
    pub(crate) body_sha256: Option<String>,
    pub(crate) response: Option<String>,
}

impl Support {
    pub(crate) fn new(exchange: Exchange) -> Self {
        Self(Arc::new(exchange))
    }

    /// When the first attempt started, in milliseconds since 1970.
    pub fn time_ms(&self) -> i64 {
        self.0.attempts.first().map_or(0, |first| first.time_ms)
    }

    /// The path of the request, such as `"v1/payout"`.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// The SHA-256 of the request's body in hexadecimal. None if the body contains a card number or
    /// the number of a recipient: whoever tries all numbers would find it by its hash.
    pub fn body_sha256(&self) -> Option<&str> {
        self.shown().body_sha256.as_deref()
    }

    /// The first 12 characters of the header `Sign` of the last attempt.
    pub fn sign(&self) -> &str {
        &self.0.sign
    }

    /// The HTTP status of the last attempt, if it has a response.
    pub fn http_status(&self) -> Option<u16> {
        self.0.attempts.last()?.http_status
    }

    /// The response to the last attempt, masked, in one line and at most 2000 characters.
    pub fn response(&self) -> Option<&str> {
        self.shown().response.as_deref()
    }

    /// The attempts: the first one, and the last 19.
    pub fn attempts(&self) -> &[SupportAttempt] {
        &self.0.attempts
    }

    /// The record as English text of several lines, to paste into the chat of the provider's
    /// support. Its time is UTC.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        _ = self.write_text(&mut text, true);
        text
    }

    /// The text without the response and the hash of the body: a response can contain personal data,
    /// and whoever knows the rest of a body finds a telephone number by its hash.
    pub(crate) fn to_text_without_content(&self) -> String {
        let mut text = String::new();
        _ = self.write_text(&mut text, false);
        text
    }

    /// Every field by its public name: a binding builds its object from them.
    pub fn fields(&self) -> Vec<(&'static str, Value)> {
        let attempts = self.attempts().iter().map(|attempt| {
            let fields = [
                ("time_ms", attempt.time_ms.into()),
                ("duration_ms", attempt.duration_ms.into()),
                ("http_status", status_value(attempt.http_status)),
                ("code", text_value(attempt.code)),
                ("phase", text_value(attempt.phase.map(Phase::as_str))),
            ];
            Value::Map(fields.map(|(name, value)| (name.to_owned(), value)).into())
        });
        vec![
            ("time_ms", self.time_ms().into()),
            ("path", self.path().into()),
            ("body_sha256", text_value(self.body_sha256())),
            ("sign", self.sign().into()),
            ("http_status", status_value(self.http_status())),
            ("response", text_value(self.response())),
            ("attempts", Value::List(attempts.collect())),
        ]
    }

    fn write_text(&self, text: &mut String, with_content: bool) -> fmt::Result {
        writeln!(text, "Request to the AliKassa merchant API")?;
        writeln!(text, "Time: {} (UTC)", utc(self.time_ms()))?;
        writeln!(text, "Path: POST /{}", self.path())?;
        if with_content {
            let hash = self
                .body_sha256()
                .unwrap_or("not shown, the body contains a number");
            writeln!(text, "SHA-256 of the body: {hash}")?;
        }
        writeln!(text, "Sign begins with: {}", self.sign())?;
        match self.http_status() {
            Some(status) => writeln!(text, "HTTP status: {status}")?,
            None => writeln!(text, "HTTP status: none, there is no response")?,
        }
        if let Some(response) = self.response().filter(|_| with_content) {
            writeln!(text, "Response, with numbers masked: {response}")?;
        }
        for (number, attempt) in (1..).zip(self.attempts()) {
            let start = attempt.time_ms - self.time_ms();
            write!(text, "Attempt {number}: after {start} ms, ")?;
            match (attempt.http_status, attempt.code) {
                (Some(status), _) => write!(text, "HTTP {status}")?,
                (None, code) => write!(text, "no response, {}", code.unwrap_or("internal"))?,
            }
            if let Some(phase) = attempt.phase {
                write!(text, " in the phase {}", phase.as_str())?;
            }
            writeln!(text, ", took {} ms", attempt.duration_ms)?;
        }
        Ok(())
    }

    fn shown(&self) -> &Shown {
        self.0.shown.get_or_init(|| (self.0.show)(&self.0))
    }
}

impl fmt::Debug for Support {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Support")
            .field("time_ms", &self.time_ms())
            .field("path", &self.path())
            .field("http_status", &self.http_status())
            .finish_non_exhaustive()
    }
}

fn text_value(text: Option<&str>) -> Value {
    text.map_or(Value::Null, Value::from)
}

fn status_value(status: Option<u16>) -> Value {
    status.map_or(Value::Null, |status| Value::Integer(status.into()))
}

fn utc(time_ms: i64) -> String {
    let since_1970 = Duration::from_millis(u64::try_from(time_ms).unwrap_or(0));
    let time: SystemTime = UNIX_EPOCH + since_1970;
    httpdate::fmt_http_date(time)
}
