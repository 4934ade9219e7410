//! Sets the soname of the shared library and the ABI number of the crate.

#![allow(
    clippy::print_stdout,
    reason = "build scripts print instructions for cargo"
)]

/// Incremented when a program compiled with an older header would break, not for additions.
const ABI_VERSION: u32 = 0;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-env=ALIKASSA_ABI_VERSION={ABI_VERSION}");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libalikassa.so.{ABI_VERSION}");
        // Threads and fork handlers still run after a `dlclose`.
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
