//! Functions of the same signature, to choose one by a number. `generated.rs` has those of the options
//! and operations.

use std::ffi::{c_char, c_void};
use std::ptr;

use alikassa_c::*;

use crate::output::Output;
use crate::program::{ErrorOut, Status};

pub(crate) fn pick<T>(from: &[T], which: u8) -> &T {
    &from[usize::from(which) % from.len()]
}

pub(crate) type ConfigText =
    extern "C" fn(*mut alikassa_config, *const c_char, usize, ErrorOut) -> Status;

pub(crate) type ConfigTime = extern "C" fn(*mut alikassa_config, u64, ErrorOut) -> Status;

/// A flag is a count for the fuzzer.
pub(crate) type ConfigCount = fn(*mut alikassa_config, u32, ErrorOut) -> Status;

/// A deadline, so that polling ends.
pub(crate) const DEADLINE_MS: u64 = 8;

pub(crate) type WithJson = extern "C" fn(
    *const alikassa_client,
    *const alikassa_call,
    *const c_char,
    usize,
    u64,
    u64,
    *mut *mut alikassa_reply,
    ErrorOut,
) -> Status;

pub(crate) type WithoutJson = extern "C" fn(
    *const alikassa_client,
    *const alikassa_call,
    u64,
    u64,
    *mut *mut alikassa_reply,
    ErrorOut,
) -> Status;

pub(crate) type Wait = extern "C" fn(
    *const alikassa_client,
    *const alikassa_call,
    *const c_char,
    usize,
    u64,
    u64,
    u64,
    alikassa_on_update,
    *mut c_void,
    *mut *mut alikassa_reply,
    ErrorOut,
) -> Status;

pub(crate) extern "C" fn on_update(_: *mut c_void, status: alikassa_str) -> i32 {
    status.take(&mut Vec::new());
    0
}

pub(crate) type ReplyText = extern "C" fn(*const alikassa_reply, *mut alikassa_str) -> Status;
pub(crate) static REPLY_TEXTS: [ReplyText; 4] = [
    alikassa_reply_type,
    alikassa_reply_json,
    alikassa_reply_body,
    alikassa_reply_support_text,
];

pub(crate) type ErrorText = extern "C" fn(*const alikassa_error, *mut alikassa_str) -> Status;
pub(crate) static ERROR_TEXTS: [ErrorText; 13] = [
    alikassa_error_code,
    alikassa_error_message,
    alikassa_error_hint,
    alikassa_error_operation,
    alikassa_error_order_id,
    alikassa_error_field,
    alikassa_error_reason,
    alikassa_error_phase,
    alikassa_error_server_message,
    alikassa_error_body,
    alikassa_error_previous,
    alikassa_error_json,
    alikassa_error_support_text,
];

pub(crate) type ErrorNumber = extern "C" fn(*const alikassa_error, *mut i32) -> Status;
pub(crate) static ERROR_NUMBERS: [ErrorNumber; 4] = [
    alikassa_error_status,
    alikassa_error_outcome,
    alikassa_error_http_status,
    alikassa_error_same_body,
];

macro_rules! frees {
    ($($function:ident),* $(,)?) => {
        /// The function that frees a handle, of each kind.
        pub(crate) const FREES: &[fn(usize)] = &[
            $(|address| $function(ptr::without_provenance_mut(address))),*
        ];
    };
}
frees!(
    alikassa_client_free,
    alikassa_config_free,
    alikassa_error_free,
    alikassa_events_free,
    alikassa_ledger_free,
    alikassa_reply_free,
    alikassa_rows_free,
    alikassa_signing_key_free,
    alikassa_text_free,
    alikassa_verifying_key_free,
    alikassa_reconcile_free,
    alikassa_call_free,
);
