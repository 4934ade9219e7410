//! Payments: the request that creates one, what it is answered with, and the status reply.

use crate::schema::order::order_status;
use crate::schema::record::{record, typed_reply};
use crate::schema::request::{open_request, request};

request! {
    /// A payment (pay-in) to create.
    ///
    /// Lengths are in characters. Every field is checked before anything is sent. Source: the payment creation
    /// page and the pages of the payment methods.
    ///
    /// ```
    /// use alikassa::PaymentRequest;
    /// let request = PaymentRequest::new("500.00", "A-1", "payment_card_rub_hpp", "18.191.80.10")
    ///     .lifetime(1800)
    ///     .success_redirect_url("https://shop.example/paid");
    /// ```
    pub struct PaymentRequest {
        required {
            amount: Amount(9) = "The amount, in the currency of the account and service: up to 9 integer digits and 2 decimals.";
            order_id: Text(Some(128)) = "The merchant's id of the order, unique: up to 128 characters.";
            service: Text(Some(100)) = "The service's code, such as `payment_card_rub_hpp`: up to 100 characters.";
            customer_ip: Ip = "The payer's IP address.";
        }
        optional {
            desc: Text(Some(128)) = "A description: up to 128 characters.";
            lifetime: Integer(900, 3600) = "How long the payment lives, in seconds: 900 to 3600.";
            customer_account: Text(Some(50)) = "The payer's id at the merchant: up to 50 characters.";
            customer_user_id: Text(Some(100)) = "The payer's id at the merchant, as some methods require it: up to 100 characters.";
            customer_code: Text(Some(100)) = "The payer's bank, as some methods require it: up to 100 characters.";
            customer_email: Text(Some(50)) = "The payer's e-mail address: up to 50 characters.";
            customer_first_name: Text(Some(50)) = "The payer's first name: up to 50 characters.";
            customer_last_name: Text(Some(50)) = "The payer's last name: up to 50 characters.";
            customer_address: Text(Some(50)) = "The payer's address: up to 50 characters.";
            customer_phone: Text(Some(12)) = "The payer's phone: up to 12 characters.";
            customer_post_code: TextOrInteger(12) = "The payer's post code, an integer or a text: up to 12 characters.";
            customer_state: Text(Some(50)) = "The payer's state: up to 50 characters.";
            customer_city: Text(Some(20)) = "The payer's city: up to 20 characters.";
            customer_browser_user_agent: Text(Some(2000)) = "The User-Agent of the payer's browser, which hosted card forms require: up to 2000 characters.";
            customer_browser_accept_header: Text(Some(2000)) = "The Accept header of the payer's browser: up to 2000 characters.";
            customer_browser_color_depth: Integer(0, i64::MAX) = "The payer's `screen.colorDepth`.";
            customer_browser_language: Text(Some(8)) = "The language of the payer's browser: up to 8 characters.";
            customer_browser_screen_height: Integer(0, i64::MAX) = "The payer's `screen.height`.";
            customer_browser_screen_width: Integer(0, i64::MAX) = "The payer's `screen.width`.";
            success_redirect_id: Integer(0, i64::MAX) = "The id of a redirect set up in the cabinet, for success.";
            fail_redirect_id: Integer(0, i64::MAX) = "The id of a redirect set up in the cabinet, for failure.";
            notification_endpoint_id: Integer(0, i64::MAX) = "The id of a notification endpoint set up in the cabinet.";
            success_redirect_url: Url = "Where the payer goes after success: up to 255 characters.";
            fail_redirect_url: Url = "Where the payer goes after failure: up to 255 characters.";
            notification_endpoint_url: Url = "Where notifications about this payment go: up to 255 characters.";
        }
    }
}

open_request!(PaymentRequest);

record! {
    /// What the creation of a payment is answered with.
    ///
    /// Send the payer to `url`, or show the requisites that services ending in `_card` answer with. The status is
    /// `wait`: poll it, or await the notification. Source: the pages of the payment methods; the requisites are
    /// known from integrations alone.
    pub struct CreatedPayment {
        url: Text = "The payer's link.";
        payment_status: Status = "The state, `wait` at first.";
        #[required] id: Integer = "AliKassa's id of the payment.";
        order_id: Text = "The merchant's id of the order.";
        amount: Amount = "The amount asked for.";
        uuid: Text = "The payment's UUID, which redirects come with.";
        success_redirect_url: Text = "Where the payer goes after success.";
        card_number as "cardNumber": Text = "The card, account or phone number to pay to: personal data.";
        card_holder_name as "cardHolderName": Text = "The holder's name: personal data.";
        bank: Text = "The bank's name.";
    }
}

typed_reply!(CreatedPayment, is_final);

impl CreatedPayment {
    /// Whether the status can still change.
    pub fn is_final(&self) -> bool {
        self.payment_status
            .as_ref()
            .is_some_and(crate::PaymentStatus::is_final)
    }
}

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

order_status!(Payment);
typed_reply!(Payment, is_final, order);

impl Payment {
    /// Whether the status can still change.
    pub fn is_final(&self) -> bool {
        self.payment_status.is_final()
    }
}
