//! The events of this process on their way to the hooks: a bounded queue, and one thread that
//! delivers them in order.
//!
//! A call never waits for a hook. If the queue is full, the event is dropped and counted.

use std::any::Any;
use std::cell::Cell;
use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::engine::event::ClientEvent;
use crate::sync::process_local::ProcessLocal;

/// The limit of the queue, in events.
const CAPACITY: usize = 8192;

/// How many events are delivered at once, at most. They do not gather for longer.
const BATCH: usize = 256;

/// How long events gather before they are delivered. Waking the thread for each of them would cost
/// more than the events.
const TICK: Duration = Duration::from_millis(10);

/// How long an idle thread is kept.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// What a hook needs of the place where a call started.
pub type EventContext = Arc<dyn Any + Send + Sync>;

/// Receives the events of clients: for logs, metrics and traces.
///
/// The events of all clients of a process are delivered in order, on one thread of the library.
/// A call never waits for a hook: if it is too slow, events are dropped and counted in the next
/// event. A panic in a hook changes nothing.
///
/// A closure is a hook:
///
/// ```no_run
/// use alikassa::{Client, ClientEvent, ClientEventKind};
/// let client = Client::builder("93d5df06-996c-48c3-9847-348d6b580b80")
///     .payout_cert("cert/payout")?
///     .on_event(|event: &ClientEvent| {
///         if event.kind == ClientEventKind::Outcome {
///             println!("{} {:?} {:?}", event.operation, event.code, event.total_us);
///         }
///     })
///     .build()?;
/// # Ok::<(), alikassa::Error>(())
/// ```
pub trait EventHook: Send + Sync + 'static {
    /// What the events of a call need of the place where it starts, such as the current span. It is
    /// called on that thread.
    fn capture(&self) -> Option<EventContext> {
        None
    }

    /// Receives an event, with what [`capture`](Self::capture) returned when the call started.
    fn on_event(&self, event: &ClientEvent, context: Option<&EventContext>);

    /// Receives events that were delivered at once. For the bindings.
    #[doc(hidden)]
    fn on_events(&self, events: Vec<HookedEvent>) {
        for HookedEvent { event, context, .. } in events {
            _ = catch_unwind(AssertUnwindSafe(|| {
                self.on_event(&event, context.as_ref());
            }));
        }
    }
}

impl<F: Fn(&ClientEvent) + Send + Sync + 'static> EventHook for F {
    fn on_event(&self, event: &ClientEvent, _: Option<&EventContext>) {
        self(event);
    }
}

/// The hook of a client. Clones share it.
#[derive(Clone)]
pub struct EventSink(Arc<Sink>);

struct Sink {
    hook: Arc<dyn EventHook>,
    dropped: AtomicI64,
}

/// An event with the hook that it is for.
#[doc(hidden)]
pub struct HookedEvent {
    /// The event.
    pub event: ClientEvent,
    /// What the hook captured when the call started.
    pub context: Option<EventContext>,
    sink: Arc<Sink>,
}

impl EventSink {
    /// The sink of this hook.
    pub fn new(hook: Arc<dyn EventHook>) -> Self {
        let dropped = AtomicI64::new(0);
        Self(Arc::new(Sink { hook, dropped }))
    }

    /// The context of a call that starts on this thread. A panic of the hook leaves it empty.
    pub(crate) fn capture(&self) -> Option<EventContext> {
        catch_unwind(AssertUnwindSafe(|| self.0.hook.capture())).unwrap_or_default()
    }

    /// Hands an event to the thread that delivers it.
    pub(crate) fn send(&self, mut event: ClientEvent, context: Option<EventContext>) {
        event.dropped = self.0.dropped.swap(0, Ordering::Relaxed);
        let dropped = event.dropped + 1;
        let sink = Arc::clone(&self.0);
        let queued = HookedEvent {
            event,
            context,
            sink,
        };
        if !QUEUE.get().push(queued) {
            self.0.dropped.fetch_add(dropped, Ordering::Relaxed);
        }
    }
}

impl fmt::Debug for EventSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EventSink")
    }
}

/// Waits until the events before this call are delivered, for at most `limit`. On the thread that
/// delivers them, and without such a thread, it does not wait.
pub fn flush(limit: Duration) {
    if DELIVERS_IN.get() != Some(std::process::id()) {
        QUEUE.get().flush(limit);
    }
}

/// Declares that this process and its children deliver their events with [`next_events`]. The
/// library then starts no thread for that.
pub fn claim_events() {
    IS_CLAIMED.store(true, Ordering::Relaxed);
}

/// Says whether a thread of this process calls [`next_events`]. Otherwise nobody waits until events
/// are delivered.
pub fn expect_events(expected: bool) {
    QUEUE.get().expect_thread(expected);
}

/// Waits for events and returns them in order. What the call before returned counts as delivered.
/// One thread of a process calls this, again and again.
pub fn next_events() -> Vec<HookedEvent> {
    DELIVERS_IN.set(Some(std::process::id()));
    let queue = QUEUE.get();
    loop {
        if let Some(batch) = queue.next() {
            return batch;
        }
    }
}

static IS_CLAIMED: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// The process in which this thread delivers: a child of `fork` has another thread for that.
    static DELIVERS_IN: Cell<Option<u32>> = const { Cell::new(None) };
}

/// A forked child has its own.
static QUEUE: ProcessLocal<Arc<Queue>, fn() -> Arc<Queue>> = ProcessLocal::lazy(Arc::default);

#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    /// Signalled for the thread that delivers, when it has to stop waiting.
    wake: Condvar,
    /// Signalled when events were delivered.
    delivered: Condvar,
}

#[derive(Default)]
struct State {
    events: VecDeque<HookedEvent>,
    /// Whether a thread delivers the events.
    has_thread: bool,
    /// Whether that thread waits for the first event.
    is_idle: bool,
    /// How many threads wait until everything is delivered.
    flushing: usize,
    queued: u64,
    /// Given to the thread that delivers, and not delivered yet.
    taken: u64,
    delivered: u64,
}

impl Queue {
    /// Returns false if the event is dropped.
    fn push(self: &Arc<Self>, event: HookedEvent) -> bool {
        let mut state = self.lock();
        if state.events.len() >= CAPACITY {
            return false;
        }
        if !state.has_thread && !IS_CLAIMED.load(Ordering::Relaxed) {
            let queue = Arc::clone(self);
            let started = thread::Builder::new()
                .name("alikassa-events".to_owned())
                .spawn(move || queue.run());
            state.has_thread = started.is_ok();
            if started.is_err() {
                return false;
            }
        }
        state.events.push_back(event);
        state.queued += 1;
        if std::mem::take(&mut state.is_idle) || state.events.len() == BATCH {
            self.wake.notify_one();
        }
        true
    }

    fn run(&self) {
        DELIVERS_IN.set(Some(std::process::id()));
        while let Some(batch) = self.next() {
            deliver(batch);
        }
    }

    /// Acknowledges the events before, and takes the next ones. None if there was none for a long
    /// time.
    fn next(&self) -> Option<Vec<HookedEvent>> {
        self.acknowledge();
        let mut state = self.lock();
        if state.events.is_empty() {
            state.is_idle = true;
            state = self.wait_while(state, KEEP_ALIVE, |state| state.events.is_empty());
            state.is_idle = false;
        }
        if state.events.is_empty() {
            state.has_thread = IS_CLAIMED.load(Ordering::Relaxed);
            return None;
        }
        state = self.wait_while(state, TICK, |state| Self::gathers(state));
        let count = state.events.len().min(BATCH);
        state.taken = count as u64;
        Some(state.events.drain(..count).collect())
    }

    /// Whether the events wait for more.
    fn gathers(state: &State) -> bool {
        state.events.len() < BATCH && state.flushing == 0
    }

    fn wait_while<'a>(
        &self,
        state: MutexGuard<'a, State>,
        limit: Duration,
        condition: impl FnMut(&mut State) -> bool,
    ) -> MutexGuard<'a, State> {
        let waited = self.wake.wait_timeout_while(state, limit, condition);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn acknowledge(&self) {
        let mut state = self.lock();
        state.delivered += std::mem::take(&mut state.taken);
        drop(state);
        self.delivered.notify_all();
    }

    fn expect_thread(&self, expected: bool) {
        self.lock().has_thread = expected;
        self.delivered.notify_all();
    }

    /// Without a thread nothing will be delivered, so it does not wait.
    fn flush(&self, limit: Duration) {
        let mut state = self.lock();
        let last = state.queued;
        state.flushing += 1;
        self.wake.notify_one();
        let waits = |state: &mut State| state.delivered < last && state.has_thread;
        let waited = self.delivered.wait_timeout_while(state, limit, waits);
        waited.unwrap_or_else(PoisonError::into_inner).0.flushing -= 1;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hands each hook its events, in order.
fn deliver(batch: Vec<HookedEvent>) {
    let mut events = batch.into_iter().peekable();
    while let Some(first) = events.next() {
        let sink = Arc::clone(&first.sink);
        let mut of_sink = vec![first];
        while let Some(event) = events.next_if(|event| Arc::ptr_eq(&event.sink, &sink)) {
            of_sink.push(event);
        }
        // A panic of a hook loses what it was given, and ends nothing else.
        _ = catch_unwind(AssertUnwindSafe(|| sink.hook.on_events(of_sink)));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    /// A queue with an event that nobody took.
    fn queue(has_thread: bool) -> Arc<Queue> {
        let queue = Queue::default();
        queue.lock().queued = 1;
        queue.expect_thread(has_thread);
        Arc::new(queue)
    }

    /// Receives when a flush on another thread ends.
    fn flushed(queue: &Arc<Queue>) -> Receiver<()> {
        let queue = Arc::clone(queue);
        let (sender, receiver) = channel();
        thread::spawn(move || {
            queue.flush(HOUR);
            sender.send(()).unwrap();
        });
        receiver
    }

    #[test]
    fn a_flush_without_a_thread_does_not_wait() {
        let end = flushed(&queue(false));
        end.recv_timeout(HOUR / 60).unwrap();
    }

    #[test]
    fn a_flush_ends_when_the_thread_did_not_start() {
        let queue = queue(true);
        let end = flushed(&queue);
        while queue.lock().flushing == 0 {
            thread::yield_now();
        }
        assert_eq!(
            end.recv_timeout(Duration::from_millis(50)),
            Err(RecvTimeoutError::Timeout)
        );
        queue.expect_thread(false);
        end.recv_timeout(HOUR / 60).unwrap();
    }

    #[test]
    fn events_do_not_gather_during_a_flush() {
        let queue = queue(true);
        let end = flushed(&queue);
        while queue.lock().flushing == 0 {
            thread::yield_now();
        }
        let gathers = Queue::gathers(&queue.lock());
        assert!(!gathers);
        queue.lock().delivered = 1;
        queue.delivered.notify_all();
        end.recv_timeout(HOUR / 60).unwrap();
        assert!(Queue::gathers(&queue.lock()));
    }
}
