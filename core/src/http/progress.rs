//! The phase of the exchange on this thread, and the guard of its request.
//!
//! It is thread-local because ureq runs the whole exchange on the caller's thread and passes no
//! data of the caller to a connector.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use super::times;
use crate::error::Phase;
use crate::sync::send_guard::SendGuard;

thread_local! {
    static PHASE: Cell<Phase> = const { Cell::new(Phase::Connect) };
    static GUARD: RefCell<Option<Arc<SendGuard>>> = const { RefCell::new(None) };
}

/// Begins an exchange in the phase `first`. Until the result is dropped, `guard` can prevent the
/// request from being sent.
pub(super) fn watch(first: Phase, guard: Option<&Arc<SendGuard>>) -> Watch {
    PHASE.set(first);
    GUARD.replace(guard.cloned());
    Watch
}

/// An exchange on this thread.
#[must_use]
pub(super) struct Watch;

impl Drop for Watch {
    fn drop(&mut self) {
        GUARD.take();
    }
}

pub(super) fn phase() -> Phase {
    PHASE.get()
}

pub(super) fn enter(phase: Phase) {
    PHASE.set(phase);
}

/// Called before each part of the request is sent. Returns false if it may not be sent.
pub(super) fn send() -> bool {
    PHASE.set(Phase::Send);
    GUARD.with_borrow(|guard| guard.as_ref().is_none_or(|guard| guard.begin()))
}

/// Called when the request is sent and its response awaited.
pub(super) fn receive() {
    PHASE.set(Phase::Receive);
    times::sent();
    GUARD.with_borrow(|guard| guard.iter().for_each(|guard| guard.begin_receive()));
}

/// Runs `step` in `phase`. After a success, the previous phase continues.
pub(super) fn during<T, E>(phase: Phase, step: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    let previous = PHASE.replace(phase);
    let result = step();
    if result.is_ok() {
        PHASE.set(previous);
    }
    result
}
