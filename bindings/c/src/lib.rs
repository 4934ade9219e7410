//! The C interface of the `AliKassa` client library: converts, calls the core, converts back.
//!
//! The doc comments of this crate are the documentation in `include/alikassa.h`, which a test
//! generates from them. The contract with C programs is in `README.md`. The exported functions are
//! safe functions, because no Rust code can call them: the crate is never a Rust library.

#![allow(unsafe_code, reason = "exports to C, and memory that C programs own")]
#![allow(
    non_camel_case_types,
    reason = "types have the names that C programs know"
)]

#[cfg(panic = "abort")]
compile_error!("panics are caught at the boundary; build with panic = \"unwind\"");

mod boundary;
mod callback;
mod error;
mod handle;
mod input;
mod output;
mod str;

// In the order that their functions have in the header. The blank lines keep rustfmt from sorting
// them.
mod client;

mod kept;

mod cancel;

mod options;

mod event;

mod generated {
    pub(crate) mod options;

    pub(crate) mod operations;
}

mod poll;

mod reconcile;

mod call;

mod limits;

mod notification;

mod ledger;

mod ledger_rows;

mod reply;

mod error_getters;

mod text;

mod key;

mod signer;

use std::ffi::{CStr, c_char};

pub use call::*;
pub use cancel::*;
pub use client::*;
pub use error::*;
pub use error_getters::*;
pub use event::*;
pub use generated::operations::*;
pub use generated::options::*;
pub use kept::*;
pub use key::*;
pub use ledger::*;
pub use ledger_rows::*;
pub use limits::*;
pub use notification::*;
pub use options::*;
pub use poll::*;
pub use reconcile::*;
pub use reply::*;
pub use signer::*;
pub use str::*;
pub use text::*;

const VERSION: &CStr =
    match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        Err(_) => panic!("a version has no NUL"),
    };

const ABI_VERSION: u32 = match u32::from_str_radix(env!("ALIKASSA_ABI_VERSION"), 10) {
    Ok(version) => version,
    Err(_) => panic!("build.rs sets a number"),
};

/// The version of the loaded library, such as `"0.1.0"`: a static, NUL-terminated string.
///
/// `ALIKASSA_VERSION` is the version of the header that the program was compiled with.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_version() -> *const c_char {
    VERSION.as_ptr()
}

/// The ABI version of the loaded library. It is compatible with a program if it equals the
/// program's `ALIKASSA_ABI_VERSION`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_abi_version() -> u32 {
    ABI_VERSION
}
