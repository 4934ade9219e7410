// Generated from the core's tables by `make bless`; do not edit.
//! The operations of the provider's API.

use std::ffi::c_char;
use std::ptr;

use crate::call;
use crate::cancel::alikassa_call;
use crate::client::alikassa_client;
use crate::error::alikassa_error;
use crate::options;
use crate::reply::alikassa_reply;

/// Creates a payment. It is sent at most once, whatever happens. The type of the reply is
/// `CreatedPayment`.
///
/// `json` is an object. Required: `amount`, `order_id`, `service`, `customer_ip`. Optional: `desc`,
/// `lifetime`, `customer_account`, `customer_user_id`, `customer_code`, `customer_email`,
/// `customer_first_name`, `customer_last_name`, `customer_address`, `customer_phone`,
/// `customer_post_code`, `customer_state`, `customer_city`, `customer_browser_user_agent`,
/// `customer_browser_accept_header`, `customer_browser_color_depth`, `customer_browser_language`,
/// `customer_browser_screen_height`, `customer_browser_screen_width`, `success_redirect_id`,
/// `fail_redirect_id`, `notification_endpoint_id`, `success_redirect_url`, `fail_redirect_url`,
/// `notification_endpoint_url`. Fields that this library does not know go into `other_fields`, an
/// object.
///
/// Every error has an outcome. After `ALIKASSA_STATUS_OUTCOME_UNKNOWN` the money may have moved:
/// never send the request again, call `alikassa_payments_resolve`.
///
/// `timeout_ms` limits one attempt and `deadline_ms` the whole call; 0 uses the client's value.
///
/// Source: the payment creation page.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_payments_create(
    client: *const alikassa_client,
    json: *const c_char,
    json_len: usize,
    timeout_ms: u64,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    alikassa_payments_create_with(
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

/// `alikassa_payments_create` with a `call`, which may be NULL. After `alikassa_call_cancel` it
/// returns `ALIKASSA_STATUS_CANCELLED` if it sent nothing, or else
/// `ALIKASSA_STATUS_OUTCOME_UNKNOWN`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_payments_create_with(
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
        "payments.create",
        client,
        (json, json_len),
        options::of_call(call, timeout_ms, deadline_ms),
        reply,
        error,
    )
}

/// Returns the status of one payment. With a ledger it settles the row of its order. The type of
/// the reply is `Payment`.
///
/// `json` is `{"id": ...}` or `{"order_id": ...}`.
///
/// `timeout_ms` limits one attempt and `deadline_ms` the whole call; 0 uses the client's value.
///
/// Source: the payment status page.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_payments_status(
    client: *const alikassa_client,
    json: *const c_char,
    json_len: usize,
    timeout_ms: u64,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    alikassa_payments_status_with(
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

/// `alikassa_payments_status` with a `call`, which may be NULL. After `alikassa_call_cancel` it
/// returns `ALIKASSA_STATUS_CANCELLED`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_payments_status_with(
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
        "payments.status",
        client,
        (json, json_len),
        options::of_call(call, timeout_ms, deadline_ms),
        reply,
        error,
    )
}

/// Returns one page of the history of payments. The type of the reply is `History`.
///
/// `json` is an object. Optional: `date_from`, `date_to`, `page`, `paginate`. Fields that this
/// library does not know go into `other_fields`, an object.
///
/// `timeout_ms` limits one attempt and `deadline_ms` the whole call; 0 uses the client's value.
///
/// Source: the payment history page.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_payments_history(
    client: *const alikassa_client,
    json: *const c_char,
    json_len: usize,
    timeout_ms: u64,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    alikassa_payments_history_with(
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

/// `alikassa_payments_history` with a `call`, which may be NULL. After `alikassa_call_cancel` it
/// returns `ALIKASSA_STATUS_CANCELLED`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_payments_history_with(
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
        "payments.history",
        client,
        (json, json_len),
        options::of_call(call, timeout_ms, deadline_ms),
        reply,
        error,
    )
}

/// Creates a payout. It is sent at most once, whatever happens. The type of the reply is
/// `CreatedPayout`.
///
/// `json` is an object. Required: `amount`, `number`, `order_id`, `service`. Optional:
/// `notification_endpoint_id`, `notification_endpoint_url`, `extra`, `customer_phone`,
/// `customer_email`, `customer_code`, `customer_first_name`, `customer_last_name`,
/// `customer_country`. Fields that this library does not know go into `other_fields`, an object.
///
/// Every error has an outcome. After `ALIKASSA_STATUS_OUTCOME_UNKNOWN` the money may have moved:
/// never send the request again, call `alikassa_payouts_resolve`.
///
/// `timeout_ms` limits one attempt and `deadline_ms` the whole call; 0 uses the client's value.
///
/// Source: the payout creation page.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_payouts_create(
    client: *const alikassa_client,
    json: *const c_char,
    json_len: usize,
    timeout_ms: u64,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    alikassa_payouts_create_with(
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

/// `alikassa_payouts_create` with a `call`, which may be NULL. After `alikassa_call_cancel` it
/// returns `ALIKASSA_STATUS_CANCELLED` if it sent nothing, or else
/// `ALIKASSA_STATUS_OUTCOME_UNKNOWN`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_payouts_create_with(
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
        "payouts.create",
        client,
        (json, json_len),
        options::of_call(call, timeout_ms, deadline_ms),
        reply,
        error,
    )
}

/// Returns the status of one payout. With a ledger it settles the row of its order. The type of the
/// reply is `Payout`.
///
/// `json` is `{"id": ...}` or `{"order_id": ...}`.
///
/// `timeout_ms` limits one attempt and `deadline_ms` the whole call; 0 uses the client's value.
///
/// Source: the payout status page.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_payouts_status(
    client: *const alikassa_client,
    json: *const c_char,
    json_len: usize,
    timeout_ms: u64,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    alikassa_payouts_status_with(
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

/// `alikassa_payouts_status` with a `call`, which may be NULL. After `alikassa_call_cancel` it
/// returns `ALIKASSA_STATUS_CANCELLED`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_payouts_status_with(
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
        "payouts.status",
        client,
        (json, json_len),
        options::of_call(call, timeout_ms, deadline_ms),
        reply,
        error,
    )
}

/// Returns the account's balance. The payout certificate signs it, as the provider warns. The type
/// of the reply is `Balance`.
///
/// `timeout_ms` limits one attempt and `deadline_ms` the whole call; 0 uses the client's value.
///
/// Source: the account balance page.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_account_balance(
    client: *const alikassa_client,
    timeout_ms: u64,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    alikassa_account_balance_with(client, ptr::null(), timeout_ms, deadline_ms, reply, error)
}

/// `alikassa_account_balance` with a `call`, which may be NULL. After `alikassa_call_cancel` it
/// returns `ALIKASSA_STATUS_CANCELLED`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_account_balance_with(
    client: *const alikassa_client,
    call: *const alikassa_call,
    timeout_ms: u64,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    call::without_fields(
        "account.balance",
        client,
        options::of_call(call, timeout_ms, deadline_ms),
        reply,
        error,
    )
}

/// Returns what the account may do. The payout certificate signs it, as the provider warns. The
/// type of the reply is `AccountInfo`.
///
/// `timeout_ms` limits one attempt and `deadline_ms` the whole call; 0 uses the client's value.
///
/// Source: the account information page, which exists in the older documentation only.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_account_info(
    client: *const alikassa_client,
    timeout_ms: u64,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    alikassa_account_info_with(client, ptr::null(), timeout_ms, deadline_ms, reply, error)
}

/// `alikassa_account_info` with a `call`, which may be NULL. After `alikassa_call_cancel` it
/// returns `ALIKASSA_STATUS_CANCELLED`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_account_info_with(
    client: *const alikassa_client,
    call: *const alikassa_call,
    timeout_ms: u64,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    call::without_fields(
        "account.info",
        client,
        options::of_call(call, timeout_ms, deadline_ms),
        reply,
        error,
    )
}
