//! Payments: the status reply.

use crate::record::record;

record! {
    /// A payment (pay-in), as `v1/payment/status` reports it.
    ///
    /// Amounts are exact decimals in `currency`, `None` when the provider sent null, an empty text or
    /// nothing. Credit `payment_amount`, not `amount`: a payment can be partial. Source: the payment status page.
    pub struct Payment {
        url: Text = "The payer's link.";
        anti_fraud as "antiFraud": Bool = "The result of the anti-fraud check.";
        #[required] payment_status: Status = "The state: `wait`, `paid`, `cancel`, `fail`, or one added later.";
        id: Integer = "AliKassa's id of the payment.";
        order_id: Text = "The merchant's id of the order.";
        amount: Amount = "The amount asked for.";
        payment_amount: Amount = "The amount really paid; credit this one.";
        is_partial_payment: Bool = "Whether less or more than the amount was paid.";
        hold_amount: Amount = "The amount on hold.";
        hold_at: Text = "When the hold goes to the balance, as sent; its format and time zone are undocumented.";
        account_payment_amount: Amount = "The amount credited to the account.";
        commission_amount: Amount = "The provider's fee.";
        currency: Text = "The ISO 4217 code.";
        service_code: Text = "The service, such as `payment_card_eur_card`.";
        account_old_balance: Amount = "The account's balance before.";
        account_new_balance: Amount = "The account's balance after.";
        crypto_network: Text = "The network of a crypto payment.";
        crypto_txid: Text = "The transaction of a crypto payment.";
        customer_phone: Text = "The payer's phone.";
        customer_card_number: Text = "The payer's card, masked.";
        payment_error_message: Text = "Why the payment failed.";
        card_number: Text = "The unmasked card number, when supplied: personal data.";
        card_holder_name: Text = "The card holder's name.";
        bank: Text = "The bank's name.";
        bik_bank: Text = "The bank's BIK.";
        card_mask: Text = "The payer's card, masked; sent by the older form of the answer.";
    }
}

impl Payment {
    /// Whether the status can still change.
    pub fn is_final(&self) -> bool {
        self.payment_status.is_final()
    }
}
