//! One call of a client: reads its input, runs it, and returns its reply.

use std::ffi::c_char;
use std::ptr;

use alikassa::binding::Call;
use alikassa::{Cert, Error, RawRequest};

use crate::boundary;
use crate::cancel::{self, alikassa_call};
use crate::client::alikassa_client;
use crate::error::{Failure, alikassa_error};
use crate::handle;
use crate::input::{self, Arguments, RawBytes};
use crate::options::{self, CallParameters};
use crate::reply::{Reply, alikassa_reply};

/// Sends a signed request for which this library has no function. Returns a raw reply.
///
/// `path` is like `v1/payout/status`. `json` is an object. `cert` is `payment` or `payout`.
/// `timeout_ms` limits one attempt and `deadline_ms` the whole call; 0 uses the client's value.
///
/// `read` is 1 for a request that changes nothing. It is retried after a transient error. `read` is
/// 0 for a request that may create something. It is sent at most once, every error has an outcome
/// like that of `alikassa_payouts_create`, and a client with a ledger requires a string `order_id`
/// in `json`.
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
    alikassa_request_with(
        client,
        ptr::null(),
        path,
        path_len,
        json,
        json_len,
        cert,
        cert_len,
        read,
        timeout_ms,
        deadline_ms,
        reply,
        error,
    )
}

/// `alikassa_request` with a `call`, which may be NULL. After `alikassa_call_cancel` it returns
/// `ALIKASSA_STATUS_CANCELLED`, or for a create in flight `ALIKASSA_STATUS_OUTCOME_UNKNOWN`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_request_with(
    client: *const alikassa_client,
    call: *const alikassa_call,
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
    let (path, json, cert) = ((path, path_len), (json, json_len), (cert, cert_len));
    let parameters = options::of_call(call, timeout_ms, deadline_ms);
    let name_call = |arguments: &Arguments, error| {
        let path = arguments.bytes("path", path).unwrap_or_default();
        let order_id = order_id(arguments, json);
        let path = String::from_utf8_lossy(path);
        Call::raw_refused(&path, order_id.as_deref(), read == 1, error)
    };
    run(client, parameters, reply, error, name_call, |arguments| {
        let path = arguments.text("path", path)?;
        let body = alikassa::parse_body(arguments.bytes("json", json)?)?;
        let cert: Cert = arguments.text("cert", cert)?.parse()?;
        let read = input::flag("read", read)?;
        Ok(Call::raw(RawRequest::new(path, body, cert, read)))
    })
}

/// Runs the call `name` with the fields of a JSON object.
pub(crate) fn with_fields(
    name: &str,
    client: *const alikassa_client,
    json: RawBytes,
    parameters: CallParameters,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    configured(name, client, json, parameters, reply, error, |call| call)
}

/// Runs the call `name` with the fields of a JSON object, after `configure` has changed it.
pub(crate) fn configured(
    name: &str,
    client: *const alikassa_client,
    json: RawBytes,
    parameters: CallParameters,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
    configure: impl FnOnce(Call) -> Call,
) -> i32 {
    let name_call = |arguments: &Arguments, error| {
        let order_id = order_id(arguments, json);
        Call::refused(name, order_id.as_deref(), error)
    };
    run(client, parameters, reply, error, name_call, |arguments| {
        let fields = input::fields(arguments.bytes("json", json)?)?;
        Ok(configure(Call::named(name, fields)?))
    })
}

/// Runs the call `name`, which has no fields.
pub(crate) fn without_fields(
    name: &str,
    client: *const alikassa_client,
    parameters: CallParameters,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    let name_call = |_: &Arguments, error| Call::refused(name, None, error);
    run(client, parameters, reply, error, name_call, |_| {
        Ok(Call::named(name, Vec::new())?)
    })
}

/// The `order_id` among invalid fields, if it can be read.
pub(crate) fn order_id(arguments: &Arguments, json: RawBytes) -> Option<String> {
    input::order_id(arguments.bytes("json", json).ok()?)
}

/// Prepares the call and runs it. `name_call` adds the name of the call to an error of the
/// preparation, and for a create that it was not sent.
pub(crate) fn run(
    client: *const alikassa_client,
    parameters: CallParameters,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
    name_call: impl FnOnce(&Arguments, Error) -> Error,
    prepare: impl FnOnce(&Arguments) -> Result<Call, Failure>,
) -> i32 {
    boundary::request(
        reply,
        error,
        |arguments| {
            let (client, cancellation) = (handle::get(client)?, cancel::optional(parameters.call)?);
            Ok((client, cancellation, prepare(arguments)?))
        },
        |arguments, failure| failure.map(|error| name_call(arguments, error)),
        |(client, cancellation, call)| {
            // The core calls this, so that an error here has the outcome of a create whose response
            // is lost.
            let to_handle = |response| handle::insert(Reply::new(response));
            Ok(client.execute_with(
                call,
                &parameters.options,
                cancellation.as_deref(),
                to_handle,
            )?)
        },
    )
}
