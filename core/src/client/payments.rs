//! The calls for payments.

use std::ops::ControlFlow;

use crate::api::operation::Resource;
use crate::api::response::{Response, unexpected};
use crate::client::Client;
use crate::client::call::Call;
use crate::client::history::HistoryIter;
use crate::client::resource::{WaitOptions, order_and_amount, typed};
use crate::client::statuses::{BatchOptions, Statuses};
use crate::engine::settings::CallOptions;
use crate::error::Result;
use crate::schema::history::{History, HistoryRequest};
use crate::schema::order::OrderRef;
use crate::schema::payment::{CreatedPayment, Payment, PaymentRequest};
use crate::schema::resolution::Resolution;

impl Client {
    /// Payments (pay-in).
    pub fn payments(&self) -> Payments<'_> {
        Payments(self)
    }
}

/// The calls for payments; from [`Client::payments`].
#[derive(Clone, Copy, Debug)]
pub struct Payments<'a>(pub(crate) &'a Client);

impl<'a> Payments<'a> {
    /// Creates a payment: sent at most once, whatever happens.
    ///
    /// # Errors
    /// As [`Client::execute`]; every error has an [`outcome`](Error::outcome). After an
    /// [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) never send it again, [`resolve`](Self::resolve) it.
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
    /// use alikassa::{ErrorKind, PaymentRequest};
    /// let request = PaymentRequest::new("300.00", "B-1", "payment_card_rub_hpp", "18.191.80.10");
    /// match client.payments().create(request) {
    ///     Ok(created) => println!("{} is on its way", created.id),
    ///     Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
    ///         let resolution = client.payments().resolve("B-1", Some("300.00"))?;
    ///         println!("found: {}", resolution.found);
    ///     }
    ///     Err(error) => return Err(error),
    /// }
    /// # Ok(()) }
    /// ```
    pub fn create(&self, request: PaymentRequest) -> Result<CreatedPayment> {
        self.create_with(request, &CallOptions::default())
    }

    /// [`create`](Self::create) with options of its own.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn create_with(
        &self,
        request: PaymentRequest,
        options: &CallOptions,
    ) -> Result<CreatedPayment> {
        let fields = request.into_fields();
        typed!(self.0, "payments.create", fields, options, CreatedPayment)
    }

    /// Asks what became of an order whose create was not answered, with growing pauses until the deadline. It is found
    /// when the provider has it with the amount sent: the ledger's, else `amount`, compared as numbers; without either
    /// by its `order_id` alone. It never says that the order was not created. What is found is recorded in the ledger.
    ///
    /// # Errors
    /// As [`Client::execute`], when no question was answered; [`InvalidArgument`](crate::ErrorKind::InvalidArgument)
    /// when `amount` is not the ledger's.
    pub fn resolve(&self, order_id: &str, amount: Option<&str>) -> Result<Resolution<Payment>> {
        self.resolve_with(order_id, amount, &CallOptions::default())
    }

    /// [`resolve`](Self::resolve) with options of its own.
    ///
    /// # Errors
    /// As [`resolve`](Self::resolve).
    pub fn resolve_with(
        &self,
        order_id: &str,
        amount: Option<&str>,
        options: &CallOptions,
    ) -> Result<Resolution<Payment>> {
        let fields = order_and_amount(order_id, amount);
        typed!(
            self.0,
            "payments.resolve",
            fields,
            options,
            PaymentResolution
        )
    }

    /// Asks for the status until it is final or the deadline comes, and gives the last one. `on_update` gets every
    /// status answered.
    ///
    /// # Errors
    /// As [`Client::execute`], when no question was answered by the deadline, and for what a further question would
    /// not change.
    pub fn wait(
        &self,
        order: &OrderRef,
        options: &WaitOptions,
        mut on_update: impl FnMut(&Payment),
    ) -> Result<Payment> {
        let call = Call::named("payments.wait", order.clone().into_fields())?;
        let mut told = |answer: &Response| {
            if let Response::Payment(status) = answer {
                on_update(status);
            }
            ControlFlow::Continue(())
        };
        let call = call.interval(options.interval);
        match self.0.run_here(call, &options.call, &mut told, Ok)? {
            Response::Payment(status) => Ok(*status),
            other => Err(unexpected(&other)),
        }
    }

    /// The states of many payments: an iterator that gives each order with its state or its error, as they come. It asks
    /// `concurrency` questions at once and holds no more than that in memory.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for options that cannot be.
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
    /// use alikassa::{BatchOptions, OrderRef};
    /// let orders = ["A-1", "A-2"].map(OrderRef::order_id);
    /// for (order, status) in client.payments().statuses(orders, BatchOptions::default())? {
    ///     println!("{order:?} {:?}", status.map(|payment| payment.payment_status));
    /// }
    /// # Ok(()) }
    /// ```
    pub fn statuses<I: IntoIterator<Item = OrderRef>>(
        &self,
        orders: I,
        options: BatchOptions,
    ) -> Result<impl Iterator<Item = (OrderRef, Result<Payment>)> + use<I>> {
        let mut statuses = Statuses::new(self.0, Resource::Payment, orders.into_iter(), options)?;
        Ok(std::iter::from_fn(move || {
            let (order, result) = statuses.next_answer()?;
            let status = result.and_then(|answer| match answer {
                Response::Payment(status) => Ok(*status),
                other => Err(unexpected(&other)),
            });
            Some((order, status))
        }))
    }

    /// A page of the history.
    ///
    /// # Errors
    /// As [`Client::execute`].
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
    /// let november = alikassa::HistoryRequest::new().date_from("2024-11-01").date_to("2024-11-30");
    /// for payment in client.payments().history(november)?.data {
    ///     println!("{} {:?}", payment.id, payment.status);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn history(&self, request: HistoryRequest) -> Result<History> {
        self.history_with(request, &CallOptions::default())
    }

    /// [`history`](Self::history) with options of its own.
    ///
    /// # Errors
    /// As [`Client::execute`].
    pub fn history_with(&self, request: HistoryRequest, options: &CallOptions) -> Result<History> {
        let fields = request.into_fields();
        typed!(self.0, "payments.history", fields, options, History)
    }

    /// Every payment of the history, page after page, from the request's page on. It ends with an empty page or with
    /// the last one that the provider names; an error ends it as well, and so does a page that repeats the one before.
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
    /// for payment in client.payments().iter_history(alikassa::HistoryRequest::new()) {
    ///     println!("{}", payment?.id);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn iter_history(&self, request: HistoryRequest) -> HistoryIter<'a> {
        HistoryIter::new(self.0, request)
    }

    /// The state of one payment.
    ///
    /// # Errors
    /// As [`Client::execute`].
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
    /// let payment = client.payments().status(&alikassa::OrderRef::order_id("1756900030"))?;
    /// if payment.payment_status == "paid" {
    ///     println!("credit {}", payment.payment_amount.expect("a paid payment has it"));
    /// }
    /// # Ok(()) }
    /// ```
    pub fn status(&self, order: &OrderRef) -> Result<Payment> {
        self.status_with(order, &CallOptions::default())
    }

    /// [`status`](Self::status) with options of its own.
    ///
    /// # Errors
    /// As [`Client::execute`].
    pub fn status_with(&self, order: &OrderRef, options: &CallOptions) -> Result<Payment> {
        typed!(
            self.0,
            "payments.status",
            order.clone().into_fields(),
            options,
            Payment
        )
    }
}
