//! New errors of each kind.

use super::{Error, ErrorKind, Inner, Outcome, Phase, Previous};
use crate::types::ledger_row::LedgerRow;
use crate::types::text::one_line;

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
            response: None,
            previous: None,
            support: None,
            cause: None,
            foreign: None,
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

    /// A create that the provider may have carried out. The cause is the error that a read would
    /// have had.
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

    /// A create that a limit of the client refused.
    pub(crate) fn guard(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Guard, message)
            .with_reason(reason)
            .with_outcome(Outcome::NotSent)
    }
}
