//! Cancelling calls from another thread.

use std::sync::Arc;

use alikassa::binding::Cancellation;

use crate::boundary;
use crate::error::alikassa_error;
use crate::handle::{self, Handle, InvalidHandle};

/// Cancels the calls that it is passed to. Free it with `alikassa_call_free`.
///
/// Each function that waits for the network has a form that ends in `_with` and takes a `call`, such
/// as `alikassa_payouts_create_with`. Any number of calls, one after the other or at the same time,
/// may have the same `call`.
///
/// A function with a `call` that is not NULL runs on a thread of the library while its own thread
/// waits: at most `max_connections` of a client at the same time, the others wait in a queue up to
/// their deadline. Callbacks run on the same threads as without it.
pub enum alikassa_call {}

impl Handle for alikassa_call {
    type Object = Cancellation;
    const NAME: &'static str = "call";
}

/// A new `call`, which is not cancelled.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_call_new(
    call: *mut *mut alikassa_call,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::new_handle(call, error, |_| Ok(Cancellation::default()))
}

/// Cancels every call that `call` was passed to, and every later one, for good. Returns at once; the
/// calls return soon after, on their own threads. A call that has its result keeps it.
///
/// - A create whose first byte was not sent returns `ALIKASSA_STATUS_CANCELLED` with the outcome
///   `ALIKASSA_OUTCOME_NOT_SENT`. It is never sent.
/// - A create in flight returns `ALIKASSA_STATUS_OUTCOME_UNKNOWN`. The library still reads the
///   response and records it in the ledger; `alikassa_client_close` waits for that.
/// - Everything else returns `ALIKASSA_STATUS_CANCELLED`.
///
/// May be called on any thread, also in a callback, but not in a signal handler. In a child of
/// `fork` it cancels the calls of the child only.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_call_cancel(
    call: *const alikassa_call,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::run(error, |_| {
        handle::get(call)?.cancel();
        Ok(())
    })
}

/// Frees `call`. Calls in flight with it go on.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_call_free(call: *mut alikassa_call) {
    boundary::free(call);
}

/// What cancels a call, unless `call` is NULL.
pub(crate) fn optional(
    call: *const alikassa_call,
) -> Result<Option<Arc<Cancellation>>, InvalidHandle> {
    if call.is_null() {
        return Ok(None);
    }
    handle::get(call).map(Some)
}
