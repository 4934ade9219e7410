//! The functions that read an error.

use std::ptr;

use alikassa::{Error, Outcome, Phase};

use crate::boundary;
use crate::error::{
    ALIKASSA_OUTCOME_CREATED, ALIKASSA_OUTCOME_NONE, ALIKASSA_OUTCOME_NOT_SENT,
    ALIKASSA_OUTCOME_REJECTED, ALIKASSA_OUTCOME_UNKNOWN, alikassa_error,
};
use crate::handle;
use crate::output;
use crate::str::alikassa_str;

/// The status that the failed function returned.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_status(error: *const alikassa_error, status: *mut i32) -> i32 {
    boundary::read(error, status, |failure| Ok(failure.status))
}

/// The stable code of the error, such as `validation`. It is the same in every language. Always
/// set.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_code(
    error: *const alikassa_error,
    code: *mut alikassa_str,
) -> i32 {
    read_text(error, code, |error| Some(error.code()))
}

/// The message: what is wrong and, in short, what to do. Always set. It is one line and contains no
/// key, password or card number.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_message(
    error: *const alikassa_error,
    message: *mut alikassa_str,
) -> i32 {
    read_text(error, message, |error| Some(error.message()))
}

/// What to do, if there is more to say than the message. No value otherwise.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_hint(
    error: *const alikassa_error,
    hint: *mut alikassa_str,
) -> i32 {
    read_text(error, hint, Error::hint)
}

/// The operation, such as `payouts.status`, or the path of a raw request. No value if the function
/// makes no call.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_operation(
    error: *const alikassa_error,
    operation: *mut alikassa_str,
) -> i32 {
    read_text(error, operation, Error::operation)
}

/// The merchant's `order_id` in the request. No value if the request has none.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_order_id(
    error: *const alikassa_error,
    order_id: *mut alikassa_str,
) -> i32 {
    read_text(error, order_id, Error::order_id)
}

/// The outcome of the request: one of `ALIKASSA_OUTCOME_...`. For a create it is never
/// `ALIKASSA_OUTCOME_NONE`. With `ALIKASSA_STATUS_DUPLICATE_ORDER` it is the outcome of the order
/// that the ledger has: `ALIKASSA_OUTCOME_UNKNOWN` or `ALIKASSA_OUTCOME_CREATED`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_outcome(error: *const alikassa_error, outcome: *mut i32) -> i32 {
    boundary::read(error, outcome, |failure| {
        Ok(match failure.error.outcome() {
            None => ALIKASSA_OUTCOME_NONE,
            Some(Outcome::NotSent) => ALIKASSA_OUTCOME_NOT_SENT,
            Some(Outcome::Rejected) => ALIKASSA_OUTCOME_REJECTED,
            Some(Outcome::Created) => ALIKASSA_OUTCOME_CREATED,
            // A new outcome of the core is never a reason to send or to refund.
            Some(_) => ALIKASSA_OUTCOME_UNKNOWN,
        })
    })
}

/// The number of attempts that the call started.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_attempts(error: *const alikassa_error, attempts: *mut u32) -> i32 {
    boundary::read(error, attempts, |failure| Ok(failure.error.attempts()))
}

/// The path of the invalid argument, such as `extra.card_exp_year`. Set for
/// `ALIKASSA_STATUS_INVALID_ARGUMENT` and the statuses from 100 up, no value otherwise.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_field(
    error: *const alikassa_error,
    field: *mut alikassa_str,
) -> i32 {
    read_text(error, field, Error::field)
}

/// The machine-readable reason, such as `wrong_password`. Set for `ALIKASSA_STATUS_KEY_LOAD`,
/// `ALIKASSA_STATUS_INVALID_ARGUMENT` and the statuses from 100 up, no value otherwise.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_reason(
    error: *const alikassa_error,
    reason: *mut alikassa_str,
) -> i32 {
    boundary::read(error, reason, |failure| Ok(failure.error.reason().into()))
}

/// The phase in which the request failed: `dns`, `connect`, `tls`, `proxy`, `send` or `receive`; or
/// `answer` if a complete response does not tell the outcome of a create.
///
/// Set for `ALIKASSA_STATUS_TRANSPORT` and `ALIKASSA_STATUS_OUTCOME_UNKNOWN`, no value otherwise.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_phase(
    error: *const alikassa_error,
    phase: *mut alikassa_str,
) -> i32 {
    read_text(error, phase, |error| error.phase().map(Phase::as_str))
}

/// The HTTP status of the response, for `ALIKASSA_STATUS_OUTCOME_UNKNOWN` that of the cause. 0 if
/// there was no response.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_http_status(
    error: *const alikassa_error,
    http_status: *mut i32,
) -> i32 {
    boundary::read(error, http_status, |failure| {
        Ok(failure.error.http_status().map_or(0, i32::from))
    })
}

/// The provider's own message, with card numbers masked. No value if there is none. Unlike
/// `alikassa_error_message` it can have several lines and any length.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_server_message(
    error: *const alikassa_error,
    server_message: *mut alikassa_str,
) -> i32 {
    read_text(error, server_message, Error::server_message)
}

/// The body of the response as received. No value if there was no response. It can contain a card
/// number: do not log it.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_body(
    error: *const alikassa_error,
    body: *mut alikassa_str,
) -> i32 {
    boundary::read(error, body, |failure| Ok(failure.error.body().into()))
}

/// How long the provider asks to wait, in milliseconds. -1 if it does not.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_retry_after_ms(
    error: *const alikassa_error,
    retry_after_ms: *mut i64,
) -> i32 {
    boundary::read(error, retry_after_ms, |failure| {
        Ok(output::retry_after_ms(&failure.error).unwrap_or(-1))
    })
}

/// The existing row of the ledger, for `ALIKASSA_STATUS_DUPLICATE_ORDER`. No value otherwise. It is
/// a JSON object like those in the reply of `alikassa_reconcile`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_previous(
    error: *const alikassa_error,
    previous: *mut alikassa_str,
) -> i32 {
    boundary::read(error, previous, |failure| {
        Ok(failure.previous.as_deref().into())
    })
}

/// Whether the body of the refused create equals, byte for byte, the body of the row that
/// `alikassa_error_previous` returns: 1 or 0. -1 if there is no such row.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_same_body(
    error: *const alikassa_error,
    same_body: *mut i32,
) -> i32 {
    boundary::read(error, same_body, |failure| {
        Ok(failure.error.same_body().map_or(-1, i32::from))
    })
}

/// What was sent and received, as English text of several lines to paste into the chat of the
/// provider's support: time, path, hash of the body, beginning of the signature, HTTP status,
/// response and attempts. No value if the call made no attempt.
///
/// It contains no key and no card number: numbers in the response are masked. The response can
/// contain other personal data.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_support_text(
    error: *const alikassa_error,
    text: *mut alikassa_str,
) -> i32 {
    boundary::read(error, text, |failure| Ok(failure.support_text().into()))
}

/// The error that caused this one. NULL if there is none.
///
/// The cause of an `ALIKASSA_STATUS_OUTCOME_UNKNOWN` is the error that a read would have returned.
/// Each call returns a new error. Free it with `alikassa_error_free`, before or after `error`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_cause(
    error: *const alikassa_error,
    cause: *mut *mut alikassa_error,
) -> i32 {
    boundary::read(error, cause, |failure| match failure.error.cause() {
        Some(cause) => Ok(handle::insert(cause.clone().into())?),
        None => Ok(ptr::null_mut()),
    })
}

/// The error without the body, as a JSON object: `status`, `class` (the error's class in other
/// languages), the fields above under their names, `errors` (the provider's, by field, with card
/// numbers masked) and `cause`. Fields without a value are left out.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_json(
    error: *const alikassa_error,
    json: *mut alikassa_str,
) -> i32 {
    boundary::read(error, json, |failure| Ok(failure.json.as_str().into()))
}

/// Frees `error` and the texts that were read from it.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_error_free(error: *mut alikassa_error) {
    boundary::free(error);
}

fn read_text(
    error: *const alikassa_error,
    out: *mut alikassa_str,
    read: impl FnOnce(&Error) -> Option<&str>,
) -> i32 {
    boundary::read(error, out, |failure| Ok(read(&failure.error).into()))
}
