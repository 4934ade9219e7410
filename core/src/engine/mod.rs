//! Running calls: attempts, retries, creates sent at most once, polling, and calls on the pool.

pub(crate) mod account;
pub(crate) mod attempt;
pub(crate) mod call_events;
pub(crate) mod create;
pub(crate) mod dry_run;
pub(crate) mod environment;
pub(crate) mod event;
pub(crate) mod event_queue;
pub(crate) mod execution;
pub(crate) mod guards;
pub(crate) mod limits;
pub(crate) mod options;
pub(crate) mod poll;
pub(crate) mod queued_call;
pub(crate) mod read;
pub(crate) mod reconcile;
pub(crate) mod recorder;
pub(crate) mod request;
pub(crate) mod settings;
pub(crate) mod settle;
pub(crate) mod shared;
pub(crate) mod signature_cache;
pub(crate) mod signer;
#[cfg(feature = "tracing")]
pub(crate) mod tracing_events;
pub(crate) mod work;
