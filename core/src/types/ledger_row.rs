//! What a row of the ledger holds.

use crate::types::plain_record::plain_record;

/// The id is from the response to the create.
pub(crate) const FROM_CREATE: &str = "create";

/// The id is from a status or notification with the `order_id` and amount of the row.
pub(crate) const FROM_MATCH: &str = "match";

/// Every value of `id_source`.
pub const ID_SOURCES: [&str; 2] = [FROM_CREATE, FROM_MATCH];

plain_record! {
    /// A create in the ledger.
    pub struct LedgerRow {
        #[required] account: Text = "The account's UUID.";
        #[required] operation: Text = "`payments.create`, `payouts.create`, or the path of a raw request.";
        #[required] order_id: Text = "The merchant's id of the order.";
        #[required] state: LedgerState = "The state: `sending`, `accepted`, `rejected`, `not_sent`, `unknown` or `released`.";
        amount: Amount = "The amount that was sent.";
        service: Text = "The service's code.";
        id: Integer = "AliKassa's id, once it is known.";
        id_source: IdSource = "How `id` is known: `create` from the response to the create, `match` from a status or notification with the same `order_id` and amount.";
        payment_status: Status = "The last known status.";
        reason: Text = "The merchant's reason for releasing the order.";
        #[required] created_ms: Timestamp = "When the row was created, in milliseconds since 1970.";
        #[required] updated_ms: Timestamp = "When the row was last changed, in milliseconds since 1970.";
    }
    internal {
        /// Counts the attempts to send the order, so that a late response to an earlier attempt
        /// cannot finish a later one.
        pub(crate) attempt: i64,
        /// AliKassa's ids of earlier attempts. They never settle a later one.
        pub(crate) earlier_ids: Vec<i64>,
        /// Whether an earlier attempt was released without an id. A status of this `order_id` may
        /// then be that of the earlier attempt.
        pub(crate) has_unidentified_attempt: bool,
    }
    loggable ["operation", "order_id", "state", "id", "payment_status", "amount"]
}
