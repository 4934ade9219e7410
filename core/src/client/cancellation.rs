//! Calls that another thread can cancel while their caller waits, for the bindings.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::api::response::Response;
use crate::client::Client;
use crate::client::call::Call;
use crate::engine::execution::{OnUpdate, Work as _};
use crate::engine::queued_call::Pending;
use crate::engine::settings::CallOptions;
use crate::error::{Error, Outcome, Result, cancelled};
use crate::sync::panic::contained;
use crate::sync::process_local::ProcessLocal;

/// Cancels the calls that are made with it: those in flight, and those that start later.
///
/// A child of `fork` has its own calls. It does not cancel those of its parent.
pub struct Cancellation {
    cancelled: AtomicBool,
    calls: ProcessLocal<Mutex<Calls>>,
}

/// What cancels each call in flight.
#[derive(Default)]
struct Calls {
    started: u64,
    in_flight: BTreeMap<u64, Cancel>,
}

type Cancel = Arc<dyn Fn() + Send + Sync>;

impl Default for Cancellation {
    fn default() -> Self {
        Self {
            cancelled: AtomicBool::new(false),
            calls: ProcessLocal::new(Mutex::default(), Mutex::default),
        }
    }
}

impl Cancellation {
    /// Cancels the calls in flight, and every call that is made with this from now on. Does not
    /// wait for them.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::SeqCst);
        let calls = self.calls.get();
        let in_flight: Vec<Cancel> = lock(&calls).in_flight.values().cloned().collect();
        for cancel in in_flight {
            cancel();
        }
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::SeqCst)
    }

    /// Calls `cancel` when this is cancelled, until the result is dropped. It can be called twice.
    pub(crate) fn register(&self, cancel: impl Fn() + Send + Sync + 'static) -> Registered {
        let calls = self.calls.get();
        let cancel: Cancel = Arc::new(cancel);
        let mut state = lock(&calls);
        let number = state.started;
        state.started += 1;
        state.in_flight.insert(number, Arc::clone(&cancel));
        drop(state);
        // A thread that cancels sets the flag before it reads the calls, so one of the two calls it.
        if self.is_cancelled() {
            cancel();
        }
        Registered { calls, number }
    }
}

fn lock(calls: &Mutex<Calls>) -> MutexGuard<'_, Calls> {
    calls.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Cancellation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cancellation")
            .field(&self.is_cancelled())
            .finish()
    }
}

/// A call that can be cancelled, until this is dropped.
#[must_use]
pub(crate) struct Registered {
    calls: Arc<Mutex<Calls>>,
    number: u64,
}

impl Drop for Registered {
    fn drop(&mut self) {
        let cancel = lock(&self.calls).in_flight.remove(&self.number);
        // Without the lock: it may have the last reference to the call.
        drop(cancel);
    }
}

/// What a call on the pool sends to the thread that waits for it.
enum Message {
    /// A status that a wait received.
    Update(Response),
    /// The result; the last message.
    Done(Result<Response>),
}

#[doc(hidden)]
impl Client {
    /// [`execute_into`](Self::execute_into), but `cancellation` can end the call. Without one, it
    /// runs on this thread. With one, it runs on the client's pool, as
    /// [`submit`](Self::submit) does, and ends at once as [`Pending::cancel`] says. Callbacks run
    /// on this thread.
    ///
    /// # Errors
    /// As [`execute_into`](Self::execute_into); [`Cancelled`](crate::ErrorKind::Cancelled) or, for a
    /// create in flight, [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown).
    pub fn execute_with<T>(
        &self,
        mut call: Call,
        options: &CallOptions,
        cancellation: Option<&Cancellation>,
        hand_over: impl FnOnce(Response) -> Result<T>,
    ) -> Result<T> {
        let Some(cancellation) = cancellation else {
            return self.execute_into(call, options, hand_over);
        };
        let on_update = call.on_update.take();
        let (context, work) = call.prepare()?;
        work.decide(&self.shared);
        if cancellation.is_cancelled() {
            return Err(context.annotate(cancelled().with_outcome(Outcome::NotSent)));
        }
        let (sender, messages) = channel();
        let updates = on_update.is_some().then(|| sender.clone());
        let relay: OnUpdate = Box::new(move |status| {
            if let Some(updates) = &updates {
                // The caller may have left.
                let _ = updates.send(Message::Update(status.clone()));
            }
            ControlFlow::Continue(())
        });
        let done = move |result| {
            let _ = sender.send(Message::Done(result));
        };
        let client = self.with_options(*options);
        let pending = Arc::new(client.start(Ok((context.clone(), work)), relay, done));
        let cancel = Arc::clone(&pending);
        let _registered = cancellation.register(move || cancel.cancel());
        let response =
            receive(&messages, on_update, &pending, cancellation).unwrap_or_else(|| {
                let error = Error::internal("the call ended without a result");
                Err(context.response_lost(error, pending.attempts()))
            })?;
        contained(|| hand_over(response))
            .map_err(|error| context.response_lost(error, pending.attempts()))
    }
}

/// The result of a call on the pool, or the status at which `on_update` ended it.
fn receive(
    messages: &Receiver<Message>,
    mut on_update: Option<OnUpdate>,
    pending: &Pending,
    cancellation: &Cancellation,
) -> Option<Result<Response>> {
    loop {
        let status = match messages.recv().ok()? {
            Message::Done(result) => return Some(result),
            Message::Update(status) => status,
        };
        if let Some(on_update) = &mut on_update
            && !cancellation.is_cancelled()
            && on_update(&status).is_break()
        {
            pending.cancel();
            return Some(Ok(status));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    fn counted(cancellation: &Cancellation) -> (Arc<AtomicUsize>, Registered) {
        let count = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&count);
        let registered = cancellation.register(move || {
            counter.fetch_add(1, Ordering::SeqCst);
        });
        (count, registered)
    }

    #[test]
    fn calls_that_are_registered_before_or_after_are_cancelled() {
        let cancellation = Cancellation::default();
        let (before, _before) = counted(&cancellation);
        let (ended, registered) = counted(&cancellation);
        drop(registered);
        assert_eq!(before.load(Ordering::SeqCst), 0);
        cancellation.cancel();
        let (after, _after) = counted(&cancellation);
        let counts = [&before, &ended, &after].map(|count| count.load(Ordering::SeqCst));
        assert_eq!(counts, [1, 0, 1]);
    }
}
