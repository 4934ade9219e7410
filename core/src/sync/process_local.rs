//! State that a forked child must not share with its parent: connections, threads, locks.

use std::sync::Arc;

use arc_swap::ArcSwap;

/// A value that each process makes for itself: after `fork`, the first use in the child makes a new one.
///
/// A lock inside the parent's value may have been held when the process forked, and its connections belong to
/// the parent; so the child leaves that value untouched for good instead of dropping it.
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
        let before = self.current.compare_and_swap(&current, fresh);
        // Whoever lost the race uses the winner's value; nobody drops the parent's.
        std::mem::forget(current);
        std::mem::forget(before);
        Arc::clone(&self.current.load().value)
    }
}
