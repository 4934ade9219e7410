//! The calls on their way, which whoever closes the client waits for.

use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::error::Result;

static LAST: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// The calls that this thread is in the middle of.
    static CURRENT: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// A call on its way.
#[derive(Clone, Copy)]
pub(crate) struct CallId(u64);

impl CallId {
    /// Runs the call, or a part of it, on this thread.
    pub(crate) fn run<T>(self, call: impl FnOnce() -> T) -> T {
        let _inside = Entered::enter(self);
        call()
    }
}

struct Entered;

impl Entered {
    fn enter(call: CallId) -> Self {
        CURRENT.with_borrow_mut(|inside| inside.push(call.0));
        Self
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        CURRENT.with_borrow_mut(Vec::pop);
    }
}

/// The calls on their way in one process of a client.
#[derive(Default)]
pub(crate) struct InFlight {
    state: Mutex<State>,
    ended: Condvar,
}

#[derive(Default)]
struct State {
    running: HashSet<u64>,
    /// Those of them whose own callback closes the client, and so waits for all others.
    closing: HashSet<u64>,
}

impl InFlight {
    /// Counts a call as on its way. It asks whether it `may` begin under the lock, so that a closing client sees the
    /// call or the call sees it closed.
    pub(crate) fn begin(&self, may: impl FnOnce() -> Result<()>) -> Result<CallId> {
        let mut state = self.lock();
        may()?;
        let id = LAST.fetch_add(1, Ordering::Relaxed);
        state.running.insert(id);
        Ok(CallId(id))
    }

    pub(crate) fn end(&self, call: CallId) {
        self.lock().running.remove(&call.0);
        self.ended.notify_all();
    }

    /// Waits until every call has ended. A call that this thread is in the middle of cannot end before its callback
    /// does, which asks for this.
    pub(crate) fn drain(&self) {
        let mine = CURRENT.with_borrow(Vec::clone);
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
