//! One error type for every way a call can fail, and the table that gives each kind its name in every language.

use std::fmt;
use std::time::Duration;

use crate::types::ledger_row::LedgerRow;
use crate::types::value::Value;

/// What every fallible function of this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed, and what became of the request.
///
/// The type is opaque: ask it by [`kind`](Error::kind) and by its accessors. A message says what to do; it
/// never holds a key, a password, a whole body or a card number, and it is one line. What the provider said in full
/// stands in [`server_message`](Error::server_message) and [`errors`](Error::errors).
///
/// ```
/// let error = alikassa::SigningKey::load("no/such/folder").unwrap_err();
/// assert_eq!(error.kind(), alikassa::ErrorKind::KeyLoad);
/// assert_eq!(error.reason(), Some("not_found"));
/// ```
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone, Default)]
struct Inner {
    kind: ErrorKind,
    message: String,
    hint: Option<String>,
    operation: Option<String>,
    order_id: Option<String>,
    outcome: Option<Outcome>,
    attempts: u32,
    field: Option<String>,
    reason: Option<&'static str>,
    phase: Option<Phase>,
    answer: Option<Box<ErrorResponse>>,
    previous: Option<Previous>,
    cause: Option<Error>,
}

/// The row of the ledger that stands in a create's way.
#[derive(Clone)]
struct Previous {
    row: LedgerRow,
    same_body: bool,
}

/// What the provider answered, kept for the error that reports it.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct ErrorResponse {
    pub(crate) http_status: u16,
    pub(crate) server_message: Option<String>,
    pub(crate) errors: Vec<(String, Vec<String>)>,
    pub(crate) body: Vec<u8>,
    pub(crate) retry_after: Option<Duration>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: one_line(&message.into()),
            ..Inner::default()
        }))
    }

    /// An argument that cannot be sent: the path of the field, the machine-readable reason, and what to do.
    pub fn invalid_argument(
        field: impl Into<String>,
        reason: &'static str,
        message: impl Into<String>,
    ) -> Self {
        let mut error = Self::new(ErrorKind::InvalidArgument, message);
        error.0.field = Some(field.into());
        error.0.reason = Some(reason);
        error
    }

    /// A panic that a boundary caught, with the panic's text.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Internal, message).with_hint(
            "This is a fault in the library: please report it. Check the status of a create before anything else.",
        )
    }

    pub(crate) fn configuration(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Configuration, message)
    }

    pub(crate) fn protocol(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Protocol, message)
    }

    pub(crate) fn transport(phase: Phase, message: impl Into<String>) -> Self {
        let mut error = Self::new(ErrorKind::Transport, message);
        error.0.phase = Some(phase);
        error
    }

    /// A create that may have been carried out, and the error it would have been of a read.
    pub(crate) fn outcome_unknown(phase: Phase, cause: Self) -> Self {
        let message = format!("the outcome is unknown: {}", cause.message());
        let mut error = Self::new(ErrorKind::OutcomeUnknown, message)
            .with_outcome(Outcome::Unknown)
            .with_attempts(cause.attempts())
            .with_hint(
                "the money may have moved: never send it again, not with another order_id either; ask with resolve",
            );
        error.0.phase = Some(phase);
        error.0.cause = Some(cause);
        error
    }

    pub(crate) fn duplicate_order(
        message: impl Into<String>,
        row: LedgerRow,
        same_body: bool,
    ) -> Self {
        let mut error = Self::new(ErrorKind::DuplicateOrder, message);
        error.0.previous = Some(Previous { row, same_body });
        error
    }

    /// The same error as another kind.
    pub(crate) fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    pub(crate) fn with_reason(mut self, reason: &'static str) -> Self {
        self.0.reason = Some(reason);
        self
    }

    pub(crate) fn with_outcome(mut self, outcome: Outcome) -> Self {
        self.0.outcome = Some(outcome);
        self
    }

    pub(crate) fn with_answer(mut self, answer: ErrorResponse) -> Self {
        self.0.answer = Some(Box::new(answer));
        self
    }

    /// The same error, of that call; for a binding that refuses a value before the core sees the call.
    #[doc(hidden)]
    #[must_use]
    pub fn with_call(mut self, operation: &str, order_id: Option<&str>) -> Self {
        self.0.operation = Some(operation.to_owned());
        self.0.order_id = order_id.map(str::to_owned);
        self
    }

    /// The same error, and its cause, after so many attempts.
    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self.0.cause = self.0.cause.map(|cause| cause.with_attempts(attempts));
        self
    }

    /// The kind of failure; what to branch on.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The kind's stable snake-case code, the same in every language: `"validation"`.
    pub fn code(&self) -> &'static str {
        self.0.kind.code()
    }

    /// What went wrong and, where it is short, what to do.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do about it, when there is more to say than the message.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// The operation, `"payouts.status"`, or the path of a raw request; none before a call began.
    pub fn operation(&self) -> Option<&str> {
        self.0.operation.as_deref()
    }

    /// The merchant's `order_id` of the call, when it named one.
    pub fn order_id(&self) -> Option<&str> {
        self.0.order_id.as_deref()
    }

    /// What became of the request; none for a read that reached the wire.
    pub fn outcome(&self) -> Option<Outcome> {
        self.0.outcome
    }

    /// How many requests were begun for this call.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The path of the refused field (`"extra.card_exp_year"`), for [`ErrorKind::InvalidArgument`].
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// The machine-readable reason, for [`ErrorKind::InvalidArgument`] and [`ErrorKind::KeyLoad`].
    pub fn reason(&self) -> Option<&'static str> {
        self.0.reason
    }

    /// How far the request got, for [`ErrorKind::Transport`] and [`ErrorKind::OutcomeUnknown`].
    pub fn phase(&self) -> Option<Phase> {
        self.0.phase
    }

    /// The HTTP status of the answer, when there was one.
    pub fn http_status(&self) -> Option<u16> {
        match &self.0.answer {
            Some(answer) => Some(answer.http_status),
            None if self.kind() == ErrorKind::OutcomeUnknown => self.cause()?.http_status(),
            None => None,
        }
    }

    /// The provider's own `message`, as sent: unlike [`message`](Error::message) it may hold what no log should.
    pub fn server_message(&self) -> Option<&str> {
        self.0.answer.as_ref()?.server_message.as_deref()
    }

    /// The provider's `errors`, as sent: field name and its messages, in the order received; no name where the
    /// provider gave none.
    pub fn errors(&self) -> &[(String, Vec<String>)] {
        self.0.answer.as_ref().map_or(&[], |answer| &answer.errors)
    }

    /// The bytes of the answer, at most 1 MiB; may hold personal data, so do not log it.
    pub fn body(&self) -> Option<&[u8]> {
        self.0.answer.as_ref().map(|answer| answer.body.as_slice())
    }

    /// How long the provider asked to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.answer.as_ref()?.retry_after
    }

    /// The row of the ledger that stands in the way, for [`ErrorKind::DuplicateOrder`].
    pub fn previous(&self) -> Option<&LedgerRow> {
        self.0.previous.as_ref().map(|previous| &previous.row)
    }

    /// Whether [`previous`](Self::previous) was sent with the same body, byte for byte.
    pub fn same_body(&self) -> Option<bool> {
        self.0.previous.as_ref().map(|previous| previous.same_body)
    }

    /// The error that led to this one; of an [`ErrorKind::OutcomeUnknown`] what it would have been of a read.
    pub fn cause(&self) -> Option<&Error> {
        self.0.cause.as_ref()
    }

    /// Every field that is set, under its public name, without [`message`](Error::message), the
    /// [`body`](Error::body) and the [`cause`](Error::cause): what a binding copies onto its own error object.
    pub fn fields(&self) -> Vec<(&'static str, Value)> {
        let text = |value: &str| Value::Text(value.to_owned());
        let mut fields = vec![
            ("code", text(self.code())),
            ("attempts", Value::Integer(self.attempts().into())),
        ];
        let optional = [
            ("hint", self.hint()),
            ("operation", self.operation()),
            ("order_id", self.order_id()),
            ("outcome", self.outcome().map(Outcome::as_str)),
            ("field", self.field()),
            ("reason", self.reason()),
            ("phase", self.phase().map(Phase::as_str)),
            ("server_message", self.server_message()),
        ];
        fields.extend(
            optional
                .into_iter()
                .filter_map(|(name, value)| Some((name, text(value?)))),
        );
        if let Some(status) = self.http_status() {
            fields.push(("http_status", Value::Integer(status.into())));
        }
        if let Some(Previous { row, same_body }) = &self.0.previous {
            let row = row.fields().into_iter();
            let row = row.map(|(name, value)| (name.to_owned(), value));
            fields.push(("previous", Value::Map(row.collect())));
            fields.push(("same_body", Value::Bool(*same_body)));
        }
        if let Some(answer) = &self.0.answer {
            let errors = answer.errors.iter().map(|(field, messages)| {
                let messages = messages.iter().map(|message| text(message)).collect();
                (field.clone(), Value::List(messages))
            });
            fields.push(("errors", Value::Map(errors.collect())));
        }
        fields
    }
}

pub(crate) fn cancelled() -> Error {
    Error::new(ErrorKind::Cancelled, "the call was cancelled")
}

pub(crate) fn closed() -> Error {
    Error::configuration("the client is closed").with_outcome(Outcome::NotSent)
}

/// Some of a message can come from strangers, who must not write lines of their own into a log.
fn one_line(text: &str) -> String {
    let ends_a_line = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.replace(ends_a_line, " ")
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        match &self.0.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(self.kind().class())
            .field("message", &self.message())
            .field("operation", &self.operation())
            .field("order_id", &self.order_id())
            .field("outcome", &self.outcome())
            .field("http_status", &self.http_status())
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.cause.as_ref().map(|cause| cause as _)
    }
}

/// Declares the error kinds once: kind, code, class in Python and Node, parent class, status in C.
macro_rules! error_kinds {
    ($($(#[$doc:meta])* $kind:ident = $status:literal, $code:literal, $class:literal < $parent:literal;)*) => {
        /// What kind of failure an [`Error`] is.
        #[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum ErrorKind {
            $($(#[$doc])* $kind,)*
        }

        impl ErrorKind {
            /// Every kind, in the order of the C status numbers' first use.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// The stable snake-case code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$kind => $code,)* }
            }

            /// The class in Python and Node.
            pub const fn class(self) -> &'static str {
                match self { $(Self::$kind => $class,)* }
            }

            /// The class it derives from in Python and Node.
            pub const fn parent(self) -> &'static str {
                match self { $(Self::$kind => $parent,)* }
            }

            /// The status number in C; never reused.
            pub const fn c_status(self) -> i32 {
                match self { $(Self::$kind => $status,)* }
            }
        }
    };
}

error_kinds! {
    /// A panic inside the library, contained at the boundary.
    #[default]
    Internal = 1, "internal", "InternalError" < "AliKassaError";
    /// Settings that cannot work: a base URL, a missing certificate, a closed client.
    Configuration = 2, "configuration", "ConfigurationError" < "AliKassaError";
    /// A key file that does not open; see [`Error::reason`].
    KeyLoad = 3, "key_load", "KeyLoadError" < "ConfigurationError";
    /// An argument that cannot be sent; see [`Error::field`].
    InvalidArgument = 4, "invalid_argument", "InvalidArgumentError" < "AliKassaError";
    /// The network failed; see [`Error::phase`].
    Transport = 5, "transport", "TransportError" < "AliKassaError";
    /// The deadline cut the call.
    DeadlineExceeded = 6, "deadline_exceeded", "DeadlineExceededError" < "AliKassaError";
    /// The caller cancelled the call.
    Cancelled = 7, "cancelled", "CancelledError" < "AliKassaError";
    /// An answer that is not 200 and fits no kind below.
    Api = 8, "api", "ApiError" < "AliKassaError";
    /// 400 with `errors`; see [`Error::errors`].
    Validation = 9, "validation", "ValidationError" < "ApiError";
    /// 401 or 403: the signature, the account or the certificate was refused.
    Authentication = 10, "authentication", "AuthenticationError" < "ApiError";
    /// 404, or 400 "… not found": no such order; no proof that it was never created.
    NotFound = 11, "not_found", "NotFoundError" < "ApiError";
    /// 429; see [`Error::retry_after`].
    RateLimit = 12, "rate_limit", "RateLimitError" < "ApiError";
    /// 5xx: the state cannot be determined.
    Server = 13, "server", "ServerError" < "ApiError";
    /// A 200 that is no valid answer.
    Protocol = 14, "protocol", "ProtocolError" < "AliKassaError";
    /// A create whose money may have moved: never send it again; see [`Error::cause`].
    OutcomeUnknown = 15, "outcome_unknown", "OutcomeUnknownError" < "AliKassaError";
    /// The ledger has the order already; see [`Error::previous`].
    DuplicateOrder = 16, "duplicate_order", "DuplicateOrderError" < "AliKassaError";
    /// The ledger cannot be read or written; a create is not sent without it.
    Ledger = 17, "ledger", "LedgerError" < "AliKassaError";
    /// A text from the provider that cannot be believed.
    Notification = 19, "notification", "NotificationError" < "AliKassaError";
    /// A signature that does not match.
    SignatureMismatch = 20, "signature_mismatch", "SignatureMismatchError" < "NotificationError";
    /// A notification or redirect that cannot be read: a duplicate parameter, a list where a value belongs.
    MalformedNotification = 21, "malformed_notification", "MalformedNotificationError" < "NotificationError";
    /// A notification that is signed, and for another account.
    AccountMismatch = 22, "account_mismatch", "AccountMismatchError" < "NotificationError";
}

/// What became of a request.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Outcome {
    /// No byte of it left: sending it again is safe.
    NotSent,
    /// The provider answered no.
    Rejected,
    /// It may have been carried out: never send it again, ask for its status.
    Unknown,
}

impl Outcome {
    /// `"not_sent"`, `"rejected"` or `"unknown"`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::Rejected => "rejected",
            Self::Unknown => "unknown",
        }
    }
}

/// How far a request got before the network failed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Phase {
    /// Looking up the host's name.
    Dns,
    /// Opening the connection.
    Connect,
    /// The TLS handshake, the server's certificate included.
    Tls,
    /// The proxy's CONNECT.
    Proxy,
    /// Handing the request over.
    Send,
    /// Waiting for the answer, or reading it.
    Receive,
    /// A whole answer came, and does not say what became of the create.
    Answer,
}

impl Phase {
    /// The phase in lower case: `"dns"`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Proxy => "proxy",
            Self::Send => "send",
            Self::Receive => "receive",
            Self::Answer => "answer",
        }
    }
}
