//! Payouts: the request that creates one, what it is answered with, and the status reply.

use crate::schema::order::order_status;
use crate::schema::record::{record, typed_reply};
use crate::schema::request::{open_request, request};
use crate::types::value::Value;

request! {
    /// A payout to create.
    ///
    /// Lengths are in characters; the provider names none for some fields. Every field is checked before anything
    /// is sent. Source: the payout creation page.
    ///
    /// ```
    /// use alikassa::{PayoutExtra, PayoutRequest};
    /// let request = PayoutRequest::new("300.00", "4111111111111111", "B-1", "payment_card_rub")
    ///     .extra(PayoutExtra::new().card_holder("CARDHOLDER NAME"));
    /// ```
    pub struct PayoutRequest {
        required {
            amount: Amount(18) = "The amount, in the account's currency: up to 18 integer digits and 2 decimals.";
            number: Text(None) = "The account, card or phone number to pay to; a phone in digits without a plus.";
            order_id: Text(Some(128)) = "The merchant's id of the order, unique: up to 128 characters.";
            service: Text(Some(100)) = "The service's code, such as `payment_card_rub`: up to 100 characters.";
        }
        optional {
            notification_endpoint_id: Integer(0, i64::MAX) = "The id of a notification endpoint set up in the cabinet.";
            notification_endpoint_url: Url = "Where notifications about this payout go: up to 255 characters.";
            extra: Object<PayoutExtra> = "Details of the recipient's card, which payouts to EUR accounts require.";
            customer_phone: Text(None) = "The recipient's phone.";
            customer_email: Text(None) = "The recipient's e-mail address.";
            customer_code: Text(None) = "The recipient's bank, as SBP payouts require it.";
            customer_first_name: Text(None) = "The recipient's first name.";
            customer_last_name: Text(None) = "The recipient's last name.";
            customer_country: Text(None) = "The recipient's country.";
        }
    }
}

open_request!(PayoutRequest);

request! {
    /// The provider's field `extra` of a payout.
    ///
    /// Source: the payout creation page.
    pub struct PayoutExtra {
        required {}
        optional {
            card_exp_year: Text(Some(2)) = "The year the card expires, as `24`.";
            card_exp_month: Text(Some(2)) = "The month the card expires, as `01`.";
            card_holder: Text(Some(100)) = "The holder's name: up to 100 characters.";
            card_country: Text(Some(2)) = "The card's country, ISO 3166-1 alpha-2.";
            card_recipient_birth_date: Text(None) = "The recipient's date of birth, as `1999-12-15`.";
        }
    }
}

impl PayoutExtra {
    /// A field that the provider takes in `extra` and this library does not know.
    pub fn other_field(self, name: &str, value: impl Into<Value>) -> Self {
        self.with(name, value.into())
    }
}

record! {
    /// What the creation of a payout is answered with.
    ///
    /// The status is `wait`: poll it, or await the notification. Source: the payout creation page.
    pub struct CreatedPayout {
        payment_status: Status = "The state, `wait` at first.";
        #[required] id: Integer = "AliKassa's id of the payout.";
        order_id: Text = "The merchant's id of the order.";
        amount: Amount = "The amount asked for.";
    }
}

typed_reply!(CreatedPayout, is_final);

impl CreatedPayout {
    /// Whether the status can still change.
    pub fn is_final(&self) -> bool {
        self.payment_status
            .as_ref()
            .is_some_and(crate::PaymentStatus::is_final)
    }
}

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

order_status!(Payout);
typed_reply!(Payout, is_final, order);

impl Payout {
    /// Whether the status can still change.
    pub fn is_final(&self) -> bool {
        self.payment_status.is_final()
    }
}
