//! The calls that payments and payouts have in common.

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
use crate::schema::dry_run::DryRun;
use crate::schema::order::OrderRef;
use crate::schema::record::TypedReply;
use crate::schema::request::IntoFields;
use crate::schema::resolution::Resolution;
use crate::types::value::Value;

/// The status of a payment or payout: [`Payment`](crate::Payment) or [`Payout`](crate::Payout).
pub trait Order: TypedReply + Sized {
    /// The fields of a create.
    type Request: IntoFields;
    /// The result of a create.
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
    /// Creates a payment or payout. The request is sent at most once.
    ///
    /// # Errors
    /// As every call of a [`Client`]; every error has an [`outcome`](crate::Error::outcome).
    /// [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) if it may have been carried out: never
    /// send it again, call [`resolve`](Self::resolve).
    /// [`DuplicateOrder`](crate::ErrorKind::DuplicateOrder) if the ledger already has the order;
    /// [`Ledger`](crate::ErrorKind::Ledger) if the ledger cannot be written;
    /// [`Guard`](crate::ErrorKind::Guard) if a limit of the client refuses it.
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

    /// Checks and signs a create, and says what would be sent and whether the ledger or a limit would
    /// refuse it. Nothing is sent or recorded.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for a field that is not valid;
    /// [`Ledger`](crate::ErrorKind::Ledger) if the ledger cannot be read.
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
    /// use alikassa::PayoutRequest;
    /// let request = PayoutRequest::new("300.00", "4111111111111111", "B-1", "payment_card_rub");
    /// let report = client.payouts().dry_run(request)?;
    /// println!("{} {:?} {:?}", report.path, report.refusal, report.reason);
    /// # Ok(()) }
    /// ```
    pub fn dry_run(&self, request: T::Request) -> Result<DryRun> {
        self.client.preview(T::CREATE, request.into_fields())
    }

    /// Returns the status of one payment or payout. Source: the payment status page and the payout
    /// status page.
    ///
    /// # Errors
    /// As every call of a [`Client`]. [`NotFound`](crate::ErrorKind::NotFound) does not prove that
    /// the order was never created.
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

    /// Determines the outcome of a create with an unknown outcome: polls the status with growing
    /// pauses until the deadline.
    ///
    /// The order is found if the provider has it with the amount that was sent. That is the amount
    /// in the ledger, or else `amount`. Amounts are compared as numbers. Without either, the
    /// `order_id` is enough. A found status is recorded in the ledger. An order that is not found
    /// may still exist.
    ///
    /// # Errors
    /// As every call of a [`Client`], if no request had a response;
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) if `amount` differs from the amount
    /// in the ledger.
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

    /// Polls the status until it is final or the deadline passes, and returns the last status.
    /// `on_update` receives every status.
    ///
    /// # Errors
    /// As every call of a [`Client`], for an error that is not transient, or if no request returned
    /// a status before the deadline.
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

    /// Returns an iterator over the statuses of many orders: each order with its status or error,
    /// in the order of the responses. At most `concurrency` requests are in flight, and no more
    /// orders than that are in memory.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) if an option is out of its range.
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

/// The options of [`Orders::wait`].
///
/// ```
/// use std::time::Duration;
/// let options = alikassa::WaitOptions::default().interval(Duration::from_secs(5));
/// ```
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
