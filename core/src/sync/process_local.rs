//! State that a forked child must not share with its parent: connections, threads, locks.

use std::mem::forget;
use std::sync::Arc;

use arc_swap::ArcSwapOption;

/// A value that each process creates for itself: after `fork`, the first use in the child creates a
/// new one.
///
/// The child does not drop the parent's value: a lock in it may have been held at the fork, and its
/// connections belong to the parent.
pub(crate) struct ProcessLocal<T, F = Box<dyn Fn() -> T + Send + Sync>> {
    current: ArcSwapOption<Owned<T>>,
    make: F,
}

struct Owned<T> {
    pid: u32,
    value: Arc<T>,
}

impl<T> Owned<T> {
    fn new(value: T) -> Arc<Self> {
        Arc::new(Self {
            pid: std::process::id(),
            value: Arc::new(value),
        })
    }
}

impl<T> ProcessLocal<T> {
    pub(crate) fn new(first: T, make: impl Fn() -> T + Send + Sync + 'static) -> Self {
        Self {
            current: ArcSwapOption::new(Some(Owned::new(first))),
            make: Box::new(make),
        }
    }
}

impl<T> ProcessLocal<T, fn() -> T> {
    /// A value that is created at its first use. For a static: a `LazyLock` that another thread
    /// initializes at the fork stays locked in the child.
    pub(crate) const fn lazy(make: fn() -> T) -> Self {
        Self {
            current: ArcSwapOption::const_empty(),
            make,
        }
    }
}

impl<T, F: Fn() -> T> ProcessLocal<T, F> {
    pub(crate) fn get(&self) -> Arc<T> {
        loop {
            let current = self.current.load_full();
            if let Some(owned) = &current
                && owned.pid == std::process::id()
            {
                return Arc::clone(&owned.value);
            }
            let fresh = Some(Owned::new((self.make)()));
            let previous = self.current.compare_and_swap(&current, fresh);
            // A thread that loses the race uses the winner's value. No thread drops the parent's
            // value.
            forget(current);
            forget(previous);
        }
    }
}
