//! Tests the sandbox from outside, with raw bytes on a socket and OpenSSL for signatures.

// clippy.toml allows this in tests, but not in the functions they share.
#![expect(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used)]

mod binary;
mod client;
mod control;
mod creates;
mod delivery;
mod duplicates;
mod fault_effects;
mod faults;
mod framing;
mod history;
mod keys;
mod money;
mod notifications;
mod redirects;
mod routes;
mod settlement;
mod signatures;
mod tls;
mod webhook;
