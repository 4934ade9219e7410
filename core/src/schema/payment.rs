//! Payments: the request that creates one, its response, and the status.

use crate::schema::record::record;
use crate::schema::request::{open_request, request};

request! {
    /// A payment (pay-in) to create.
    ///
    /// Lengths are in characters. Every field is checked before anything is sent.
    #[source("the payment creation page and the pages of the payment methods")]
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
            lifetime: Integer(900, 3600) = "How long the payment can be paid, in seconds: 900 to 3600.";
            customer_account: Text(Some(50)) = "The payer's id at the merchant: up to 50 characters.";
            customer_user_id: Text(Some(100)) = "The payer's id at the merchant; some methods require it: up to 100 characters.";
            customer_code: Text(Some(100)) = "The payer's bank; some methods require it: up to 100 characters.";
            customer_email: Text(Some(50)) = "The payer's e-mail address: up to 50 characters.";
            customer_first_name: Text(Some(50)) = "The payer's first name: up to 50 characters.";
            customer_last_name: Text(Some(50)) = "The payer's last name: up to 50 characters.";
            customer_address: Text(Some(50)) = "The payer's address: up to 50 characters.";
            customer_phone: Text(Some(12)) = "The payer's phone: up to 12 characters.";
            customer_post_code: TextOrInteger(12) = "The payer's post code, an integer or a text: up to 12 characters.";
            customer_state: Text(Some(50)) = "The payer's state: up to 50 characters.";
            customer_city: Text(Some(20)) = "The payer's city: up to 20 characters.";
            customer_browser_user_agent: Text(Some(2000)) = "The User-Agent of the payer's browser; hosted card forms require it: up to 2000 characters.";
            customer_browser_accept_header: Text(Some(2000)) = "The Accept header of the payer's browser: up to 2000 characters.";
            customer_browser_color_depth: Integer(0, i64::MAX) = "The payer's `screen.colorDepth`.";
            customer_browser_language: Text(Some(8)) = "The language of the payer's browser: up to 8 characters.";
            customer_browser_screen_height: Integer(0, i64::MAX) = "The payer's `screen.height`.";
            customer_browser_screen_width: Integer(0, i64::MAX) = "The payer's `screen.width`.";
            success_redirect_id: Integer(0, i64::MAX) = "The id of a redirect set up in the cabinet; used after success.";
            fail_redirect_id: Integer(0, i64::MAX) = "The id of a redirect set up in the cabinet; used after failure.";
            notification_endpoint_id: Integer(0, i64::MAX) = "The id of a notification endpoint set up in the cabinet.";
            success_redirect_url: Url = "Where the payer is sent after success: up to 255 characters.";
            fail_redirect_url: Url = "Where the payer is sent after failure: up to 255 characters.";
            notification_endpoint_url: Url = "Where notifications about this payment are sent: up to 255 characters.";
        }
    }
}

open_request!(PaymentRequest);

record! {
    /// The response to `payments.create`.
    ///
    /// Send the payer to `url`, or show the requisites: services whose code ends in `_card` return
    /// those instead. The status is `wait` at first. Poll it, or wait for the notification. The
    /// requisites are known from integrations only; the provider does not document them.
    #[source("the pages of the payment methods")]
    #[is_final(payment_status)]
    pub struct CreatedPayment: Created {
        url: Text = "The payer's link.";
        payment_status: Status = "The status, `wait` at first.";
        #[required] id: Integer = "AliKassa's id of the payment.";
        order_id: Text = "The merchant's id of the order; that of the request if the response has none.";
        amount: Amount = "The requested amount.";
        uuid: Text = "The payment's UUID. Redirects of the payment contain it.";
        success_redirect_url: Text = "Where the payer is sent after success.";
        card_number as "cardNumber": Text = "The card, account or phone number to pay to: personal data.";
        card_holder_name as "cardHolderName": Text = "The holder's name: personal data.";
        bank: Text = "The bank's name.";
    }
}

record! {
    /// A payment (pay-in), as `v1/payment/status` reports it.
    ///
    /// Amounts are exact decimals in `currency`. They have no value when the provider sends null,
    /// an empty text or nothing. Credit `payment_amount`, not `amount`: a payment can be partial.
    #[source("the payment status page")]
    #[is_final(payment_status)]
    pub struct Payment: OrderStatus {
        url: Text = "The payer's link.";
        anti_fraud as "antiFraud": Bool = "The result of the anti-fraud check.";
        #[required] payment_status: Status = "The status: `wait`, `paid`, `cancel`, `fail`, or one added later.";
        id: Integer = "AliKassa's id of the payment.";
        order_id: Text = "The merchant's id of the order.";
        amount: Amount = "The requested amount.";
        payment_amount: Amount = "The paid amount; credit this one.";
        is_partial_payment: Bool = "Whether the paid amount differs from the requested amount.";
        hold_amount: Amount = "The amount on hold.";
        hold_at: Text = "When the hold is released to the balance, as sent; its format and time zone are undocumented.";
        account_payment_amount: Amount = "The amount credited to the account.";
        commission_amount: Amount = "The provider's fee.";
        currency: Text = "The ISO 4217 code of the currency.";
        service_code: Text = "The service's code, such as `payment_card_eur_card`.";
        account_old_balance: Amount = "The account's balance before the payment.";
        account_new_balance: Amount = "The account's balance after the payment.";
        crypto_network: Text = "The network of a crypto payment.";
        crypto_txid: Text = "The transaction of a crypto payment.";
        customer_phone: Text = "The payer's phone.";
        customer_card_number: Text = "The payer's card, masked.";
        payment_error_message: Text = "Why the payment failed.";
        card_number: Text = "The unmasked card number, when supplied: personal data.";
        card_holder_name: Text = "The card holder's name.";
        bank: Text = "The bank's name.";
        bik_bank: Text = "The bank's BIK.";
        card_mask: Text = "The payer's card, masked; only the older form of the response contains it.";
    }
}
