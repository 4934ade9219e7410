//! Clients and their calls.

use std::ffi::c_char;
use std::fmt::Write as _;

use alikassa::{Call, CallOptions, Cert, Client, ClientBuilder, Operation, RawRequest, Value};

use crate::boundary;
use crate::config::alikassa_config;
use crate::convert;
use crate::error::{Failure, alikassa_error};
use crate::handle::{self, Handle};
use crate::reply::{Reply, alikassa_reply};
use crate::text::{Text, alikassa_text};

/// A client of one account. End it with `alikassa_client_free`.
///
/// Any number of threads may use one client at the same time, and a child of `fork` its copy.
pub enum alikassa_client {}

impl Handle for alikassa_client {
    type Object = Client;
    const NAME: &'static str = "client";
}

/// A client with these settings, which it copies. Nothing is sent.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_client_new(
    config: *const alikassa_config,
    client: *mut *mut alikassa_client,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::call(client, error, |_| {
        handle::issue(handle::get(config)?.build()?)
    })
}

/// A client from the environment: `ALIKASSA_ACCOUNT`, `ALIKASSA_PAYMENT_CERT`, `ALIKASSA_PAYOUT_CERT`,
/// `ALIKASSA_BASE_URL`, `ALIKASSA_DIGEST` and `ALIKASSA_CA_FILE`, read once.
///
/// No other thread may change the environment meanwhile.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_client_from_env(
    client: *mut *mut alikassa_client,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::call(client, error, |_| {
        handle::issue(ClientBuilder::from_env()?.language("c").build()?)
    })
}

/// What the client's owner should know since the last asking, one line each: a digest proved, a small key. Empty
/// when there is nothing.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_client_take_notices(
    client: *const alikassa_client,
    notices: *mut *mut alikassa_text,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::call(notices, error, |_| {
        let mut lines = String::new();
        for notice in handle::get(client)?.take_notices() {
            // Writing to a String cannot fail.
            let _ = writeln!(lines, "{notice}");
        }
        handle::issue(Text(lines.into_bytes()))
    })
}

/// Refuses new calls and waits for those of other threads, each up to its own deadline.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_client_close(
    client: *const alikassa_client,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::act(error, |_| {
        handle::get(client)?.close();
        Ok(())
    })
}

/// Ends a client without waiting: calls of other threads that are on their way run to their end.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_client_free(client: *mut alikassa_client) {
    boundary::release(client);
}

/// The state of one payment, by `{"id": ...}` or `{"order_id": ...}`; a reply of type `Payment`.
///
/// `timeout_ms` is for one attempt and `deadline_ms` for the whole call; 0 takes the client's.
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
    boundary::call(reply, error, |caller| {
        let fields = convert::fields(caller.bytes("json", json, json_len)?)?;
        let options = convert::options(timeout_ms, deadline_ms);
        typed(client, "payments.status", fields, &options)
    })
}

/// The state of one payout, by `{"id": ...}` or `{"order_id": ...}`; a reply of type `Payout`.
///
/// `timeout_ms` is for one attempt and `deadline_ms` for the whole call; 0 takes the client's.
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
    boundary::call(reply, error, |caller| {
        let fields = convert::fields(caller.bytes("json", json, json_len)?)?;
        let options = convert::options(timeout_ms, deadline_ms);
        typed(client, "payouts.status", fields, &options)
    })
}

/// The account's balance; a reply of type `Balance`. It is signed with the payout certificate.
///
/// `timeout_ms` is for one attempt and `deadline_ms` for the whole call; 0 takes the client's.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_account_balance(
    client: *const alikassa_client,
    timeout_ms: u64,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::call(reply, error, |_| {
        let options = convert::options(timeout_ms, deadline_ms);
        typed(client, "account.balance", Vec::new(), &options)
    })
}

/// A raw signed request, for what has no function of its own; a raw reply.
///
/// `path` is written as `v1/payout/status`, `json` is an object, `cert` is `payment` or `payout`. `read` is 1 for
/// a request that only asks and may be sent again after a passing fault, and 0 for any other. `timeout_ms` is for
/// one attempt and `deadline_ms` for the whole call; 0 takes the client's.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_request(
    client: *const alikassa_client,
    path: *const c_char,
    path_len: usize,
    json: *const c_char,
    json_len: usize,
    cert: *const c_char,
    cert_len: usize,
    read: i32,
    timeout_ms: u64,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::call(reply, error, |caller| {
        let path = caller.text("path", path, path_len)?;
        let body = alikassa::parse_body(caller.bytes("json", json, json_len)?)?;
        let cert: Cert = caller.text("cert", cert, cert_len)?.parse()?;
        let read = convert::boolean("read", read)?;
        let options = convert::options(timeout_ms, deadline_ms);
        let request = Call::Raw(RawRequest::new(path, body, cert, read));
        execute(client, request, &options)
    })
}

fn typed(
    client: *const alikassa_client,
    operation: &str,
    fields: Vec<(String, Value)>,
    options: &CallOptions,
) -> Result<*mut alikassa_reply, Failure> {
    let call = Call::Typed(Operation::named(operation)?, fields);
    execute(client, call, options)
}

fn execute(
    client: *const alikassa_client,
    call: Call,
    options: &CallOptions,
) -> Result<*mut alikassa_reply, Failure> {
    let answer = handle::get(client)?.execute(call, options)?;
    handle::issue(Reply::new(answer))
}
