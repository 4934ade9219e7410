//! Which call an error belongs to.

use std::borrow::Cow;

use crate::error::{Error, Outcome, Phase};

/// The longest name or `order_id` of a call that was refused before it was checked, in characters.
const MAX_UNCHECKED: usize = 128;

/// What every error of one call says about it; made once, when the call is.
#[derive(Clone, Debug)]
pub(crate) struct CallContext {
    /// The operation's name, or the path of a raw request.
    pub(crate) operation: Cow<'static, str>,
    pub(crate) order_id: Option<String>,
    /// Whether the call can move money.
    pub(crate) creates: bool,
}

impl CallContext {
    /// The context of a call about no order, which cannot move money.
    pub(crate) fn read(operation: &'static str) -> Self {
        Self {
            operation: operation.into(),
            order_id: None,
            creates: false,
        }
    }

    /// The error, with the operation and the order of this call.
    pub(crate) fn annotate(&self, error: Error) -> Error {
        error.with_call(&self.operation, self.order_id.as_deref())
    }

    /// An error from before anything was sent.
    pub(crate) fn not_sent(&self, error: Error) -> Error {
        let error = self.annotate(error);
        if self.creates {
            error.with_outcome(Outcome::NotSent)
        } else {
            error
        }
    }

    /// An error of a call whose path and `order_id` may have any length.
    pub(crate) fn invalid(&self, error: Error) -> Error {
        let bounded = |text: &str| text.chars().take(MAX_UNCHECKED).collect::<String>();
        let context = Self {
            operation: bounded(&self.operation).into(),
            order_id: self.order_id.as_deref().map(bounded),
            creates: self.creates,
        };
        context.not_sent(error)
    }

    /// An error from after the response: the caller does not see what a create has created.
    pub(crate) fn response_lost(&self, error: Error, attempts: u32) -> Error {
        self.annotate(if self.creates {
            Error::outcome_unknown(Phase::Answer, error).with_attempts(attempts)
        } else {
            error
        })
    }
}
