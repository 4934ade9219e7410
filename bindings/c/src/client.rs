//! The client object.

use std::ffi::c_char;
use std::fmt::Write as _;

use alikassa::Client;

use crate::boundary;
use crate::error::alikassa_error;
use crate::handle::{self, Handle};
use crate::options::{Config, alikassa_config};
use crate::text::{Text, alikassa_text};

/// A client of one account. Free it with `alikassa_client_free`.
///
/// Any number of threads may use a client at the same time. A child of `fork` may use the client
/// that it inherited.
pub enum alikassa_client {}

impl Handle for alikassa_client {
    type Object = Client;
    const NAME: &'static str = "client";
}

/// A client with the options of `config`, which are copied. Sends nothing.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_client_new(
    config: *const alikassa_config,
    client: *mut *mut alikassa_client,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::new_handle(client, error, |_| Ok(handle::get(config)?.build()?))
}

/// A client with the options of the environment, see `alikassa_config_from_env`. Sends nothing.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_client_from_env(
    client: *mut *mut alikassa_client,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::new_handle(client, error, |_| Ok(Config::from_env()?.build()?))
}

/// A client for another account, the UUID `account`, with the options and keys of `client`. It shares
/// threads, connections, ledger, cached signatures and notices with `client`, and costs a few hundred
/// bytes. Free it with `alikassa_client_free` in any order with `client`. Sends nothing.
///
/// `alikassa_client_close` closes a derived client alone. If `client` was made by
/// `alikassa_client_new` or `alikassa_client_from_env`, closing it also closes every client that was
/// derived from it.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_client_for_account(
    client: *const alikassa_client,
    account: *const c_char,
    account_len: usize,
    derived: *mut *mut alikassa_client,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::new_handle(derived, error, |arguments| {
        let client = handle::get(client)?;
        Ok(client.for_account(arguments.text("account", (account, account_len))?)?)
    })
}

/// Returns the notices since the last call of this function, one per line, and removes them. Empty
/// if there are none.
///
/// A notice is a message for the operator: the detected digest, a key that is too small, a ledger
/// that could not be written, a ledger file with several names, or another payment or payout with
/// the `order_id` of a row.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_client_take_notices(
    client: *const alikassa_client,
    notices: *mut *mut alikassa_text,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::new_handle(notices, error, |_| {
        let mut lines = String::new();
        for notice in handle::get(client)?.take_notices() {
            // Writing to a String cannot fail.
            let _ = writeln!(lines, "{notice}");
        }
        Ok(Text(lines.into_bytes()))
    })
}

/// Refuses new calls and waits for the calls in flight on other threads, each until its own
/// deadline at most. Waits, resolves and retries among them end early, with the last result. Then
/// connections are closed, idle threads end, and the ledger's log is moved into its file. A client
/// from `alikassa_client_for_account` is closed alone, and what it shares stays open.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_client_close(
    client: *const alikassa_client,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::run(error, |_| {
        handle::get(client)?.close();
        Ok(())
    })
}

/// Frees `client` without waiting. Calls in flight on other threads run to completion.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_client_free(client: *mut alikassa_client) {
    boundary::free(client);
}
