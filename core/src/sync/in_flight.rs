//! The calls on their way, which whoever closes the client waits for.

use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::error::Result;

static LAST: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// The calls that this thread is in the middle of.
    static INSIDE: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// A call on its way.
#[derive(Clone, Copy)]
pub(crate) struct CallNumber(u64);

impl CallNumber {
    /// Runs the call, or a part of it, on this thread.
    pub(crate) fn run<T>(self, call: impl FnOnce() -> T) -> T {
        let _inside = Inside::enter(self);
        call()
    }
}

struct Inside;

impl Inside {
    fn enter(call: CallNumber) -> Self {
        INSIDE.with_borrow_mut(|inside| inside.push(call.0));
        Self
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        INSIDE.with_borrow_mut(Vec::pop);
    }
}

/// The calls on their way in one process of a client.
#[derive(Default)]
pub(crate) struct Calls {
    state: Mutex<State>,
    ended: Condvar,
}

#[derive(Default)]
struct State {
    running: HashSet<u64>,
    /// Those of them whose own callback closes the client, and so waits for all others.
    closing: HashSet<u64>,
}

impl Calls {
    /// Counts a call as on its way. It asks whether it `may` begin under the lock, so that a closing client sees the
    /// call or the call sees it closed.
    pub(crate) fn begin(&self, may: impl FnOnce() -> Result<()>) -> Result<CallNumber> {
        let mut state = self.lock();
        may()?;
        let number = LAST.fetch_add(1, Ordering::Relaxed);
        state.running.insert(number);
        Ok(CallNumber(number))
    }

    pub(crate) fn end(&self, call: CallNumber) {
        self.lock().running.remove(&call.0);
        self.ended.notify_all();
    }

    /// Waits until every call has ended. A call that this thread is in the middle of cannot end before its callback
    /// does, which asks for this.
    pub(crate) fn wait_for_all(&self) {
        let mine = INSIDE.with_borrow(Vec::clone);
        let mut state = self.lock();
        state.closing.extend(&mine);
        self.ended.notify_all();
        while !state.running.is_subset(&state.closing) {
            state = self
                .ended
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.closing.retain(|call| !mine.contains(call));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
