//! The calls in flight, which the client waits for when it is closed.

use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::error::{Result, closed};

static LAST: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// The calls that this thread is in the middle of.
    static CURRENT: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// A call in flight.
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

/// Counts a call as in flight until it is dropped.
#[must_use]
pub(crate) struct CallGuard {
    in_flight: Arc<InFlight>,
    id: CallId,
}

impl CallGuard {
    pub(crate) fn id(&self) -> CallId {
        self.id
    }
}

impl Drop for CallGuard {
    fn drop(&mut self) {
        self.in_flight.lock().running.remove(&self.id.0);
        self.in_flight.ended.notify_all();
    }
}

/// The calls in flight in one process of a client.
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
    /// Counts a call as in flight, unless the client is closed. That is read under the lock, so that either a client
    /// which closes sees the call, or the call sees that the client is closed.
    pub(crate) fn begin(self: &Arc<Self>, is_closed: &AtomicBool) -> Result<CallGuard> {
        let mut state = self.lock();
        if is_closed.load(Ordering::SeqCst) {
            return Err(closed());
        }
        let id = LAST.fetch_add(1, Ordering::Relaxed);
        state.running.insert(id);
        Ok(CallGuard {
            in_flight: Arc::clone(self),
            id: CallId(id),
        })
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
