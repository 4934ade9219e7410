//! The number that the real build script gives; which one it is, no fuzzer minds.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-env=ALIKASSA_ABI_VERSION=0");
}
