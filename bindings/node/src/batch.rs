//! A stream of the core with many requests in flight, of one iteration.

use std::cell::{RefCell, RefMut};
use std::sync::Arc;
use std::time::Duration;

use alikassa::Error;
use napi::Env;
use napi::bindgen_prelude::Object;

use crate::completion_queue::{CompletionQueue, Notify};

/// A stream, until the iteration has ended.
pub(crate) struct Batch<S> {
    notify: Arc<Notify>,
    active: RefCell<Option<S>>,
}

impl<S> Batch<S> {
    /// `open` opens the stream, which calls the function that it gets when something is ready.
    pub(crate) fn open(
        open: impl FnOnce(Box<dyn Fn() + Send + Sync>) -> Result<S, Error>,
    ) -> Result<Self, Error> {
        let notify = Arc::<Notify>::default();
        let on_ready = Arc::clone(&notify);
        let stream = open(Box::new(move || on_ready.notify()))?;
        Ok(Self {
            notify,
            active: RefCell::new(Some(stream)),
        })
    }

    pub(crate) fn active(&self) -> Result<RefMut<'_, S>, Error> {
        let active = RefMut::filter_map(self.active.borrow_mut(), Option::as_mut);
        active.map_err(|_| Error::internal("the iteration has ended"))
    }

    /// The stream, for its next event, which covers everything that was notified before.
    pub(crate) fn next(&self) -> Result<RefMut<'_, S>, Error> {
        self.notify.clear();
        self.active()
    }

    /// The number of a promise that is settled when something is ready that no event covered yet.
    pub(crate) fn ready(&self, queue: &Arc<CompletionQueue>) -> u32 {
        self.notify.notified(queue)
    }

    /// Cancels the requests in flight.
    pub(crate) fn close(&self) {
        drop(self.active.take());
    }
}

/// `{ event }`.
pub(crate) fn event<'js>(env: &'js Env, name: &str) -> napi::Result<Object<'js>> {
    let mut event = Object::new(env)?;
    event.set("event", name)?;
    Ok(event)
}

/// `{ event: 'pending', pause }`: the longest wait in milliseconds, or null.
pub(crate) fn pending(env: &Env, pause: Option<Duration>) -> napi::Result<Object<'_>> {
    let mut pending = event(env, "pending")?;
    pending.set("pause", pause.map(milliseconds))?;
    Ok(pending)
}

/// Rounded up: a timer that fires early would have to fire again.
fn milliseconds(pause: Duration) -> u32 {
    let whole = pause.as_nanos().div_ceil(1_000_000);
    whole.try_into().unwrap_or(u32::MAX)
}
