//! Payouts: the request that creates one, its response, and the status.

use crate::schema::record::record;
use crate::schema::request::{open_request, request};
use crate::types::value::Value;

request! {
    /// A payout to create.
    ///
    /// Lengths are in characters. For some fields the provider documents no limit. Every field is
    /// checked before anything is sent.
    #[source("the payout creation page")]
    ///
    /// ```
    /// use alikassa::{PayoutExtra, PayoutRequest};
    /// let request = PayoutRequest::new("300.00", "4111111111111111", "B-1", "payment_card_rub")
    ///     .extra(PayoutExtra::new().card_holder("CARDHOLDER NAME"));
    /// ```
    pub struct PayoutRequest {
        required {
            amount: Amount(18) = "The amount, in the account's currency: up to 18 integer digits and 2 decimals.";
            number: Recipient = "The account, card or phone number to pay to; write a phone number in digits without a plus.";
            order_id: Text(Some(128)) = "The merchant's id of the order, unique: up to 128 characters.";
            service: Text(Some(100)) = "The service's code, such as `payment_card_rub`: up to 100 characters.";
        }
        optional {
            notification_endpoint_id: Integer(0, i64::MAX) = "The id of a notification endpoint set up in the cabinet.";
            notification_endpoint_url: Url = "Where notifications about this payout are sent: up to 255 characters.";
            extra: Object<PayoutExtra> = "Details of the recipient's card; payouts in EUR require them.";
            customer_phone: Text(None) = "The recipient's phone.";
            customer_email: Text(None) = "The recipient's e-mail address.";
            customer_code: Text(None) = "The recipient's bank; SBP payouts require it.";
            customer_first_name: Text(None) = "The recipient's first name.";
            customer_last_name: Text(None) = "The recipient's last name.";
            customer_country: Text(None) = "The recipient's country.";
        }
    }
}

open_request!(PayoutRequest);

request! {
    /// The recipient's card details: the field `extra` of a payout. It may contain further fields.
    #[source("the payout creation page")]
    pub struct PayoutExtra {
        required {}
        optional {
            card_exp_year: Text(Some(2)) = "The year in which the card expires, such as `24`.";
            card_exp_month: Text(Some(2)) = "The month in which the card expires, such as `01`.";
            card_holder: Text(Some(100)) = "The holder's name: up to 100 characters.";
            card_country: Text(Some(2)) = "The card's country as an ISO 3166-1 alpha-2 code.";
            card_recipient_birth_date: Text(None) = "The recipient's date of birth, such as `1999-12-15`.";
        }
    }
}

impl PayoutExtra {
    /// Adds a field that the provider accepts in `extra` and this library does not know.
    pub fn other_field(self, name: &str, value: impl Into<Value>) -> Self {
        self.with(name, value.into())
    }
}

record! {
    /// The response to `payouts.create`.
    ///
    /// The status is `wait` at first. Poll it, or wait for the notification.
    #[source("the payout creation page")]
    #[is_final(payment_status)]
    pub struct CreatedPayout: Created {
        payment_status: Status = "The status, `wait` at first.";
        #[required] id: Integer = "AliKassa's id of the payout.";
        order_id: Text = "The merchant's id of the order; that of the request if the response has none.";
        amount: Amount = "The requested amount.";
    }
}

record! {
    /// A payout, as `v1/payout/status` reports it.
    ///
    /// Amounts are exact decimals. They have no value when the provider sends null, an empty text
    /// or nothing. An HTTP status other than 200 does not mean that the payout failed.
    #[source("the payout status page")]
    #[is_final(payment_status)]
    pub struct Payout: OrderStatus {
        #[required] payment_status: Status = "The status: `wait`, `paid`, `cancel`, `fail`, or one added later.";
        id: Integer = "AliKassa's id of the payout.";
        order_id: Text = "The merchant's id of the order.";
        amount: Amount = "The requested amount.";
        payment_amount: Amount = "The amount that was paid out.";
        is_partial_payment: Bool = "Whether less than the requested amount was paid out.";
        account_payment_amount: Amount = "The amount charged to the account.";
        commission_amount: Amount = "The provider's fee.";
        service_code: Text = "The service's code, such as `payment_card_rub`.";
        rrn | "RRN": Text = "The bank's retrieval reference number.";
        account_old_balance: Amount = "The account's balance before the payout.";
        account_new_balance: Amount = "The account's balance after the payout.";
        card_mask: Text = "The recipient's card, masked.";
    }
}
