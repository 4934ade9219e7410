//! What a hook receives about the calls of a client.

use std::borrow::Cow;
use std::sync::Arc;

use crate::crypto::Digest;
use crate::error::{Outcome, Phase};
use crate::types::ledger_state::LedgerState;
use crate::types::plain_record::{PlainValue, ToPlain, plain_record};

/// What happened.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ClientEventKind {
    /// A call started. On the pool it may still wait in the queue.
    CallStarted,
    /// A request is about to be connected and sent.
    AttemptStarted,
    /// The response to a request is complete, or the request failed.
    AttemptEnded,
    /// The call sends its request again, after a pause.
    Retry,
    /// The provider accepted SHA-256 for the first time.
    DigestConfirmed,
    /// A row of the ledger changed its state.
    LedgerTransition,
    /// The call ended: the last event of a call.
    Outcome,
    /// A notification is authentic.
    NotificationVerified,
    /// A notification was refused.
    NotificationRefused,
}

impl ClientEventKind {
    /// Every kind, for the bindings.
    #[doc(hidden)]
    pub const ALL: [Self; 9] = [
        Self::CallStarted,
        Self::AttemptStarted,
        Self::AttemptEnded,
        Self::Retry,
        Self::DigestConfirmed,
        Self::LedgerTransition,
        Self::Outcome,
        Self::NotificationVerified,
        Self::NotificationRefused,
    ];

    /// The kind in lower case: `"call_started"`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CallStarted => "call_started",
            Self::AttemptStarted => "attempt_started",
            Self::AttemptEnded => "attempt_ended",
            Self::Retry => "retry",
            Self::DigestConfirmed => "digest_confirmed",
            Self::LedgerTransition => "ledger_transition",
            Self::Outcome => "outcome",
            Self::NotificationVerified => "notification_verified",
            Self::NotificationRefused => "notification_refused",
        }
    }
}

plain_record! {
    /// What happened in a call of a client, for logs, metrics and traces. It contains no amount, no
    /// number of a card and no key.
    pub struct ClientEvent {
        #[required] kind: ClientEventKind [ClientEventKind] = "What happened: `call_started`, `attempt_started`, `attempt_ended`, `retry`, `digest_confirmed`, `ledger_transition`, `outcome` (the last event of a call), `notification_verified` or `notification_refused`.";
        #[required] time_ms: Timestamp = "When it happened, in milliseconds since 1970.";
        #[required] operation: Text [Cow<'static, str>] = "The name of the call, such as `payouts.create`, or the path of a raw request.";
        #[required] account: Text [Arc<str>] = "The UUID of the account.";
        call_id: Integer = "The number of the call in this process, the same in all of its events. A notification has none.";
        order_id: Text [Option<String>] = "The merchant's id of the order, if the option `event_order_ids` is on.";
        attempt: Integer = "The number of the request in its call, from 1.";
        phase: Text [Option<Phase>] = "How far a request got before the network failed.";
        http_status: Integer = "The HTTP status of the response.";
        code: Text [Option<&'static str>] = "The code of the error, such as `transport`; none after a success.";
        outcome: Text [Option<Outcome>] = "What became of a create that failed: `not_sent`, `rejected`, `unknown` or `created`.";
        digest: Digest [Option<Digest>] = "The digest of the signature.";
        from_state: LedgerState [Option<LedgerState>] = "The state of the ledger's row before; none if an attempt begins.";
        to_state: LedgerState [Option<LedgerState>] = "The state of the ledger's row after.";
        queue_us: Integer = "How long the call waited for a thread of the pool, in microseconds.";
        sign_us: Integer = "How long the signature took, with the wait for a processor, in microseconds.";
        connect_us: Integer = "How long name, connection and proxy took, in microseconds; none if a connection was reused.";
        tls_us: Integer = "How long the TLS handshake took, in microseconds; none if a connection was reused.";
        wait_us: Integer = "From the last byte of the request to the head of the response, in microseconds.";
        read_us: Integer = "How long the body of the response took, in microseconds.";
        total_us: Integer = "How long the request, or in `outcome` the whole call, took, in microseconds.";
        #[required] dropped: Integer = "How many events before this one were dropped, because the hook was slower than the calls.";
    }
    internal {}
    loggable ["kind", "operation", "call_id", "attempt", "phase", "http_status", "code", "outcome", "total_us"]
}

impl ClientEvent {
    /// An event that has nothing but its name and time.
    pub(crate) fn new(
        kind: ClientEventKind,
        operation: Cow<'static, str>,
        account: Arc<str>,
        time_ms: i64,
    ) -> Self {
        Self {
            kind,
            time_ms,
            operation,
            account,
            call_id: None,
            order_id: None,
            attempt: None,
            phase: None,
            http_status: None,
            code: None,
            outcome: None,
            digest: None,
            from_state: None,
            to_state: None,
            queue_us: None,
            sign_us: None,
            connect_us: None,
            tls_us: None,
            wait_us: None,
            read_us: None,
            total_us: None,
            dropped: 0,
        }
    }
}

impl ToPlain for ClientEventKind {
    fn to_plain(&self) -> PlainValue<'_> {
        PlainValue::Text(self.as_str())
    }
}

impl ToPlain for Phase {
    fn to_plain(&self) -> PlainValue<'_> {
        PlainValue::Text(self.as_str())
    }
}

impl ToPlain for Outcome {
    fn to_plain(&self) -> PlainValue<'_> {
        PlainValue::Text(self.as_str())
    }
}

impl ToPlain for Digest {
    fn to_plain(&self) -> PlainValue<'_> {
        PlainValue::Text(self.as_str())
    }
}
