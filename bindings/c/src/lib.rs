//! The C interface of the `AliKassa` client library: converts, calls the core, converts back.
//!
//! The doc comments of this crate are the documentation of `include/alikassa.h`, which a test generates from
//! them. The contract with C programs is in `README.md`; `boundary` is where it is put into practice. To Rust the
//! entry points are safe functions, since no Rust code can call them: the crate is never a Rust library.

#![allow(unsafe_code, reason = "exports to C, and memory that C programs own")]
#![allow(
    non_camel_case_types,
    reason = "types have the names that C programs know"
)]

#[cfg(panic = "abort")]
compile_error!("panics are contained at the boundary; build with panic = \"unwind\"");

mod boundary;
mod handle;
mod output;

// Apart, so that they keep the order that their functions have in the header.
mod options;

mod client;

mod notification;

mod ledger;

mod reply;

mod error;

mod text;

mod key;

use std::ffi::{CStr, c_char};

pub use client::*;
pub use error::*;
pub use key::*;
pub use ledger::*;
pub use notification::*;
pub use options::*;
pub use reply::*;
pub use text::*;

const VERSION: &CStr =
    match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        Err(_) => panic!("a version holds no NUL"),
    };

const ABI_VERSION: u32 = match u32::from_str_radix(env!("ALIKASSA_ABI_VERSION"), 10) {
    Ok(version) => version,
    Err(_) => panic!("build.rs gives a number"),
};

/// The version of the library that is loaded, such as `"0.1.0"`: static, ended by a NUL.
///
/// `ALIKASSA_VERSION` is the version that the program was compiled against.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_version() -> *const c_char {
    VERSION.as_ptr()
}

/// The ABI of the library that is loaded; a program works with it when it equals `ALIKASSA_ABI_VERSION`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_abi_version() -> u32 {
    ABI_VERSION
}
