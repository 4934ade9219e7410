//! Which threads are inside the binding, so that the interpreter's shutdown can wait for them.
//!
//! Before Python 3.14, finalization ends a thread that runs Python code with `pthread_exit`, which
//! unwinds its stack. If a Rust frame is on it, the process aborts. So no thread but the one that
//! shuts down may run Python code inside the binding when finalization starts. A function of the
//! caller, which can run for long, is called by Python code, outside the binding.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicIsize, Ordering};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use pyo3::prelude::*;

/// The threads inside that are attached to the interpreter.
static INSIDE: AtomicIsize = AtomicIsize::new(0);

/// The thread that shuts down, and since when.
static CLOSED: OnceLock<(ThreadId, Instant)> = OnceLock::new();

/// How long other threads stay outside after the shutdown. It usually ends with them. But another
/// `atexit` function can wait for such a thread.
const HOLD: Duration = Duration::from_secs(10);

/// A thread inside, until it is dropped.
pub(crate) struct Inside(());

impl Inside {
    pub(crate) fn enter(py: Python<'_>) -> Self {
        INSIDE.fetch_add(1, Ordering::SeqCst);
        hold(py);
        Self(())
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        INSIDE.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A thread inside that is detached, until it is dropped.
struct Detached(());

impl Detached {
    fn new() -> Self {
        INSIDE.fetch_sub(1, Ordering::SeqCst);
        Self(())
    }
}

impl Drop for Detached {
    fn drop(&mut self) {
        INSIDE.fetch_add(1, Ordering::SeqCst);
    }
}

/// Runs `work` with the GIL released.
pub(crate) fn detach<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> T {
    let detached = Detached::new();
    let result = py.detach(work);
    drop(detached);
    hold(py);
    result
}

/// Keeps a thread from running Python code inside after the shutdown.
fn hold(py: Python<'_>) {
    if let Some((thread, closed)) = CLOSED.get()
        && *thread != thread::current().id()
    {
        let _detached = Detached::new();
        py.detach(|| thread::sleep(HOLD.saturating_sub(closed.elapsed())));
    }
}

/// Lets no other thread in from now on.
pub(crate) fn close() {
    CLOSED.get_or_init(|| (thread::current().id(), Instant::now()));
}

/// Whether no thread is inside.
pub(crate) fn is_empty() -> bool {
    INSIDE.load(Ordering::SeqCst) <= 0
}

/// In a child of `fork` the threads of its parent do not exist.
pub(crate) fn forget_threads() {
    INSIDE.store(0, Ordering::SeqCst);
}
