//! The history of payments: its request and its pages.

use crate::schema::record::record;
use crate::schema::request::{open_request, request};

request! {
    /// Which page of the history of payments to request.
    #[source("the payment history page")]
    ///
    /// ```
    /// use alikassa::HistoryRequest;
    /// let november = HistoryRequest::new().date_from("2024-11-01").date_to("2024-11-30");
    /// ```
    pub struct HistoryRequest {
        required {}
        optional {
            date_from: Date = "The first day, such as `2024-11-01`; its time zone is undocumented.";
            date_to: Date = "The last day, such as `2024-11-30`; its time zone is undocumented.";
            page: Integer(1, i64::MAX) = "The number of the page, from 1.";
            paginate: Integer(1, i64::MAX) = "How many payments a page has.";
        }
    }
}

open_request!(HistoryRequest);

record! {
    /// A page of the history of payments, as `v1/payment/history` reports it.
    ///
    /// The provider documents some fields of `meta` only.
    #[source("the payment history page")]
    #[loggable("data", "meta")]
    pub struct History: Response {
        data: List<HistoryPayment> = "The payments of the page.";
        meta: Record<HistoryMeta> = "The position of the page in the history.";
    }
}

record! {
    /// A payment in the history.
    #[loggable("id", "order_id", "amount", "status")]
    pub struct HistoryPayment: Part {
        created_at: Text = "When the payment was created, as sent; its time zone is undocumented.";
        #[required] id: Integer = "AliKassa's id of the payment.";
        order_id: Text = "The merchant's id of the order.";
        amount: Amount = "The requested amount.";
        commission_amount: Amount = "The provider's fee; none when the payment failed.";
        currency: Text = "The ISO 4217 code of the currency.";
        status: Status = "The status; other records call it `payment_status`.";
    }
}

record! {
    /// The position of a page in the history.
    #[loggable("current_page", "last_page", "per_page", "total")]
    pub struct HistoryMeta: Part {
        current_page: Integer = "The number of this page, from 1.";
        from: Integer = "The number of the page's first payment, from 1.";
        last_page: Integer = "The number of the last page.";
        path: Text = "The provider's own address of the history.";
        per_page: Integer = "How many payments a page has.";
        to: Integer = "The number of the page's last payment.";
        total: Integer = "How many payments there are.";
    }
}
