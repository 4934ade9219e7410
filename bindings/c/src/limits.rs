//! The limits of creates, and creates that are not sent.

use std::ffi::{c_char, c_void};
use std::ptr;
use std::sync::Arc;

use alikassa::binding::{Call, OptionValue};
use alikassa::{Cert, InvalidValue, Limits, RawRequest, Reason, Value};

use crate::boundary;
use crate::call;
use crate::callback::{Context, alikassa_destroy};
use crate::client::alikassa_client;
use crate::error::alikassa_error;
use crate::input;
use crate::options::{self, alikassa_config};
use crate::reply::alikassa_reply;
use crate::str::alikassa_str;

/// Decides whether a number may be paid to. `number` is borrowed until the function returns.
/// `context` is the pointer that was passed with the function. Return 1 to allow the number and 0 to
/// refuse it. Any other value means that the function failed, and the create is refused.
///
/// The function runs on the thread that calls the create, before the call starts, so several threads
/// may run it at the same time, and no timeout limits it. It must return: do not call `longjmp` and
/// do not throw a C++ exception. It may call the library with any handle, and close or free the
/// client of the create. If it closes the client, the create is not sent.
pub type alikassa_allow_number =
    Option<unsafe extern "C" fn(context: *mut c_void, number: alikassa_str) -> i32>;

/// What creates of `operation` may be sent: `payouts.create` or `payments.create`. Another create is
/// refused with `ALIKASSA_STATUS_GUARD`, and nothing is sent. An order that the ledger has is
/// `ALIKASSA_STATUS_DUPLICATE_ORDER`, whatever the limits say.
///
/// `json` is an object with the limits, each optional: `max_amount`, `max_per_day` (amounts as
/// texts), `max_count_per_day` (an integer), `zone` (`"+03:00"` or `"Europe/Moscow"`, `"UTC"` by
/// default), `allowed_services` and `allowed_numbers` (arrays of texts). Limits of a day need a
/// ledger.
///
/// `allow_number` decides about numbers in place of `allowed_numbers`, or is NULL; then `context` and
/// `destroy` are not used. `destroy` frees `context`, or is NULL: it is called when `config` and
/// every client made from it are freed, or have other limits, and the last call has returned.
///
/// `alikassa_client_new` checks the limits. Another call for the same operation replaces them.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_limits(
    config: *mut alikassa_config,
    operation: *const c_char,
    operation_len: usize,
    json: *const c_char,
    json_len: usize,
    allow_number: alikassa_allow_number,
    context: *mut c_void,
    destroy: alikassa_destroy,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::run(error, |arguments| {
        let operation = arguments.text("operation", (operation, operation_len))?;
        let json = arguments.bytes("json", (json, json_len))?;
        let path = format!("limits.{operation}");
        let body = alikassa::parse_body(json).map_err(|invalid| invalid.within_key(&path))?;
        let Value::Map(fields) = body else {
            return Err(InvalidValue::new(Reason::NotAnObject)
                .within_key(&path)
                .into());
        };
        let mut limits = Limits::new();
        for (name, value) in fields {
            limits = limits.set(&name, value);
        }
        options::change(config, |builder| {
            if let Some(function) = allow_number {
                let context = Context {
                    pointer: context,
                    destroy,
                };
                let callback = AllowNumber { function, context };
                limits = limits.allow_number_or(Arc::new(move |number| callback.call(number)));
            }
            builder.set("limits", OptionValue::Limits(operation.to_owned(), limits))
        })
    })
}

/// Checks and signs the create `operation` with the fields of a JSON object, as
/// `alikassa_payouts_create` would, but sends and records nothing. Returns a reply of type `DryRun`:
/// what would be sent, and in `refusal` the code of the error that the ledger or a limit would cause.
///
/// `operation` is `payouts.create` or `payments.create`. `deadline_ms` limits the wait for the
/// ledger; 0 uses the client's value.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_dry_run(
    client: *const alikassa_client,
    operation: *const c_char,
    operation_len: usize,
    json: *const c_char,
    json_len: usize,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    let (operation, json) = ((operation, operation_len), (json, json_len));
    let name_call = |arguments: &input::Arguments, error| {
        let operation = arguments.bytes("operation", operation).unwrap_or_default();
        let operation = String::from_utf8_lossy(operation);
        Call::refused(
            &operation,
            call::order_id(arguments, json).as_deref(),
            error,
        )
    };
    let parameters = options::of_call(ptr::null(), 0, deadline_ms);
    call::run(client, parameters, reply, error, name_call, |arguments| {
        let operation = arguments.text("operation", operation)?;
        let fields = input::fields(arguments.bytes("json", json)?)?;
        Ok(Call::named(operation, fields)?.dry_run(true))
    })
}

/// `alikassa_dry_run` of a raw create: the arguments are those of `alikassa_request`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_request_dry_run(
    client: *const alikassa_client,
    path: *const c_char,
    path_len: usize,
    json: *const c_char,
    json_len: usize,
    cert: *const c_char,
    cert_len: usize,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    let (path, json, cert) = ((path, path_len), (json, json_len), (cert, cert_len));
    let name_call = |arguments: &input::Arguments, error| {
        let path = arguments.bytes("path", path).unwrap_or_default();
        let path = String::from_utf8_lossy(path);
        Call::raw_refused(
            &path,
            call::order_id(arguments, json).as_deref(),
            false,
            error,
        )
    };
    let parameters = options::of_call(ptr::null(), 0, deadline_ms);
    call::run(client, parameters, reply, error, name_call, |arguments| {
        let path = arguments.text("path", path)?;
        let body = alikassa::parse_body(arguments.bytes("json", json)?)?;
        let cert: Cert = arguments.text("cert", cert)?.parse()?;
        Ok(Call::raw(RawRequest::create(path, body, cert)).dry_run(true))
    })
}

/// The callback of limits with its context.
struct AllowNumber {
    function: unsafe extern "C" fn(*mut c_void, alikassa_str) -> i32,
    context: Context,
}

impl AllowNumber {
    fn call(&self, number: &str) -> Result<bool, String> {
        // SAFETY: by the contract this is a function of this type that returns, and it accepts
        // `context`.
        match unsafe { (self.function)(self.context.pointer, number.into()) } {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(format!("it returned {other}")),
        }
    }
}
