//! The events of one call.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::api::context::CallContext;
use crate::crypto::Digest;
use crate::engine::account::ClientAccount;
use crate::engine::event::{ClientEvent, ClientEventKind};
use crate::engine::event_queue::{EventContext, EventSink};
use crate::engine::options::Options;
use crate::error::{Error, Result};
use crate::http::{ExchangeTimes, HttpResponse};
use crate::types::ledger_state::LedgerState;

static NEXT_CALL: AtomicI64 = AtomicI64::new(1);

/// What a hook captures if nobody observes the call that starts. The call then has no events.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Unobserved;

fn is_observed(context: Option<&EventContext>) -> bool {
    !context.is_some_and(|context| context.is::<Unobserved>())
}

/// Sends the events of a call to the client's hook. Without a hook it does nothing.
/// Clones are the same call.
#[derive(Clone, Default)]
pub(crate) struct CallEvents(Option<Arc<Events>>);

struct Events {
    sink: EventSink,
    context: Option<EventContext>,
    call_id: i64,
    operation: Cow<'static, str>,
    account: Arc<str>,
    order_id: Option<String>,
    started: Instant,
    /// In microseconds.
    queue: AtomicI64,
    sign: AtomicI64,
    attempts: AtomicI64,
}

impl CallEvents {
    /// The events of a call that starts on this thread.
    pub(crate) fn start(options: &Options, account: &ClientAccount, context: &CallContext) -> Self {
        let Some(sink) = &options.on_event else {
            return Self(None);
        };
        let captured = sink.capture();
        if !is_observed(captured.as_ref()) {
            return Self(None);
        }
        let order_id = context.order_id.clone();
        let events = Events {
            sink: sink.clone(),
            context: captured,
            call_id: NEXT_CALL.fetch_add(1, Ordering::Relaxed),
            operation: context.operation.clone(),
            account: Arc::clone(&account.uuid),
            order_id: order_id.filter(|_| options.event_order_ids),
            started: Instant::now(),
            queue: AtomicI64::new(0),
            sign: AtomicI64::new(0),
            attempts: AtomicI64::new(0),
        };
        events.send(events.event(ClientEventKind::CallStarted));
        Self(Some(Arc::new(events)))
    }

    /// A thread of the pool starts the call.
    pub(crate) fn dequeued(&self) {
        if let Some(events) = &self.0 {
            let queue = micros(events.started.elapsed());
            events.queue.store(queue, Ordering::Relaxed);
        }
    }

    /// Signs the next attempt.
    pub(crate) fn signing<T>(&self, sign: impl FnOnce() -> T) -> T {
        let Some(events) = &self.0 else {
            return sign();
        };
        let started = Instant::now();
        let signature = sign();
        let took = micros(started.elapsed());
        events.sign.store(took, Ordering::Relaxed);
        signature
    }

    /// Begins to measure the next attempt, on this thread.
    pub(crate) fn attempt_started(&self) -> Option<Instant> {
        let events = self.0.as_ref()?;
        let attempt = events.attempts.fetch_add(1, Ordering::Relaxed) + 1;
        events.send(ClientEvent {
            attempt: Some(attempt),
            ..events.event(ClientEventKind::AttemptStarted)
        });
        ExchangeTimes::start();
        Some(Instant::now())
    }

    pub(crate) fn attempt_ended(&self, started: Option<Instant>, result: &Result<HttpResponse>) {
        if let (Some(events), Some(started)) = (&self.0, started) {
            let times = ExchangeTimes::take();
            let error = result.as_ref().err();
            events.send(ClientEvent {
                attempt: Some(events.attempts.load(Ordering::Relaxed)),
                phase: error.and_then(Error::phase),
                code: error.map(|error| error.kind().code()),
                http_status: result.as_ref().ok().map(|response| response.status.into()),
                sign_us: Some(events.sign.load(Ordering::Relaxed)),
                connect_us: times.connect.map(micros),
                tls_us: times.tls.map(micros),
                wait_us: times.wait.map(micros),
                read_us: times.read.map(micros),
                total_us: Some(micros(started.elapsed())),
                ..events.event(ClientEventKind::AttemptEnded)
            });
        }
    }

    /// The request is sent again after this error.
    pub(crate) fn retry(&self, error: &Error) {
        if let Some(events) = &self.0 {
            let attempts = events.attempts.load(Ordering::Relaxed);
            events.send(ClientEvent {
                attempt: Some(attempts + 1),
                phase: error.phase(),
                http_status: error.http_status().map(i64::from),
                code: Some(error.kind().code()),
                ..events.event(ClientEventKind::Retry)
            });
        }
    }

    pub(crate) fn digest_confirmed(&self, digest: Digest) {
        if let Some(events) = &self.0 {
            events.send(ClientEvent {
                digest: Some(digest),
                ..events.event(ClientEventKind::DigestConfirmed)
            });
        }
    }

    /// The row of the order is in the state `to`. Nothing is sent if it was before.
    pub(crate) fn ledger_transition(&self, from: Option<LedgerState>, to: LedgerState) {
        if let Some(events) = self.0.as_ref().filter(|_| from != Some(to)) {
            events.send(ClientEvent {
                from_state: from,
                to_state: Some(to),
                ..events.event(ClientEventKind::LedgerTransition)
            });
        }
    }

    /// The call ended.
    pub(crate) fn outcome(&self, error: Option<&Error>) {
        if let Some(events) = &self.0 {
            let queue = events.queue.load(Ordering::Relaxed);
            events.send(ClientEvent {
                attempt: Some(events.attempts.load(Ordering::Relaxed)),
                phase: error.and_then(Error::phase),
                http_status: error.and_then(Error::http_status).map(i64::from),
                code: error.map(|error| error.kind().code()),
                outcome: error.and_then(Error::outcome),
                queue_us: Some(queue).filter(|queue| *queue > 0),
                total_us: Some(micros(events.started.elapsed())),
                ..events.event(ClientEventKind::Outcome)
            });
        }
    }
}

impl Events {
    fn event(&self, kind: ClientEventKind) -> ClientEvent {
        ClientEvent {
            call_id: Some(self.call_id),
            order_id: self.order_id.clone(),
            ..ClientEvent::new(
                kind,
                self.operation.clone(),
                Arc::clone(&self.account),
                now_ms(),
            )
        }
    }

    fn send(&self, event: ClientEvent) {
        self.sink.send(event, self.context.clone());
    }
}

/// An event that belongs to no call: that of a notification.
pub(crate) fn notified(
    options: &Options,
    account: &ClientAccount,
    operation: &'static str,
    order_id: Option<&str>,
    digest: Option<Digest>,
    error: Option<&Error>,
) {
    let Some(sink) = &options.on_event else {
        return;
    };
    let context = sink.capture();
    if !is_observed(context.as_ref()) {
        return;
    }
    let kind = match error {
        None => ClientEventKind::NotificationVerified,
        Some(_) => ClientEventKind::NotificationRefused,
    };
    let order_id = order_id.filter(|_| options.event_order_ids);
    let event = ClientEvent {
        order_id: order_id.map(str::to_owned),
        digest,
        code: error.map(|error| error.kind().code()),
        ..ClientEvent::new(kind, operation.into(), Arc::clone(&account.uuid), now_ms())
    };
    sink.send(event, context);
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

pub(crate) fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| i64::try_from(now.as_millis()).unwrap_or(i64::MAX))
}
