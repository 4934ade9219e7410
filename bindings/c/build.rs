//! Gives the shared library the name that programs find it by, and the crate its ABI number.

#![allow(
    clippy::print_stdout,
    reason = "this is how a build script speaks to cargo"
)]

/// Raised when a program compiled against an older header would break; never by an addition.
const ABI_VERSION: u32 = 0;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-env=ALIKASSA_ABI_VERSION={ABI_VERSION}");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libalikassa.so.{ABI_VERSION}");
        // Threads and fork handlers would outlive a `dlclose`.
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
