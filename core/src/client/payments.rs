//! The calls for payments.

use std::marker::PhantomData;

use crate::api::operation::{Operation, PAYMENTS_CREATE, PAYMENTS_STATUS, Resource};
use crate::client::Client;
use crate::client::history::HistoryIter;
use crate::client::orders::{Order, Orders};
use crate::schema::history::HistoryRequest;
use crate::schema::payment::{CreatedPayment, Payment, PaymentRequest};

/// The calls for payments; from [`Client::payments`].
pub type Payments<'a> = Orders<'a, Payment>;

impl Order for Payment {
    type Request = PaymentRequest;
    type Created = CreatedPayment;
    const RESOURCE: Resource = Resource::Payment;
    const CREATE: &'static Operation = &PAYMENTS_CREATE;
    const STATUS: &'static Operation = &PAYMENTS_STATUS;
}

impl Client {
    /// The calls for payments (pay-in).
    pub fn payments(&self) -> Payments<'_> {
        Orders {
            client: self,
            order: PhantomData,
        }
    }
}

impl<'a> Payments<'a> {
    /// Returns an iterator over the payments of the history, from the page of the request on. It
    /// requests pages until one is empty or is the last page according to the provider. It also
    /// ends after an error, such as a page that repeats the previous page.
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
    /// for payment in client.payments().iter_history(alikassa::HistoryRequest::new()) {
    ///     println!("{}", payment?.id);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn iter_history(&self, request: HistoryRequest) -> HistoryIter<'a> {
        HistoryIter::new(self.client, request)
    }
}
