//! The events of clients on their way to a JavaScript thread.
//!
//! The core's thread leaves them here as text and never waits, so a JavaScript thread that is
//! blocked delays no other. `node/src/events.js` takes them, a few per turn of its event loop.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::mem;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use alikassa::binding::{EventSink, HookedEvent, Unobserved};
use alikassa::{ClientEvent, EventContext, EventHook};
use napi::Env;
use napi::bindgen_prelude::{Either, External, Function, Null, Object};
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi_derive::napi;

use crate::boundary;
use crate::completion_queue::{self, Wake};
use crate::output;
use crate::record_text::RecordText;

/// How many events wait for a JavaScript thread at most.
const CAPACITY: usize = 8192;

/// How many events are taken at once at most.
const BATCH: usize = 64;

thread_local! {
    /// The contexts of the calls that this thread starts now. A getter of a request can start a
    /// call while another one is started.
    static ENTERED: RefCell<Vec<Entered>> = const { RefCell::new(Vec::new()) };
}

struct Entered {
    client: u32,
    number: u32,
    /// Set when a call of the client starts.
    context: Option<Arc<CallContext>>,
}

/// The events for one JavaScript thread, the oldest first.
pub(crate) struct EventChannel {
    wake: Wake,
    state: Mutex<State>,
    /// The contexts that no event needs any more, except events in `state`. The next batch takes
    /// them along.
    ended: Mutex<Vec<u32>>,
}

#[derive(Default)]
struct State {
    batches: VecDeque<Batch>,
    waiting: usize,
    /// The JavaScript thread was woken and has not taken everything yet.
    is_woken: bool,
}

struct Batch {
    count: usize,
    text: napi::Result<RecordText>,
    /// The contexts that are not needed after this batch.
    ended: Vec<u32>,
}

type CallEvent = (Arc<CallContext>, ClientEvent);

/// The channel of this thread, made once. `wake` is called when there is something to take again.
#[napi]
#[allow(
    clippy::needless_pass_by_value,
    reason = "napi hands functions over by value"
)]
pub(crate) fn event_channel_new<'js>(
    env: &'js Env,
    wake: Function<'js, (), ()>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let channel = Arc::new(EventChannel {
            wake: completion_queue::waker(&wake)?,
            state: Mutex::default(),
            ended: Mutex::default(),
        });
        // As the completion queue, it is never released.
        mem::forget(Arc::clone(&channel));
        Ok(External::new(channel))
    })
}

/// The oldest events, `{ text | tagged_text, ended }`: a list of `[context, values]`, and the
/// contexts that are not needed after them. After a null `wake` is called again.
#[napi]
pub(crate) fn event_channel_pop<'js>(
    env: &'js Env,
    channel: &External<Arc<EventChannel>>,
) -> napi::Result<Either<Object<'js>, Null>> {
    let Some((text, ended)) = channel.pop() else {
        return Ok(Either::B(Null));
    };
    let mut batch = output::record_text_to_js(env, text?)?;
    batch.set("ended", ended)?;
    Ok(Either::A(batch))
}

/// What the option `on_event` of a client takes. The JavaScript side knows the client by this
/// number.
#[napi]
pub(crate) fn event_hook_new<'js>(
    env: &'js Env,
    channel: &External<Arc<EventChannel>>,
    client: u32,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let hook = ClientHook {
            channel: Arc::clone(channel),
            client,
            dropped: AtomicI64::new(0),
        };
        Ok(External::new(EventSink::new(Arc::new(hook))))
    })
}

/// The calls of the client that this thread starts from now on are observed, in the context that the
/// JavaScript side knows by this number.
#[napi]
pub(crate) fn event_context_enter(client: u32, number: u32) {
    let entered = Entered {
        client,
        number,
        context: None,
    };
    ENTERED.with_borrow_mut(|contexts| contexts.push(entered));
}

/// Ends what the last [`event_context_enter`] began. Returns whether a call started.
#[napi]
pub(crate) fn event_context_leave() -> bool {
    let left = ENTERED.with_borrow_mut(Vec::pop);
    left.is_some_and(|entered| entered.context.is_some())
}

impl EventChannel {
    fn push(&self, events: Vec<CallEvent>) {
        let numbered: Vec<_> = events
            .iter()
            .map(|(context, event)| (context.number, event))
            .collect();
        let mut batch = Batch {
            count: events.len(),
            text: RecordText::of_events(&numbered),
            ended: Vec::new(),
        };
        let mut state = self.lock();
        if self.wake.aborted() {
            // The thread has ended, as a terminated worker's has: nothing is taken any more.
            *state = State::default();
            return;
        }
        // Under the lock: whoever takes the last event of a call also learns that it was the last.
        drop(events);
        batch.ended = mem::take(&mut *self.lock_ended());
        state.waiting += batch.count;
        state.batches.push_back(batch);
        if mem::replace(&mut state.is_woken, true) {
            return;
        }
        drop(state);
        self.wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
    }

    fn pop(&self) -> Option<(napi::Result<RecordText>, Vec<u32>)> {
        let mut state = self.lock();
        let batch = state.batches.pop_front();
        state.is_woken = batch.is_some();
        let mut batch = batch?;
        state.waiting -= batch.count;
        if state.batches.is_empty() {
            batch.ended.append(&mut self.lock_ended());
        }
        Some((batch.text, batch.ended))
    }

    fn room(&self) -> usize {
        CAPACITY.saturating_sub(self.lock().waiting)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_ended(&self) -> MutexGuard<'_, Vec<u32>> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The hook of one client.
struct ClientHook {
    channel: Arc<EventChannel>,
    client: u32,
    /// The events that found no room since the last one that did.
    dropped: AtomicI64,
}

/// What the JavaScript side keeps for a call under this number until its last event.
struct CallContext {
    channel: Arc<EventChannel>,
    number: u32,
}

impl EventHook for ClientHook {
    /// Every call starts on the JavaScript thread, in a function of the binding.
    fn capture(&self) -> Option<EventContext> {
        ENTERED.with_borrow_mut(|contexts| {
            let entered = contexts.last_mut();
            let Some(entered) = entered.filter(|entered| entered.client == self.client) else {
                return Some(Arc::new(Unobserved) as EventContext);
            };
            let number = entered.number;
            let context = entered.context.get_or_insert_with(|| {
                let channel = Arc::clone(&self.channel);
                Arc::new(CallContext { channel, number })
            });
            Some(Arc::clone(context) as EventContext)
        })
    }

    /// The core calls `on_events`.
    fn on_event(&self, _: &ClientEvent, _: Option<&EventContext>) {}

    fn on_events(&self, events: Vec<HookedEvent>) {
        let mut events = self.accept(events).into_iter();
        loop {
            let batch: Vec<_> = events.by_ref().take(BATCH).collect();
            if batch.is_empty() {
                return;
            }
            self.channel.push(batch);
        }
    }
}

impl ClientHook {
    /// The events that there is room for, with their contexts. Those before an event that have none
    /// are counted in it.
    fn accept(&self, events: Vec<HookedEvent>) -> Vec<CallEvent> {
        let mut room = self.channel.room();
        let mut accepted = Vec::with_capacity(events.len().min(room));
        for HookedEvent {
            mut event, context, ..
        } in events
        {
            let Some(Ok(context)) = context.map(Arc::downcast::<CallContext>) else {
                continue;
            };
            event.dropped += self.dropped.swap(0, Ordering::Relaxed);
            if room == 0 {
                self.dropped.store(event.dropped + 1, Ordering::Relaxed);
                continue;
            }
            room -= 1;
            accepted.push((context, event));
        }
        accepted
    }
}

impl Drop for CallContext {
    fn drop(&mut self) {
        self.channel.lock_ended().push(self.number);
    }
}
