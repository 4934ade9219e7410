//! The error type.

mod constructors;
mod foreign;
mod kind;
mod outcome;
mod response;
mod support;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use kind::ErrorKind;
pub use outcome::{Outcome, Phase};
pub(crate) use response::ErrorResponse;
pub(crate) use support::{Exchange, ReceivedBytes, Shown};
pub use support::{Support, SupportAttempt};

use crate::types::ledger_row::LedgerRow;
use crate::types::value::Value;

/// What every fallible function of this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed, and the outcome of its request.
///
/// The type is opaque: branch on [`kind`](Error::kind) and use the accessors. A message is one line
/// and says what to do. It never contains a key, a password, a whole body or a card number. The
/// provider's own words are in [`server_message`](Error::server_message) and
/// [`errors`](Error::errors), without card numbers too.
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
    response: Option<Box<ErrorResponse>>,
    previous: Option<Previous>,
    support: Option<Support>,
    cause: Option<Error>,
    foreign: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

/// The ledger's row of an order that cannot be created again.
#[derive(Clone)]
struct Previous {
    row: LedgerRow,
    same_body: bool,
}

impl Error {
    /// The same error with another one that caused it.
    pub(crate) fn with_cause(mut self, cause: Self) -> Self {
        self.0.cause = Some(cause);
        self
    }

    /// The same error as another kind.
    pub(crate) fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    /// The same error with the name of what it is about in front of its message.
    pub(crate) fn about(mut self, name: &str) -> Self {
        self.0.message = format!("{name}: {}", self.0.message);
        self
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    pub(crate) fn without_hint(mut self) -> Self {
        self.0.hint = None;
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

    pub(crate) fn with_response(mut self, response: ErrorResponse) -> Self {
        self.0.response = Some(Box::new(response));
        self
    }

    pub(crate) fn with_support(mut self, support: Support) -> Self {
        self.0.support = Some(support);
        self
    }

    /// The same error for this call: a binding uses it when it refuses a value before the core sees
    /// the call.
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

    /// The operation, such as `"payouts.status"`, or the path of a raw request; none outside a
    /// call.
    pub fn operation(&self) -> Option<&str> {
        self.0.operation.as_deref()
    }

    /// The merchant's `order_id`, if the call has one.
    pub fn order_id(&self) -> Option<&str> {
        self.0.order_id.as_deref()
    }

    /// The outcome of the request; none for a read that was sent. Of a
    /// [`DuplicateOrder`](ErrorKind::DuplicateOrder) it is the outcome of the order that the ledger
    /// has.
    pub fn outcome(&self) -> Option<Outcome> {
        self.0.outcome
    }

    /// How many requests this call started.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The path of the invalid field, such as `"extra.card_exp_year"`, for
    /// [`ErrorKind::InvalidArgument`]; the option of the key, for [`ErrorKind::Signing`].
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// The machine-readable reason, for [`ErrorKind::InvalidArgument`], [`ErrorKind::KeyLoad`],
    /// [`ErrorKind::Guard`] and [`ErrorKind::Signing`].
    pub fn reason(&self) -> Option<&'static str> {
        self.0.reason
    }

    /// How far the request got, for [`ErrorKind::Transport`] and [`ErrorKind::OutcomeUnknown`].
    pub fn phase(&self) -> Option<Phase> {
        self.0.phase
    }

    /// The HTTP status of the response, if there was one.
    pub fn http_status(&self) -> Option<u16> {
        match &self.0.response {
            Some(response) => Some(response.http_status),
            None if self.kind() == ErrorKind::OutcomeUnknown => self.cause()?.http_status(),
            None => None,
        }
    }

    /// The provider's own `message`, of any length, without card numbers: the `number` of the
    /// request in any spelling, and 13 to 19 digits that can be a card's, are masked. Only
    /// [`body`](Error::body) has them.
    pub fn server_message(&self) -> Option<&str> {
        self.0.response.as_ref()?.server_message.as_deref()
    }

    /// The provider's `errors`: field names and their messages, in the order received, masked as
    /// [`server_message`](Error::server_message). The name is empty where the provider sent none.
    pub fn errors(&self) -> &[(String, Vec<String>)] {
        self.0
            .response
            .as_ref()
            .map_or(&[], |response| &response.errors)
    }

    /// The bytes of the response as received, at most 1 MiB. They may contain a card number: do not
    /// log them.
    pub fn body(&self) -> Option<&[u8]> {
        self.0
            .response
            .as_ref()
            .map(|response| response.body.as_slice())
    }

    /// How long the provider asks to wait before the next request.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.response.as_ref()?.retry_after
    }

    /// The ledger's row of the order, for [`ErrorKind::DuplicateOrder`].
    pub fn previous(&self) -> Option<&LedgerRow> {
        self.0.previous.as_ref().map(|previous| &previous.row)
    }

    /// Whether [`previous`](Self::previous) was sent with the same body, byte for byte.
    pub fn same_body(&self) -> Option<bool> {
        self.0.previous.as_ref().map(|previous| previous.same_body)
    }

    /// The error that caused this one; for [`ErrorKind::OutcomeUnknown`] the error that a read
    /// would have had.
    pub fn cause(&self) -> Option<&Error> {
        self.0.cause.as_ref()
    }

    /// What was sent and received, for the provider's support. None if nothing was sent.
    pub fn support(&self) -> Option<&Support> {
        let of_cause = || self.cause()?.support();
        self.0.support.as_ref().or_else(of_cause)
    }

    /// Every field that is set, by its public name, except [`message`](Error::message),
    /// [`body`](Error::body), [`support`](Error::support) and [`cause`](Error::cause): a binding
    /// copies them to its own error object.
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
        if let Some(response) = &self.0.response {
            let errors = response.errors.iter().map(|(field, messages)| {
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
