//! The calls for payouts.

use std::ops::ControlFlow;

use crate::api::operation::Resource;
use crate::api::response::{Response, unexpected};
use crate::client::Client;
use crate::client::call::Call;
use crate::client::resource::{WaitOptions, order_and_amount, typed};
use crate::client::statuses::{BatchOptions, Statuses};
use crate::engine::settings::CallOptions;
use crate::error::Result;
use crate::schema::order::OrderRef;
use crate::schema::payout::{CreatedPayout, Payout, PayoutRequest};
use crate::schema::resolution::Resolution;

impl Client {
    /// Payouts.
    pub fn payouts(&self) -> Payouts<'_> {
        Payouts(self)
    }
}

/// The calls for payouts; from [`Client::payouts`].
#[derive(Clone, Copy, Debug)]
pub struct Payouts<'a>(pub(crate) &'a Client);

impl Payouts<'_> {
    /// The states of many payouts: an iterator that gives each order with its state or its error, as they come. It asks
    /// `concurrency` questions at once and holds no more than that in memory.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for options that cannot be.
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
    /// use alikassa::{BatchOptions, OrderRef};
    /// let orders = ["A-1", "A-2"].map(OrderRef::order_id);
    /// for (order, status) in client.payouts().statuses(orders, BatchOptions::default())? {
    ///     println!("{order:?} {:?}", status.map(|payout| payout.payment_status));
    /// }
    /// # Ok(()) }
    /// ```
    pub fn statuses<I: IntoIterator<Item = OrderRef>>(
        &self,
        orders: I,
        options: BatchOptions,
    ) -> Result<impl Iterator<Item = (OrderRef, Result<Payout>)> + use<I>> {
        let mut statuses = Statuses::new(self.0, Resource::Payout, orders.into_iter(), options)?;
        Ok(std::iter::from_fn(move || {
            let (order, result) = statuses.next_answer()?;
            let status = result.and_then(|answer| match answer {
                Response::Payout(status) => Ok(*status),
                other => Err(unexpected(&other)),
            });
            Some((order, status))
        }))
    }

    /// Creates a payout: sent at most once, whatever happens.
    ///
    /// # Errors
    /// As [`Client::execute`]; every error has an [`outcome`](Error::outcome). After an
    /// [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) never send it again, [`resolve`](Self::resolve) it.
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
    /// use alikassa::{ErrorKind, PayoutRequest};
    /// let request = PayoutRequest::new("300.00", "4111111111111111", "B-1", "payment_card_rub");
    /// match client.payouts().create(request) {
    ///     Ok(created) => println!("{} is on its way", created.id),
    ///     Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
    ///         let resolution = client.payouts().resolve("B-1", Some("300.00"))?;
    ///         println!("found: {}", resolution.found);
    ///     }
    ///     Err(error) => return Err(error),
    /// }
    /// # Ok(()) }
    /// ```
    pub fn create(&self, request: PayoutRequest) -> Result<CreatedPayout> {
        self.create_with(request, &CallOptions::default())
    }

    /// [`create`](Self::create) with options of its own.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn create_with(
        &self,
        request: PayoutRequest,
        options: &CallOptions,
    ) -> Result<CreatedPayout> {
        let fields = request.into_fields();
        typed!(self.0, "payouts.create", fields, options, CreatedPayout)
    }

    /// Asks what became of an order whose create was not answered, with growing pauses until the deadline. It is found
    /// when the provider has it with the amount sent: the ledger's, else `amount`, compared as numbers; without either
    /// by its `order_id` alone. It never says that the order was not created. What is found is recorded in the ledger.
    ///
    /// # Errors
    /// As [`Client::execute`], when no question was answered; [`InvalidArgument`](crate::ErrorKind::InvalidArgument)
    /// when `amount` is not the ledger's.
    pub fn resolve(&self, order_id: &str, amount: Option<&str>) -> Result<Resolution<Payout>> {
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
    ) -> Result<Resolution<Payout>> {
        let fields = order_and_amount(order_id, amount);
        typed!(self.0, "payouts.resolve", fields, options, PayoutResolution)
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
        mut on_update: impl FnMut(&Payout),
    ) -> Result<Payout> {
        let call = Call::named("payouts.wait", order.clone().into_fields())?;
        let mut told = |answer: &Response| {
            if let Response::Payout(status) = answer {
                on_update(status);
            }
            ControlFlow::Continue(())
        };
        let call = call.interval(options.interval);
        match self.0.run_here(call, &options.call, &mut told, Ok)? {
            Response::Payout(status) => Ok(*status),
            other => Err(unexpected(&other)),
        }
    }

    /// The state of one payout.
    ///
    /// # Errors
    /// As [`Client::execute`].
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
    /// let payout = client.payouts().status(&alikassa::OrderRef::id(100_000_536))?;
    /// assert!(payout.is_final());
    /// # Ok(()) }
    /// ```
    pub fn status(&self, order: &OrderRef) -> Result<Payout> {
        self.status_with(order, &CallOptions::default())
    }

    /// [`status`](Self::status) with options of its own.
    ///
    /// # Errors
    /// As [`Client::execute`].
    pub fn status_with(&self, order: &OrderRef, options: &CallOptions) -> Result<Payout> {
        typed!(
            self.0,
            "payouts.status",
            order.clone().into_fields(),
            options,
            Payout
        )
    }
}
