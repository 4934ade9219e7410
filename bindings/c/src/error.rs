//! Errors of the core as errors for C: a status, and an object with the details.

use std::sync::OnceLock;

use alikassa::{Error, InvalidValue, Support};

use crate::handle::{Handle, InvalidHandle};
use crate::output;

/// Success. Every output was written.
pub const ALIKASSA_STATUS_OK: i32 = 0;
/// A handle is NULL, freed, of another type, or not a handle at all. The function did nothing.
pub const ALIKASSA_STATUS_BAD_HANDLE: i32 = 100;
/// A required pointer is NULL. The function did nothing.
pub const ALIKASSA_STATUS_NULL_POINTER: i32 = 101;

/// The error is not about a request, or it is about a read that was sent.
pub const ALIKASSA_OUTCOME_NONE: i32 = 0;
/// This call sent no byte: the same `order_id` may be sent again through the same ledger. It is
/// never a reason to refund, or to take a new `order_id`: an earlier call may have sent it.
pub const ALIKASSA_OUTCOME_NOT_SENT: i32 = 1;
/// The provider rejected the request.
pub const ALIKASSA_OUTCOME_REJECTED: i32 = 2;
/// The provider may have executed the request. Never send it again; request its status.
pub const ALIKASSA_OUTCOME_UNKNOWN: i32 = 3;
/// An earlier call created the order: only with `ALIKASSA_STATUS_DUPLICATE_ORDER`. Never send it
/// again; request its status.
pub const ALIKASSA_OUTCOME_CREATED: i32 = 4;

/// The details of a failure. Free it with `alikassa_error_free`.
pub enum alikassa_error {}

impl Handle for alikassa_error {
    type Object = Failure;
    const NAME: &'static str = "error";
}

/// An error of the core, its status in C, and the JSON texts that its getters lend.
pub(crate) struct Failure {
    pub(crate) status: i32,
    pub(crate) error: Error,
    pub(crate) json: String,
    pub(crate) previous: Option<String>,
    support_text: OnceLock<Option<String>>,
}

impl Failure {
    fn new(status: i32, error: Error) -> Self {
        Self {
            status,
            json: output::error_json(status, &error),
            previous: error
                .previous()
                .and_then(|row| output::plain_json(row.fields())),
            support_text: OnceLock::new(),
            error,
        }
    }

    pub(crate) fn null_pointer(name: &'static str) -> Self {
        let message = format!("{name}: this pointer is NULL");
        Self::new(
            ALIKASSA_STATUS_NULL_POINTER,
            Error::invalid_argument(name, "null_pointer", message),
        )
    }

    pub(crate) fn support_text(&self) -> Option<&str> {
        let text = || self.error.support().map(Support::to_text);
        self.support_text.get_or_init(text).as_deref()
    }

    /// The same status with the error that `change` returns.
    pub(crate) fn map(self, change: impl FnOnce(Error) -> Error) -> Self {
        Self::new(self.status, change(self.error))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::new(error.kind().c_status(), error)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        failure.error
    }
}

impl From<InvalidValue> for Failure {
    fn from(invalid: InvalidValue) -> Self {
        Error::from(invalid).into()
    }
}

impl From<InvalidHandle> for Failure {
    fn from(InvalidHandle(name): InvalidHandle) -> Self {
        let message = format!("{name}: this handle is NULL, freed, or of another kind");
        Self::new(
            ALIKASSA_STATUS_BAD_HANDLE,
            Error::invalid_argument(name, "bad_handle", message),
        )
    }
}
