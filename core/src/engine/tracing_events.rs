//! A hook that logs events with the crate `tracing`.

use std::sync::Arc;

use tracing::{Dispatch, Span, dispatcher};

use crate::crypto::Digest;
use crate::engine::event::ClientEvent;
use crate::engine::event_queue::{EventContext, EventHook};
use crate::error::{Outcome, Phase};
use crate::types::ledger_state::LedgerState;

/// Logs the events of a client with [`tracing`](https://docs.rs/tracing), at the level `DEBUG` with
/// the target `alikassa`.
///
/// An event is in the span in which its call started, and goes to the subscriber of that thread. Its
/// fields are those of [`ClientEvent`], without those that have no value. Events are logged soon
/// after they happened, so `time_ms` is more exact than the time of the log. A span stays open until
/// the events of its calls are logged.
///
/// It needs the feature `tracing`:
///
/// ```no_run
/// use alikassa::{Client, OrderRef, TracingEvents};
/// // First install a subscriber, such as that of the crate `tracing-subscriber`.
/// let client = Client::builder("93d5df06-996c-48c3-9847-348d6b580b80")
///     .payout_cert("cert/payout")?
///     .on_event(TracingEvents::default())
///     .build()?;
///
/// let job = tracing::info_span!("payout_job", job = 7);
/// job.in_scope(|| client.payouts().status(&OrderRef::order_id("6422494")))?;
/// client.close(); // logs what is left
/// # Ok::<(), alikassa::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct TracingEvents;

/// Where a call started.
struct Origin {
    dispatch: Dispatch,
    span: Span,
}

impl EventHook for TracingEvents {
    fn capture(&self) -> Option<EventContext> {
        Some(Arc::new(Origin {
            dispatch: dispatcher::get_default(Dispatch::clone),
            span: Span::current(),
        }))
    }

    fn on_event(&self, event: &ClientEvent, context: Option<&EventContext>) {
        match context.and_then(|context| context.downcast_ref::<Origin>()) {
            Some(origin) => {
                dispatcher::with_default(&origin.dispatch, || log(event, &origin.span));
            }
            None => log(event, &Span::none()),
        }
    }
}

fn log(event: &ClientEvent, span: &Span) {
    tracing::debug!(
        target: "alikassa",
        parent: span,
        kind = event.kind.as_str(),
        time_ms = event.time_ms,
        operation = &*event.operation,
        account = &*event.account,
        call_id = event.call_id,
        order_id = event.order_id.as_deref(),
        attempt = event.attempt,
        phase = event.phase.map(Phase::as_str),
        http_status = event.http_status,
        code = event.code,
        outcome = event.outcome.map(Outcome::as_str),
        digest = event.digest.map(Digest::as_str),
        from_state = event.from_state.map(LedgerState::as_str),
        to_state = event.to_state.map(LedgerState::as_str),
        queue_us = event.queue_us,
        sign_us = event.sign_us,
        connect_us = event.connect_us,
        tls_us = event.tls_us,
        wait_us = event.wait_us,
        read_us = event.read_us,
        total_us = event.total_us,
        dropped = event.dropped,
    );
}
