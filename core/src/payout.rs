//! Payouts: the status reply.

use crate::record::record;

record! {
    /// A payout, as `v1/payout/status` reports it.
    ///
    /// Amounts are exact decimals, `None` when the provider sent null, an empty text or nothing.
    /// An answer other than 200 to a payout is no failure of the payout. Source: the payout status page.
    pub struct Payout {
        #[required] payment_status: Status = "The state: `wait`, `paid`, `cancel`, `fail`, or one added later.";
        id: Integer = "AliKassa's id of the payout.";
        order_id: Text = "The merchant's id of the order.";
        amount: Amount = "The amount asked for.";
        payment_amount: Amount = "The amount really paid out.";
        is_partial_payment: Bool = "Whether less than the amount was paid out.";
        account_payment_amount: Amount = "The amount as the account saw it.";
        commission_amount: Amount = "The provider's fee.";
        service_code: Text = "The service, such as `payment_card_rub`.";
        rrn | "RRN": Text = "The bank's retrieval reference number.";
        account_old_balance: Amount = "The account's balance before.";
        account_new_balance: Amount = "The account's balance after.";
        card_mask: Text = "The recipient's card, masked.";
    }
}

impl Payout {
    /// Whether the status can still change.
    pub fn is_final(&self) -> bool {
        self.payment_status.is_final()
    }
}
