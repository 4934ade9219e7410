//! The calls in flight, for which a client waits when it is closed.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::error::{Result, closed};

static NEXT_ID: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// The calls that are running on this thread. A callback of one can run another.
    static CURRENT: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// The id of a call in flight.
#[derive(Clone, Copy)]
pub(crate) struct CallId(u64);

impl CallId {
    /// Runs the call, or a part of it, on this thread.
    pub(crate) fn run<T>(self, call: impl FnOnce() -> T) -> T {
        let _entered = Entered::enter(self);
        call()
    }
}

struct Entered;

impl Entered {
    fn enter(call: CallId) -> Self {
        CURRENT.with_borrow_mut(|current| current.push(call.0));
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

/// The calls of a client that are in flight in this process.
#[derive(Default)]
pub(crate) struct InFlight {
    state: Mutex<State>,
    ended: Condvar,
}

#[derive(Default)]
struct State {
    /// The owner of each running call.
    running: HashMap<u64, usize>,
    /// The running calls whose callback closes the client and waits for the other calls.
    closing: HashSet<u64>,
}

impl State {
    /// Whether a call is running that a closing client waits for.
    fn is_any_running(&self, owner: Option<usize>) -> bool {
        let mut running = self.running.iter();
        running.any(|(call, of)| {
            owner.is_none_or(|owner| owner == *of) && !self.closing.contains(call)
        })
    }
}

impl InFlight {
    /// Counts a call of `owner` as in flight. An error if the client is closed. `is_closed` is
    /// called under the lock, so that a closing client sees the call or the call sees that the
    /// client is closed.
    pub(crate) fn begin(
        self: &Arc<Self>,
        owner: usize,
        is_closed: impl FnOnce() -> bool,
    ) -> Result<CallGuard> {
        let mut state = self.lock();
        if is_closed() {
            return Err(closed());
        }
        let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        state.running.insert(id, owner);
        Ok(CallGuard {
            in_flight: Arc::clone(self),
            id: CallId(id),
        })
    }

    pub(crate) fn count(&self) -> usize {
        self.lock().running.len()
    }

    /// Waits until every call has ended, or every call of `owner`, except the calls that are running
    /// on this thread: this function was called by their callback, so they cannot end before it
    /// returns.
    pub(crate) fn drain(&self, owner: Option<usize>) {
        let current = CURRENT.with_borrow(Vec::clone);
        let mut state = self.lock();
        state.closing.extend(&current);
        self.ended.notify_all();
        while state.is_any_running(owner) {
            state = self
                .ended
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.closing.retain(|call| !current.contains(call));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
