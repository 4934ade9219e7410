//! Errors: a status for every function, and an object with the rest for whoever asks.

use std::ptr;

use alikassa::{Error, InvalidValue, Outcome, Phase};

use crate::boundary;
use crate::handle::{self, Handle};
use crate::output;
use crate::text::alikassa_str;

/// Done; every output is written.
pub const ALIKASSA_STATUS_OK: i32 = 0;
/// A handle that is NULL, freed, of another kind, or never was one. Nothing was done.
pub const ALIKASSA_STATUS_BAD_HANDLE: i32 = 100;
/// A NULL where the function needs memory. Nothing was done.
pub const ALIKASSA_STATUS_NULL_POINTER: i32 = 101;

/// The error is about no request, or about a read that reached the wire.
pub const ALIKASSA_OUTCOME_NONE: i32 = 0;
/// No byte of the request left: sending it again is safe.
pub const ALIKASSA_OUTCOME_NOT_SENT: i32 = 1;
/// The provider answered no.
pub const ALIKASSA_OUTCOME_REJECTED: i32 = 2;
/// The request may have been carried out: never send it again, ask for its status.
pub const ALIKASSA_OUTCOME_UNKNOWN: i32 = 3;

/// Why a function failed. End it with `alikassa_error_free`.
pub enum alikassa_error {}

impl Handle for alikassa_error {
    type Object = Failure;
    const NAME: &'static str = "error";
}

/// The error of the core, with the status for C and the JSON texts that its getters lend out.
pub(crate) struct Failure {
    status: i32,
    error: Error,
    json: String,
    previous: Option<String>,
}

impl Failure {
    fn new(status: i32, error: Error) -> Self {
        Self {
            status,
            json: output::error_json(status, &error),
            previous: error.previous().and_then(output::row_json),
            error,
        }
    }

    pub(crate) fn bad_handle(name: &'static str) -> Self {
        let message = format!("{name}: this handle is NULL, freed, or of another kind");
        Self::new(
            ALIKASSA_STATUS_BAD_HANDLE,
            Error::invalid_argument(name, "bad_handle", message),
        )
    }

    pub(crate) fn null_pointer(name: &'static str) -> Self {
        let message = format!("{name}: this pointer is NULL");
        Self::new(
            ALIKASSA_STATUS_NULL_POINTER,
            Error::invalid_argument(name, "null_pointer", message),
        )
    }

    pub(crate) fn status(&self) -> i32 {
        self.status
    }

    /// The same failure of another error, such as one that names the call.
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
    fn from(refusal: InvalidValue) -> Self {
        Error::from(refusal).into()
    }
}

/// The status that the failed function gave.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_status(error: *const alikassa_error, status: *mut i32) -> i32 {
    boundary::get(error, status, |failure| Ok(failure.status))
}

/// The error's stable code, the same in every language, such as `validation`; never absent.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_code(
    error: *const alikassa_error,
    code: *mut alikassa_str,
) -> i32 {
    get_text(error, code, |error| Some(error.code()))
}

/// What went wrong and, where it is short, what to do; never absent. It is one line, and holds no key, password or card
/// number.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_message(
    error: *const alikassa_error,
    message: *mut alikassa_str,
) -> i32 {
    get_text(error, message, |error| Some(error.message()))
}

/// What to do about it, when there is more to say than the message.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_hint(
    error: *const alikassa_error,
    hint: *mut alikassa_str,
) -> i32 {
    get_text(error, hint, Error::hint)
}

/// The operation, such as `payouts.status`, or the path of a raw request; absent when the function makes no call.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_operation(
    error: *const alikassa_error,
    operation: *mut alikassa_str,
) -> i32 {
    get_text(error, operation, Error::operation)
}

/// The merchant's `order_id` of the call, when it named one.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_order_id(
    error: *const alikassa_error,
    order_id: *mut alikassa_str,
) -> i32 {
    get_text(error, order_id, Error::order_id)
}

/// What became of the request: one of `ALIKASSA_OUTCOME_...`. Never `ALIKASSA_OUTCOME_NONE` for a create.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_outcome(error: *const alikassa_error, outcome: *mut i32) -> i32 {
    boundary::get(error, outcome, |failure| {
        Ok(match failure.error.outcome() {
            None => ALIKASSA_OUTCOME_NONE,
            Some(Outcome::NotSent) => ALIKASSA_OUTCOME_NOT_SENT,
            Some(Outcome::Rejected) => ALIKASSA_OUTCOME_REJECTED,
            Some(Outcome::Unknown) => ALIKASSA_OUTCOME_UNKNOWN,
        })
    })
}

/// How many requests were begun for the call.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_attempts(error: *const alikassa_error, attempts: *mut u32) -> i32 {
    boundary::get(error, attempts, |failure| Ok(failure.error.attempts()))
}

/// The path of the refused argument, such as `extra.card_exp_year`, with `ALIKASSA_STATUS_INVALID_ARGUMENT` and
/// the statuses from 100 up.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_field(
    error: *const alikassa_error,
    field: *mut alikassa_str,
) -> i32 {
    get_text(error, field, Error::field)
}

/// The machine-readable reason, such as `wrong_password`, with `ALIKASSA_STATUS_KEY_LOAD`,
/// `ALIKASSA_STATUS_INVALID_ARGUMENT` and the statuses from 100 up.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_reason(
    error: *const alikassa_error,
    reason: *mut alikassa_str,
) -> i32 {
    boundary::get(error, reason, |failure| Ok(failure.error.reason().into()))
}

/// How far the request got, with `ALIKASSA_STATUS_TRANSPORT` and `ALIKASSA_STATUS_OUTCOME_UNKNOWN`: `dns`,
/// `connect`, `tls`, `proxy`, `send`, `receive`, or `answer` when a whole answer came that does not say what became
/// of the create.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_phase(
    error: *const alikassa_error,
    phase: *mut alikassa_str,
) -> i32 {
    get_text(error, phase, |error| error.phase().map(Phase::as_str))
}

/// The HTTP status of the answer, with `ALIKASSA_STATUS_OUTCOME_UNKNOWN` that of its cause; 0 when there was none.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_http_status(
    error: *const alikassa_error,
    http_status: *mut i32,
) -> i32 {
    boundary::get(error, http_status, |failure| {
        Ok(failure.error.http_status().map_or(0, i32::from))
    })
}

/// The provider's own message, as sent: unlike `alikassa_error_message` it may hold a card number, or several lines.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_server_message(
    error: *const alikassa_error,
    server_message: *mut alikassa_str,
) -> i32 {
    get_text(error, server_message, Error::server_message)
}

/// The bytes of the answer, when there was one. They may hold personal data: do not log them.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_body(
    error: *const alikassa_error,
    body: *mut alikassa_str,
) -> i32 {
    boundary::get(error, body, |failure| Ok(failure.error.body().into()))
}

/// How long the provider asked to wait, in milliseconds; -1 when it did not.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_retry_after_ms(
    error: *const alikassa_error,
    retry_after_ms: *mut i64,
) -> i32 {
    boundary::get(error, retry_after_ms, |failure| {
        Ok(output::retry_after_ms(&failure.error).unwrap_or(-1))
    })
}

/// The row of the ledger that stands in the way, with `ALIKASSA_STATUS_DUPLICATE_ORDER`: a JSON object as in the reply
/// of `alikassa_reconcile`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_previous(
    error: *const alikassa_error,
    previous: *mut alikassa_str,
) -> i32 {
    boundary::get(error, previous, |failure| {
        Ok(failure.previous.as_deref().into())
    })
}

/// Whether the row of `alikassa_error_previous` was sent with the same body, byte for byte: 1 or 0, and -1 where
/// there is no row.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_same_body(
    error: *const alikassa_error,
    same_body: *mut i32,
) -> i32 {
    boundary::get(error, same_body, |failure| {
        Ok(failure.error.same_body().map_or(-1, i32::from))
    })
}

/// The error that led to this one, with `ALIKASSA_STATUS_OUTCOME_UNKNOWN` what it would have been of a read; NULL
/// where there is none.
///
/// It is an error of its own: end it with `alikassa_error_free` too, in any order.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_cause(
    error: *const alikassa_error,
    cause: *mut *mut alikassa_error,
) -> i32 {
    boundary::get(error, cause, |failure| match failure.error.cause() {
        Some(cause) => handle::issue(cause.clone().into()),
        None => Ok(ptr::null_mut()),
    })
}

/// All of the error but the body as a JSON object: `status`, `class` (the error's class in other languages), the
/// fields above under their names, `errors` (the provider's, by field, as sent), and `cause`. What is absent is left
/// out.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_json(
    error: *const alikassa_error,
    json: *mut alikassa_str,
) -> i32 {
    boundary::get(error, json, |failure| Ok(failure.json.as_str().into()))
}

/// Ends an error, and with it every text that was read from it.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_free(error: *mut alikassa_error) {
    boundary::release(error);
}

fn get_text(
    error: *const alikassa_error,
    out: *mut alikassa_str,
    read: impl FnOnce(&Error) -> Option<&str>,
) -> i32 {
    boundary::get(error, out, |failure| Ok(read(&failure.error).into()))
}
