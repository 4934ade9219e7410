//! Calls that send several reads: resolve and wait.

use std::ffi::{c_char, c_void};
use std::ops::ControlFlow;
use std::ptr;

use alikassa::binding::Call;

use crate::call;
use crate::cancel::alikassa_call;
use crate::client::alikassa_client;
use crate::error::alikassa_error;
use crate::input::{self, RawBytes};
use crate::options::{self, CallParameters};
use crate::output;
use crate::reply::alikassa_reply;
use crate::str::alikassa_str;

/// Determines the outcome of a payment whose create has an unknown outcome. Requests its status,
/// with increasing pauses, until the payment is found or the deadline passes. Returns a reply of
/// type `Resolution`; its JSON text is `{"found", "matched_by", "other_id", "status"}`.
///
/// `json` is `{"order_id": ..., "amount": ...}`; `amount` is optional. The payment is found if the
/// provider has it with the amount that was sent, compared as a number: the amount in the ledger,
/// or `amount` if the ledger has none. Without either, the `order_id` alone decides. If both exist
/// and differ, the function returns `ALIKASSA_STATUS_INVALID_ARGUMENT`.
///
/// A payment that is found is recorded in the ledger. `found` `false` does not prove that the
/// payment was not created: only the provider's support can confirm that.
///
/// `timeout_ms` limits one request and `deadline_ms` the whole call; 0 uses the client's value.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_payments_resolve(
    client: *const alikassa_client,
    json: *const c_char,
    json_len: usize,
    timeout_ms: u64,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    alikassa_payments_resolve_with(
        client,
        ptr::null(),
        json,
        json_len,
        timeout_ms,
        deadline_ms,
        reply,
        error,
    )
}

/// `alikassa_payments_resolve` with a `call`, which may be NULL. After
/// `alikassa_call_cancel` it returns `ALIKASSA_STATUS_CANCELLED`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_payments_resolve_with(
    client: *const alikassa_client,
    call: *const alikassa_call,
    json: *const c_char,
    json_len: usize,
    timeout_ms: u64,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    call::with_fields(
        "payments.resolve",
        client,
        (json, json_len),
        options::of_call(call, timeout_ms, deadline_ms),
        reply,
        error,
    )
}

/// Determines the outcome of a payout whose create has an unknown outcome, like
/// `alikassa_payments_resolve`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_payouts_resolve(
    client: *const alikassa_client,
    json: *const c_char,
    json_len: usize,
    timeout_ms: u64,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    alikassa_payouts_resolve_with(
        client,
        ptr::null(),
        json,
        json_len,
        timeout_ms,
        deadline_ms,
        reply,
        error,
    )
}

/// `alikassa_payouts_resolve` with a `call`, which may be NULL. After
/// `alikassa_call_cancel` it returns `ALIKASSA_STATUS_CANCELLED`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_payouts_resolve_with(
    client: *const alikassa_client,
    call: *const alikassa_call,
    json: *const c_char,
    json_len: usize,
    timeout_ms: u64,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    call::with_fields(
        "payouts.resolve",
        client,
        (json, json_len),
        options::of_call(call, timeout_ms, deadline_ms),
        reply,
        error,
    )
}

/// Receives each status of a wait, as JSON text like that of the reply of the wait. The text is
/// borrowed until the function returns. `context` is the pointer that was passed to the wait.
/// Return 0 to continue. Any other value ends the wait with this status.
///
/// The function runs on the waiting thread, and its time counts towards the deadline. It must
/// return: do not call `longjmp` and do not throw a C++ exception. It may call the library with any
/// handle, and close or free the client of the wait. If it closes the client, the wait ends with this
/// status.
pub type alikassa_on_update =
    Option<unsafe extern "C" fn(context: *mut c_void, status_json: alikassa_str) -> i32>;

/// Requests the status of a payment until it is final, the deadline passes, or `on_update` returns
/// a value other than 0. Returns the last status in a reply of type `Payment`.
///
/// `json` is `{"id": ...}` or `{"order_id": ...}`. `on_update` may be NULL; `context` is passed to
/// it.
///
/// `interval_ms` is the pause between two requests, from 10 to 86400000; 0 uses 2000. `timeout_ms`
/// limits one request and `deadline_ms` the whole call; 0 uses the client's value.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_payments_wait(
    client: *const alikassa_client,
    json: *const c_char,
    json_len: usize,
    interval_ms: u64,
    timeout_ms: u64,
    deadline_ms: u64,
    on_update: alikassa_on_update,
    context: *mut c_void,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    alikassa_payments_wait_with(
        client,
        ptr::null(),
        json,
        json_len,
        interval_ms,
        timeout_ms,
        deadline_ms,
        on_update,
        context,
        reply,
        error,
    )
}

/// `alikassa_payments_wait` with a `call`, which may be NULL. After
/// `alikassa_call_cancel` it returns `ALIKASSA_STATUS_CANCELLED`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_payments_wait_with(
    client: *const alikassa_client,
    call: *const alikassa_call,
    json: *const c_char,
    json_len: usize,
    interval_ms: u64,
    timeout_ms: u64,
    deadline_ms: u64,
    on_update: alikassa_on_update,
    context: *mut c_void,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    let options = WaitOptions {
        interval_ms,
        parameters: options::of_call(call, timeout_ms, deadline_ms),
        on_update: UpdateCallback { on_update, context },
    };
    wait(
        "payments.wait",
        client,
        (json, json_len),
        options,
        reply,
        error,
    )
}

/// Requests the status of a payout until it is final, like `alikassa_payments_wait`. Returns a
/// reply of type `Payout`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_payouts_wait(
    client: *const alikassa_client,
    json: *const c_char,
    json_len: usize,
    interval_ms: u64,
    timeout_ms: u64,
    deadline_ms: u64,
    on_update: alikassa_on_update,
    context: *mut c_void,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    alikassa_payouts_wait_with(
        client,
        ptr::null(),
        json,
        json_len,
        interval_ms,
        timeout_ms,
        deadline_ms,
        on_update,
        context,
        reply,
        error,
    )
}

/// `alikassa_payouts_wait` with a `call`, which may be NULL. After
/// `alikassa_call_cancel` it returns `ALIKASSA_STATUS_CANCELLED`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_payouts_wait_with(
    client: *const alikassa_client,
    call: *const alikassa_call,
    json: *const c_char,
    json_len: usize,
    interval_ms: u64,
    timeout_ms: u64,
    deadline_ms: u64,
    on_update: alikassa_on_update,
    context: *mut c_void,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    let options = WaitOptions {
        interval_ms,
        parameters: options::of_call(call, timeout_ms, deadline_ms),
        on_update: UpdateCallback { on_update, context },
    };
    wait(
        "payouts.wait",
        client,
        (json, json_len),
        options,
        reply,
        error,
    )
}

struct WaitOptions {
    interval_ms: u64,
    parameters: CallParameters,
    on_update: UpdateCallback,
}

fn wait(
    name: &str,
    client: *const alikassa_client,
    json: RawBytes,
    options: WaitOptions,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    let WaitOptions {
        interval_ms,
        parameters,
        on_update,
    } = options;
    call::configured(name, client, json, parameters, reply, error, |call| {
        on_update.set(call.interval(input::duration(interval_ms)))
    })
}

/// The callback of a wait with its context.
struct UpdateCallback {
    on_update: alikassa_on_update,
    context: *mut c_void,
}

/// A callback that the program passed.
struct Update {
    function: unsafe extern "C" fn(context: *mut c_void, status_json: alikassa_str) -> i32,
    context: *mut c_void,
}

// SAFETY: the callback is called only on the thread that waits.
unsafe impl Send for Update {}

impl UpdateCallback {
    fn set(self, call: Call) -> Call {
        let Some(function) = self.on_update else {
            return call;
        };
        let update = Update {
            function,
            context: self.context,
        };
        call.on_update(Box::new(move |status| {
            update.call(output::response_json(status).as_deref())
        }))
    }
}

impl Update {
    fn call(&self, status_json: Option<&str>) -> ControlFlow<()> {
        // SAFETY: by the contract this is a function of this type that returns, and it accepts
        // `context`.
        match unsafe { (self.function)(self.context, status_json.into()) } {
            0 => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        }
    }
}
