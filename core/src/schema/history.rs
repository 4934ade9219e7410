//! The history of payments: its request and its pages.

use crate::schema::record::{nested, record, typed_reply};
use crate::schema::request::{open_request, request};

request! {
    /// A page of the history to ask for.
    ///
    /// Source: the payment history page.
    ///
    /// ```
    /// use alikassa::HistoryRequest;
    /// let november = HistoryRequest::new().date_from("2024-11-01").date_to("2024-11-30");
    /// ```
    pub struct HistoryRequest {
        required {}
        optional {
            date_from: Date = "The first day, as `2024-11-01`; the provider does not say in which time zone.";
            date_to: Date = "The last day, as `2024-11-30`.";
            page: Integer(1, i64::MAX) = "The page, from 1.";
            paginate: Integer(1, i64::MAX) = "How many payments a page has.";
        }
    }
}

open_request!(HistoryRequest);

record! {
    /// A page of the history of payments, as `v1/payment/history` reports it.
    ///
    /// Source: the payment history page; of `meta` it shows some fields only.
    pub struct History {
        data: List<HistoryPayment> = "The payments of the page.";
        meta: Record<HistoryMeta> = "Which page this is, and of how many.";
    }
}

typed_reply!(History);

record! {
    /// A payment in the history.
    pub struct HistoryPayment {
        created_at: Text = "When it was created, as sent; its time zone is undocumented.";
        #[required] id: Integer = "AliKassa's id of the payment.";
        order_id: Text = "The merchant's id of the order.";
        amount: Amount = "The amount asked for.";
        commission_amount: Amount = "The provider's fee; none when the payment failed.";
        currency: Text = "The ISO 4217 code.";
        status: Status = "The state; what is `payment_status` elsewhere.";
    }
}

nested!(HistoryPayment);

record! {
    /// Which page of the history this is.
    pub struct HistoryMeta {
        current_page: Integer = "This page, from 1.";
        from: Integer = "The number of the page's first payment, from 1.";
        last_page: Integer = "The last page.";
        path: Text = "The provider's own address of the history.";
        per_page: Integer = "How many payments a page has.";
        to: Integer = "The number of the page's last payment.";
        total: Integer = "How many payments there are.";
    }
}

nested!(HistoryMeta);
