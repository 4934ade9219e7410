//! The sandbox as its users meet it: raw bytes on a socket, OpenSSL for signatures.

// clippy.toml lets tests do this, but not the functions they share.
#![expect(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used)]

mod fault_effects;
mod binary;
mod client;
mod control;
mod creates;
mod duplicates;
mod settlement;
mod faults;
mod framing;
mod history;
mod webhook;
mod keys;
mod notifications;
mod money;
mod delivery;
mod redirects;
mod routes;
mod signatures;
mod tls;
