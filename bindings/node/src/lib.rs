//! The library for Node: functions that convert arguments, call the core and convert the result.
//!
//! `node/src` makes the public classes from these functions. Each returns `{ ok }` or `{ error }`,
//! and the JavaScript side throws: its errors have the classes and the realm that the caller's
//! `instanceof` tests.
//!
//! The modules are layers. Each imports only from those after it:
//! `statuses`, `reconcile`, `history`, `call`, `client`, `signer`, `key`, `ledger`, `ledger_rows`,
//! `notification`, `support`; `batch`, `options`; `limits`, `events`; `progress`,
//! `completion_queue`; `boundary`, `input`; `codec`; `error`; `foreign`, `output`; `record_text`.
#![cfg_attr(test, allow(dead_code, reason = "a test build exports nothing"))]

#[cfg(panic = "abort")]
compile_error!("panics are caught at the boundary; build with panic = \"unwind\"");

mod batch;
mod boundary;
mod call;
mod client;
mod codec;
mod completion_queue;
mod error;
mod events;
mod foreign;
mod history;
mod input;
mod key;
mod ledger;
mod ledger_rows;
mod limits;
mod notification;
mod options;
mod output;
mod progress;
mod reconcile;
mod record_text;
mod signer;
mod statuses;
mod support;
#[cfg(feature = "test-hooks")]
mod test_hooks;

use napi::bindgen_prelude::{Object, Unknown};
use napi::{Env, ValueType};
use napi_derive::napi;

/// The library's version.
#[napi]
pub(crate) fn version() -> &'static str {
    alikassa::VERSION
}

/// The deepest nesting of a body.
#[napi]
pub(crate) fn max_depth() -> u32 {
    u32::try_from(alikassa::binding::MAX_DEPTH).unwrap_or(u32::MAX)
}

/// Whether a value is the handle of a native object. Deno has no `util.types.isExternal`.
#[napi]
pub(crate) fn is_handle(value: Unknown<'_>) -> napi::Result<bool> {
    Ok(value.get_type()? == ValueType::External)
}

/// The canonical form of an encoded body. It is ASCII: JavaScript makes a Buffer faster than napi.
#[napi]
pub(crate) fn canonical_json<'js>(env: &'js Env, data: Unknown<'js>) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let bytes = alikassa::canonical_json(&codec::decode(data)?)?;
        Ok(env.create_string_latin1(bytes)?)
    })
}
