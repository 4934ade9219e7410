//! The context of a call: what every error of it reports.

use std::borrow::Cow;

use crate::error::{Error, Outcome, Phase};

/// The maximum length of a name or `order_id` that is not checked yet, in characters.
const MAX_UNCHECKED: usize = 128;

/// What every error of a call reports about it. It is created once per call.
#[derive(Clone, Debug)]
pub(crate) struct CallContext {
    /// The operation's name, or the path of a raw request.
    pub(crate) operation: Cow<'static, str>,
    pub(crate) order_id: Option<String>,
    /// Whether the call can move money.
    pub(crate) creates: bool,
}

impl CallContext {
    /// The context of a call that has no order and cannot move money.
    pub(crate) fn read(operation: &'static str) -> Self {
        Self {
            operation: operation.into(),
            order_id: None,
            creates: false,
        }
    }

    /// Adds the operation and the order of this call to the error.
    pub(crate) fn annotate(&self, error: Error) -> Error {
        error.with_call(&self.operation, self.order_id.as_deref())
    }

    /// The error of a call that was not sent.
    pub(crate) fn not_sent(&self, error: Error) -> Error {
        let error = self.annotate(error);
        if self.creates {
            error.with_outcome(Outcome::NotSent)
        } else {
            error
        }
    }

    /// The error of a call with invalid arguments. Its path and `order_id` can have any length, so
    /// they are cut.
    pub(crate) fn invalid(&self, error: Error) -> Error {
        let bounded = |text: &str| text.chars().take(MAX_UNCHECKED).collect::<String>();
        let context = Self {
            operation: bounded(&self.operation).into(),
            order_id: self.order_id.as_deref().map(bounded),
            creates: self.creates,
        };
        context.not_sent(error)
    }

    /// The error of a call whose response did not reach the caller. The outcome of a create is then
    /// unknown.
    pub(crate) fn response_lost(&self, error: Error, attempts: u32) -> Error {
        self.annotate(if self.creates {
            Error::outcome_unknown(Phase::Answer, error).with_attempts(attempts)
        } else {
            error
        })
    }
}
