//! State that a forked child must not share with its parent: connections, threads, locks.

use std::sync::Arc;

use arc_swap::ArcSwap;

/// A value that each process creates for itself: after `fork`, the first use in the child creates a
/// new one.
///
/// The child does not drop the parent's value: a lock in it may have been held at the fork, and its
/// connections belong to the parent.
pub(crate) struct ProcessLocal<T> {
    current: ArcSwap<Owned<T>>,
    make: Box<dyn Fn() -> T + Send + Sync>,
}

struct Owned<T> {
    pid: u32,
    value: Arc<T>,
}

impl<T> ProcessLocal<T> {
    pub(crate) fn new(first: T, make: impl Fn() -> T + Send + Sync + 'static) -> Self {
        let current = ArcSwap::from_pointee(Owned {
            pid: std::process::id(),
            value: Arc::new(first),
        });
        Self {
            current,
            make: Box::new(make),
        }
    }

    pub(crate) fn get(&self) -> Arc<T> {
        let current = self.current.load_full();
        if current.pid == std::process::id() {
            return Arc::clone(&current.value);
        }
        let fresh = Arc::new(Owned {
            pid: std::process::id(),
            value: Arc::new((self.make)()),
        });
        let previous = self.current.compare_and_swap(&current, fresh);
        // A thread that loses the race uses the winner's value. No thread drops the parent's value.
        std::mem::forget(current);
        std::mem::forget(previous);
        Arc::clone(&self.current.load().value)
    }
}
