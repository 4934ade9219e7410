//! The error type, and the table of error kinds with their names in every language.

use std::fmt;
use std::time::Duration;

use crate::types::ledger_row::LedgerRow;
use crate::types::value::Value;

/// What every fallible function of this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed, and the outcome of its request.
///
/// The type is opaque: branch on [`kind`](Error::kind) and use the accessors. A message is one line and says what to do.
/// It never contains a key, a password, a whole body or a card number. The provider's own words are in
/// [`server_message`](Error::server_message) and [`errors`](Error::errors).
///
/// ```
/// let error = alikassa::SigningKey::load("no/such/folder").unwrap_err();
/// assert_eq!(error.kind(), alikassa::ErrorKind::KeyLoad);
/// assert_eq!(error.reason(), Some("not_found"));
/// ```
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
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

/// The ledger's row of an order that cannot be created again.
#[derive(Clone)]
struct Previous {
    row: LedgerRow,
    same_body: bool,
}

/// The provider's response, kept for the error that reports it.
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
            hint: None,
            operation: None,
            order_id: None,
            outcome: None,
            attempts: 0,
            field: None,
            reason: None,
            phase: None,
            answer: None,
            previous: None,
            cause: None,
        }))
    }

    /// An invalid argument: the path of the field, the machine-readable reason, and what to do.
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

    /// A create that the provider may have carried out. The cause is the error that a read would have had.
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

    /// The same error for this call: a binding uses it when it refuses a value before the core sees the call.
    #[doc(hidden)]
    #[must_use]
    pub fn with_call(mut self, operation: &str, order_id: Option<&str>) -> Self {
        self.0.operation = Some(operation.to_owned());
        self.0.order_id = order_id.map(str::to_owned);
        self
    }

    /// The same error and its cause, with this number of attempts.
    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self.0.cause = self.0.cause.map(|cause| cause.with_attempts(attempts));
        self
    }

    /// The kind of failure. Branch on it.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The kind's stable snake-case code, the same in every language: `"validation"`.
    pub fn code(&self) -> &'static str {
        self.0.kind.code()
    }

    /// What went wrong, and what to do if that is short.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do about it, if the message does not say it.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// The operation, such as `"payouts.status"`, or the path of a raw request; none outside a call.
    pub fn operation(&self) -> Option<&str> {
        self.0.operation.as_deref()
    }

    /// The merchant's `order_id`, if the call has one.
    pub fn order_id(&self) -> Option<&str> {
        self.0.order_id.as_deref()
    }

    /// The outcome of the request; none for a read that was sent.
    pub fn outcome(&self) -> Option<Outcome> {
        self.0.outcome
    }

    /// How many requests this call started.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The path of the invalid field, such as `"extra.card_exp_year"`, for [`ErrorKind::InvalidArgument`].
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

    /// The HTTP status of the response, if there was one.
    pub fn http_status(&self) -> Option<u16> {
        match &self.0.answer {
            Some(answer) => Some(answer.http_status),
            None if self.kind() == ErrorKind::OutcomeUnknown => self.cause()?.http_status(),
            None => None,
        }
    }

    /// The provider's own `message`, as sent. Unlike [`message`](Error::message) it may contain a card number: do not log it.
    pub fn server_message(&self) -> Option<&str> {
        self.0.answer.as_ref()?.server_message.as_deref()
    }

    /// The provider's `errors`, as sent: field names and their messages, in the order received. The name is empty where
    /// the provider sent none.
    pub fn errors(&self) -> &[(String, Vec<String>)] {
        self.0.answer.as_ref().map_or(&[], |answer| &answer.errors)
    }

    /// The bytes of the response, at most 1 MiB. They may contain personal data: do not log them.
    pub fn body(&self) -> Option<&[u8]> {
        self.0.answer.as_ref().map(|answer| answer.body.as_slice())
    }

    /// How long the provider asks to wait before the next request.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.answer.as_ref()?.retry_after
    }

    /// The ledger's row of the order, for [`ErrorKind::DuplicateOrder`].
    pub fn previous(&self) -> Option<&LedgerRow> {
        self.0.previous.as_ref().map(|previous| &previous.row)
    }

    /// Whether [`previous`](Self::previous) was sent with the same body, byte for byte.
    pub fn same_body(&self) -> Option<bool> {
        self.0.previous.as_ref().map(|previous| previous.same_body)
    }

    /// The error that caused this one; for [`ErrorKind::OutcomeUnknown`] the error that a read would have had.
    pub fn cause(&self) -> Option<&Error> {
        self.0.cause.as_ref()
    }

    /// Every field that is set, by its public name, except [`message`](Error::message), [`body`](Error::body) and
    /// [`cause`](Error::cause): a binding copies them to its own error object.
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

/// Parts of a message can come from third parties, which must not be able to add lines to a log.
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

/// Declares the error kinds: kind, C status, code, class in Python and Node, parent class. The documentation is that of
/// every language; names of fields are in backticks.
macro_rules! error_kinds {
    ($($(#[doc = $doc:literal])* $kind:ident = $status:literal, $code:literal, $class:literal < $parent:literal;)*) => {
        /// The kind of an [`Error`].
        ///
        /// ```
        /// use alikassa::{Error, ErrorKind};
        ///
        /// fn advice(error: &Error) -> &'static str {
        ///     match error.kind() {
        ///         ErrorKind::OutcomeUnknown => "never send it again: call resolve",
        ///         ErrorKind::RateLimit => "wait, then try again",
        ///         kind if kind.is_api() => "the provider refused the request",
        ///         kind if kind.is_notification() => "do not trust this notification",
        ///         _ => "see the message",
        ///     }
        /// }
        /// # assert_eq!(advice(&Error::internal("x")), "see the message");
        /// ```
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum ErrorKind {
            $($(#[doc = $doc])* $kind,)*
        }

        impl ErrorKind {
            /// Every kind, in the order of the C status numbers.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// The stable snake-case code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$kind => $code,)* }
            }

            /// The class in Python and Node.
            pub const fn class(self) -> &'static str {
                match self { $(Self::$kind => $class,)* }
            }

            /// The parent class in Python and Node.
            pub const fn parent(self) -> &'static str {
                match self { $(Self::$kind => $parent,)* }
            }

            /// The status number in C; never reused.
            pub const fn c_status(self) -> i32 {
                match self { $(Self::$kind => $status,)* }
            }

            /// The documentation of every language, in lines.
            #[doc(hidden)]
            pub const fn doc(self) -> &'static [&'static str] {
                match self { $(Self::$kind => &[$($doc),*],)* }
            }
        }
    };
}

error_kinds! {
    /// A panic inside the library, caught at its boundary. Please report it.
    Internal = 1, "internal", "InternalError" < "AliKassaError";
    /// Invalid settings: a base URL, a missing certificate, a closed client.
    Configuration = 2, "configuration", "ConfigurationError" < "AliKassaError";
    /// A key file cannot be loaded.
    ///
    /// `reason` is `not_found`, `unreadable`, `not_pem`, `malformed`, `wrong_kind`, `needs_password`, `wrong_password`,
    /// `unsupported` or `too_small`.
    KeyLoad = 3, "key_load", "KeyLoadError" < "ConfigurationError";
    /// An argument is invalid; no request is made. `field` names it, `reason` says why.
    InvalidArgument = 4, "invalid_argument", "InvalidArgumentError" < "AliKassaError";
    /// The network failed. `phase` says how far the request got.
    Transport = 5, "transport", "TransportError" < "AliKassaError";
    /// The deadline passed during the call.
    DeadlineExceeded = 6, "deadline_exceeded", "DeadlineExceededError" < "AliKassaError";
    /// The caller cancelled the call.
    Cancelled = 7, "cancelled", "CancelledError" < "AliKassaError";
    /// An HTTP status other than 200 that has no kind of its own.
    ///
    /// `http_status`, `server_message`, `errors`, `body` and `retry_after` describe the response.
    Api = 8, "api", "ApiError" < "AliKassaError";
    /// HTTP 400 with `errors`: the provider refused fields.
    Validation = 9, "validation", "ValidationError" < "ApiError";
    /// HTTP 401 or 403: the provider refused the signature, the account or the certificate.
    Authentication = 10, "authentication", "AuthenticationError" < "ApiError";
    /// HTTP 404, or 400 with a message that ends in "not found": the provider has no such order. It does not prove that
    /// the order was never created.
    NotFound = 11, "not_found", "NotFoundError" < "ApiError";
    /// HTTP 429: too many requests. `retry_after` says how long to wait, if the provider sends it.
    RateLimit = 12, "rate_limit", "RateLimitError" < "ApiError";
    /// HTTP 5xx: the state cannot be determined.
    Server = 13, "server", "ServerError" < "ApiError";
    /// HTTP 200 with an invalid response: HTML, truncated, too large, too deep, or about another order.
    Protocol = 14, "protocol", "ProtocolError" < "AliKassaError";
    /// A create with an unknown outcome: the money may have moved. Never send it again, not with another `order_id`
    /// either; call `resolve`.
    ///
    /// `phase` says how far the request got: `send`, `receive` or `answer`. `cause` is the error that a read would have
    /// had.
    OutcomeUnknown = 15, "outcome_unknown", "OutcomeUnknownError" < "AliKassaError";
    /// The ledger already has the order, as `previous`; nothing was sent. `same_body` is true if the same request was
    /// sent before.
    DuplicateOrder = 16, "duplicate_order", "DuplicateOrderError" < "AliKassaError";
    /// The ledger cannot be read or written. A create is not sent without it.
    Ledger = 17, "ledger", "LedgerError" < "AliKassaError";
    /// A notification or redirect that cannot be trusted.
    Notification = 19, "notification", "NotificationError" < "AliKassaError";
    /// Signature verification failed.
    SignatureMismatch = 20, "signature_mismatch", "SignatureMismatchError" < "NotificationError";
    /// A notification or redirect that cannot be read: a duplicate parameter, or a list in place of a value.
    MalformedNotification = 21, "malformed_notification", "MalformedNotificationError" < "NotificationError";
    /// A notification that is validly signed but for a different account.
    AccountMismatch = 22, "account_mismatch", "AccountMismatchError" < "NotificationError";
}

impl ErrorKind {
    /// Whether the provider responded with an HTTP status other than 200: [`Api`](Self::Api) and the kinds below it.
    pub fn is_api(self) -> bool {
        self.is_or_derives_from(Self::Api)
    }

    /// Whether a notification or redirect cannot be trusted: [`Notification`](Self::Notification) and the kinds below it.
    pub fn is_notification(self) -> bool {
        self.is_or_derives_from(Self::Notification)
    }

    fn is_or_derives_from(self, parent: Self) -> bool {
        self == parent || self.parent() == parent.class()
    }
}

/// The outcome of a request.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Outcome {
    /// No byte of it was sent: it is safe to send it again.
    NotSent,
    /// The provider rejected it.
    Rejected,
    /// The provider may have carried it out: never send it again, request its status.
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
    /// Resolving the host name.
    Dns,
    /// Opening the connection.
    Connect,
    /// The TLS handshake, including the server's certificate.
    Tls,
    /// The proxy's CONNECT.
    Proxy,
    /// Sending the request.
    Send,
    /// Waiting for the response, or reading it.
    Receive,
    /// The whole response arrived and does not say whether the create was carried out.
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
