//! The sandbox as its users meet it: raw bytes on a socket, OpenSSL for signatures.

// clippy.toml lets tests do this, but not the functions they share.
#![expect(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used)]

mod binary;
mod client;
mod control;
mod faults;
mod framing;
mod keys;
mod routes;
mod signatures;
mod tls;
