//! Threads, locks and cancellation.

pub(crate) mod cancel;
pub(crate) mod in_flight;
pub(crate) mod panic;
pub(crate) mod pool;
pub(crate) mod process_local;
pub(crate) mod semaphore;
pub(crate) mod send_guard;
