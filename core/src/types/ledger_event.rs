//! What an event of the ledger holds.

use crate::types::amount::Amount;
use crate::types::plain_record::plain_record;

/// What changes a row.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum EventSource {
    /// A create, or a read of a status.
    Call,
    Notification,
    Reconcile,
    Resolve,
    Release,
}

impl EventSource {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Notification => "notification",
            Self::Reconcile => "reconcile",
            Self::Resolve => "resolve",
            Self::Release => "release",
        }
    }
}

/// Every value of `source`.
pub const EVENT_SOURCES: [&str; 5] = [
    EventSource::Call.as_str(),
    EventSource::Notification.as_str(),
    EventSource::Reconcile.as_str(),
    EventSource::Resolve.as_str(),
    EventSource::Release.as_str(),
];

plain_record! {
    /// A change of a row of the ledger. Events are only added, never changed.
    pub struct LedgerEvent {
        #[required] time_ms: Timestamp = "When it happened, in milliseconds since 1970.";
        #[required] account: Text = "The account's UUID.";
        #[required] operation: Text = "The operation of the row, such as `payouts.create`.";
        #[required] order_id: Text = "The merchant's id of the order.";
        #[required] attempt: Integer = "The number of the attempt to send the order, from 1.";
        from_state: LedgerState = "The state before; none if the row was created.";
        #[required] to_state: LedgerState = "The state after.";
        id: Integer = "AliKassa's id after it, if it is known.";
        payment_status: Status = "The status after it, if it is known.";
        #[required] source: EventSource = "What changed the row: `call` (a create, or a read of a status), `notification`, `reconcile`, `resolve` or `release`.";
        reason: Text = "Why: the code of the error of a create, or the merchant's reason for a release.";
        support: Text = "What was sent, as text for the provider's support: time, path, beginning of the signature, HTTP status and attempts. None of a change that sent no create.";
    }
    internal {
        /// Its place among the events.
        pub(crate) number: i64,
        /// How it changes the attempts of the day: by 1 or -1; none if it does not.
        pub(crate) counts: Option<i64>,
        /// When that attempt began.
        pub(crate) began_ms: Option<i64>,
        /// The amount of that attempt.
        pub(crate) amount: Option<Amount>,
    }
    loggable ["operation", "order_id", "from_state", "to_state", "id", "payment_status", "source"]
}
