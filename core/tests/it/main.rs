//! Integration tests of the core, one module per subject.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may stop at a broken set-up"
)]

mod accounts;
mod bindings;
mod calls;
mod closing;
mod creates;
mod drips;
mod environment;
mod events;
mod external_signers;
mod fixture;
mod imports;
mod keys;
mod layers;
mod ledger;
mod limits;
mod logs;
mod messages;
mod notifications;
mod polling;
mod proxies;
mod reads;
#[cfg(target_os = "linux")]
mod residue;
mod slow_hooks;
mod statuses;
mod support;
mod tables;
#[cfg(target_os = "linux")]
mod thread_limit;
#[cfg(feature = "tracing")]
mod tracing_events;
mod values;
mod vectors;
