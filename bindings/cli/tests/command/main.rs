//! Tests of the command: they run the real program against a sandbox.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may stop at what it does not expect"
)]

mod configuration;
#[cfg(unix)]
mod database;
mod doctor;
mod explain;
mod keys;
mod ledger;
mod notifications;
mod pages;
mod payouts;
mod program;
mod reads;
mod reconciliations;
#[cfg(unix)]
mod schemas;
mod shells;
#[cfg(unix)]
mod terminal;
