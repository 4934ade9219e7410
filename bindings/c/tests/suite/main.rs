//! What C programs are given, tried by C programs: built, laid out, compiled against, misused and run.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may stop at a broken set-up"
)]

mod layout;
mod programs;
mod toolchain;
