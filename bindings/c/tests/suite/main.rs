//! The installed library, tested by C programs.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test panics if its setup fails"
)]

mod cancelling;
mod fixture;
mod layout;
mod programs;
#[cfg(target_os = "linux")]
mod residue;
mod toolchain;
