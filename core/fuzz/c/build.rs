//! The real build script computes this number. The fuzz target does not depend on it.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-env=ALIKASSA_ABI_VERSION=0");
}
