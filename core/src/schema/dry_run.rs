//! The report of a dry run.

use crate::schema::record::record;

record! {
    /// What a create would send, from a dry run: nothing was sent, and nothing recorded.
    ///
    /// It has no number of a card. But who knows the other fields of the body can find a number by its
    /// hash: keep it like the body.
    #[loggable("operation", "order_id", "digest", "refusal", "reason")]
    pub struct DryRun: Created {
        #[required] operation: Text = "The operation, such as `payouts.create`; of a raw request without one its path.";
        #[required] path: Text = "The path below the base URL.";
        order_id: Text = "The merchant's id of the order.";
        amount: Amount = "The amount.";
        #[required] body_sha256: Text = "The SHA-256 of the body, in hexadecimal digits.";
        #[required] digest: Text = "The digest of the signature, `sha1` or `sha256`: of the option `auto` the one that is known so far.";
        refusal: Text = "The code of the error that the create would have: `guard` or `duplicate_order`; none if it would be sent.";
        reason: Text = "The limit that refuses it, such as `max_per_day`.";
    }
}
