//! Clients kept by name in the process.

use std::ffi::c_char;

use alikassa::binding;

use crate::boundary;
use crate::client::alikassa_client;
use crate::error::alikassa_error;
use crate::handle;

/// Keeps `client` by `name` in this process, also after `client` is freed. For runtimes that share
/// nothing between two requests, such as PHP: a new client reads its keys, connects and detects the
/// digest again.
///
/// `name` is 1 to 255 bytes of UTF-8. Make it of every option and of the state of the key files, so
/// that a changed option or key is another client. A client that has this name is released, as by
/// `alikassa_client_free`. So is, when 64 others are kept, the one that was not used for the longest
/// time.
///
/// The client ends with the process, or when it is neither kept nor held by a handle or a call. Do
/// not keep a client with a callback whose `context` is gone after the request.
///
/// Returns `ALIKASSA_STATUS_INVALID_ARGUMENT` if `name` has another length.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_client_keep(
    client: *const alikassa_client,
    name: *const c_char,
    name_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::run(error, |arguments| {
        let client = handle::get(client)?;
        Ok(client.keep(arguments.text("name", (name, name_len))?)?)
    })
}

/// Returns the client that is kept by `name`, or NULL if there is none: it was not kept in this
/// process, or was released or closed. A child of `fork` has none of its parent.
///
/// `alikassa_client_free` frees the handle; the client stays kept. Any number of threads may have a
/// handle of the same client. Returns `ALIKASSA_STATUS_INVALID_ARGUMENT` if `name` is not 1 to 255
/// bytes.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_client_kept(
    name: *const c_char,
    name_len: usize,
    client: *mut *mut alikassa_client,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::optional_handle(client, error, |arguments| {
        Ok(binding::kept(arguments.text("name", (name, name_len))?)?)
    })
}

/// Releases the client that is kept by `name`, as `alikassa_client_free` does. Handles of it, and
/// calls in flight, keep it. Does nothing if there is none. Returns
/// `ALIKASSA_STATUS_INVALID_ARGUMENT` if `name` is not 1 to 255 bytes.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_client_unkeep(
    name: *const c_char,
    name_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::run(error, |arguments| {
        Ok(binding::unkeep(arguments.text("name", (name, name_len))?)?)
    })
}
