//! What payments and payouts have in common.

use std::fmt;
use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::time::Duration;

use crate::api::context::CallContext;
use crate::api::operation::{Operation, Resource};
use crate::client::Client;
use crate::client::statuses::{BatchOptions, Statuses};
use crate::engine::poll::{Resolve, Wait};
use crate::error::Result;
use crate::schema::order::OrderRef;
use crate::schema::record::TypedReply;
use crate::schema::request::IntoFields;
use crate::schema::resolution::Resolution;
use crate::types::value::Value;

/// The status of a payment or a payout.
pub trait Order: TypedReply + Sized {
    /// The fields of a create.
    type Request: IntoFields;
    /// What a create returns.
    type Created: TypedReply;
    #[doc(hidden)]
    const RESOURCE: Resource;
    #[doc(hidden)]
    const CREATE: &'static Operation;
    #[doc(hidden)]
    const STATUS: &'static Operation;
}

/// The calls for payments or payouts; from [`Client::payments`] and [`Client::payouts`].
pub struct Orders<'a, T> {
    pub(crate) client: &'a Client,
    pub(crate) order: PhantomData<fn() -> T>,
}

impl<T: Order> Orders<'_, T> {
    /// Creates a payment or payout. It is sent at most once, whatever happens.
    ///
    /// # Errors
    /// As every call of a [`Client`]; every error has an [`outcome`](crate::Error::outcome).
    /// [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) when the response does not say what became of it: never
    /// send it again, [`resolve`](Self::resolve) it. [`DuplicateOrder`](crate::ErrorKind::DuplicateOrder) and
    /// [`Ledger`](crate::ErrorKind::Ledger) when the ledger refuses it.
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
    /// use alikassa::{ErrorKind, PayoutRequest};
    /// let request = PayoutRequest::new("300.00", "4111111111111111", "B-1", "payment_card_rub");
    /// match client.payouts().create(request) {
    ///     Ok(created) => println!("{} is created", created.id),
    ///     Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
    ///         let resolution = client.payouts().resolve("B-1", Some("300.00"))?;
    ///         println!("found: {}", resolution.found);
    ///     }
    ///     Err(error) => return Err(error),
    /// }
    /// # Ok(()) }
    /// ```
    pub fn create(&self, request: T::Request) -> Result<T::Created> {
        self.client.call(T::CREATE, request.into_fields())
    }

    /// The status of one payment or payout. Source: the payment status page and the payout status page.
    ///
    /// # Errors
    /// As every call of a [`Client`]. [`NotFound`](crate::ErrorKind::NotFound) does not prove that the order was never
    /// created.
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
    /// let payment = client.payments().status(&alikassa::OrderRef::order_id("1756900030"))?;
    /// if payment.payment_status == "paid" {
    ///     println!("credit {:?}", payment.payment_amount);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn status(&self, order: &OrderRef) -> Result<T> {
        let fields = order.clone().into_fields();
        self.client.call(T::STATUS, fields)
    }

    /// Polls what became of an order whose create returned no response, with growing pauses until the deadline.
    ///
    /// It is found when the provider has it with the amount that was sent: the ledger's, else `amount`, compared as
    /// numbers. If neither is known, it is found by its `order_id` alone. It never says that the order was not created.
    /// A status that is found is recorded in the ledger.
    ///
    /// # Errors
    /// As every call of a [`Client`], when no request returned a response;
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) when `amount` is not the ledger's.
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
    /// let resolution = client.payouts().resolve("B-1", Some("300.00"))?;
    /// println!("found: {}, {:?}", resolution.found, resolution.status);
    /// # Ok(()) }
    /// ```
    pub fn resolve(&self, order_id: &str, amount: Option<&str>) -> Result<Resolution<T>> {
        let context = CallContext {
            order_id: Some(order_id.to_owned()),
            ..CallContext::read(T::RESOURCE.resolve())
        };
        let fields = vec![
            ("order_id".to_owned(), Value::from(order_id)),
            ("amount".to_owned(), amount.map_or(Value::Null, Value::from)),
        ];
        match Resolve::<T>::new(T::RESOURCE, fields) {
            Ok(resolve) => self.client.run(&context, &resolve),
            Err(error) => Err(context.invalid(error)),
        }
    }

    /// Polls the status until it is final or the deadline is reached, and returns the last one. `on_update` receives
    /// every status.
    ///
    /// # Errors
    /// As every call of a [`Client`], when there was no response by the deadline, and for errors that another request
    /// would not change.
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
    /// use alikassa::{OrderRef, WaitOptions};
    /// let order = OrderRef::order_id("B-1");
    /// let payout = client.payouts().wait(&order, &WaitOptions::default(), |payout| {
    ///     println!("{}", payout.payment_status);
    /// })?;
    /// println!("final: {}", payout.is_final());
    /// # Ok(()) }
    /// ```
    pub fn wait(
        &self,
        order: &OrderRef,
        options: &WaitOptions,
        mut on_update: impl FnMut(&T),
    ) -> Result<T> {
        let fields = order.clone().into_fields();
        let context = CallContext {
            order_id: crate::client::call::order_id(&fields),
            ..CallContext::read(T::RESOURCE.wait())
        };
        let mut on_update = |status: &T| {
            on_update(status);
            ControlFlow::Continue(())
        };
        match Wait::new(T::RESOURCE, fields, options.interval) {
            Ok(wait) => self.client.run_with(&context, &wait, &mut on_update, Ok),
            Err(error) => Err(context.invalid(error)),
        }
    }

    /// The statuses of many orders: an iterator over each order with its status or its error, as the responses arrive.
    /// It has at most `concurrency` requests in flight, and holds no more than that in memory.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for an option out of its range.
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
    ) -> Result<impl Iterator<Item = (OrderRef, Result<T>)> + use<I, T>> {
        Statuses::new(self.client, T::STATUS, orders.into_iter(), options)
    }
}

impl<T> Clone for Orders<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Orders<'_, T> {}

impl<T: Order> fmt::Debug for Orders<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Orders").field(self.client).finish()
    }
}

/// How a wait polls.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct WaitOptions {
    /// The pause between two requests; 2 s by default.
    pub interval: Option<Duration>,
}

impl WaitOptions {
    /// Sets the pause between two requests.
    #[must_use]
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = Some(interval);
        self
    }
}
