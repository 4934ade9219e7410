//! The typed calls, by what they are about.

use crate::account::{AccountInfo, Balance};
use std::ops::ControlFlow;
use std::time::Duration;

use crate::bulk::{BulkOptions, Statuses};
use crate::call::{Call, CallOptions};
use crate::canonical::Value;
use crate::client::Client;
use crate::delivery::Delivery;
use crate::error::{Error, Result};
use crate::history::{History, HistoryIter, HistoryRequest};
use crate::key::{DigestMode, VerifyingKey};
use crate::notification::{self, Notification};
use crate::operation::Resource;
use crate::order::OrderRef;
use crate::payment::{CreatedPayment, Payment, PaymentRequest};
use crate::payout::{CreatedPayout, Payout, PayoutRequest};
use crate::poll::Resolution;
use crate::redirect::{self, Redirect};
use crate::reply::Answer;

/// The calls of one kind of record.
macro_rules! typed {
    ($client:expr, $operation:literal, $fields:expr, $options:expr, $variant:ident) => {
        match $client.execute(Call::named($operation, $fields)?, $options)? {
            Answer::$variant(record) => Ok(*record),
            other => Err(unexpected(&other)),
        }
    };
}

/// How a wait asks.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct WaitOptions {
    /// The pause between two questions; 2 s unless set.
    pub interval: Option<Duration>,
    /// What the whole wait and each question may take.
    pub call: CallOptions,
}

impl WaitOptions {
    /// Sets the pause between two questions.
    #[must_use]
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = Some(interval);
        self
    }

    /// Sets the time the whole wait may take.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.call.deadline = Some(deadline);
        self
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
        let mut told = |answer: &Answer| {
            if let Answer::Payment(status) = answer {
                on_update(status);
            }
            ControlFlow::Continue(())
        };
        let call = call.interval(options.interval);
        match self.0.run_here(call, &options.call, &mut told, Ok)? {
            Answer::Payment(status) => Ok(*status),
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
    /// use alikassa::{BulkOptions, OrderRef};
    /// let orders = ["A-1", "A-2"].map(OrderRef::order_id);
    /// for (order, status) in client.payments().statuses(orders, BulkOptions::default())? {
    ///     println!("{order:?} {:?}", status.map(|payment| payment.payment_status));
    /// }
    /// # Ok(()) }
    /// ```
    pub fn statuses<I: IntoIterator<Item = OrderRef>>(
        &self,
        orders: I,
        options: BulkOptions,
    ) -> Result<impl Iterator<Item = (OrderRef, Result<Payment>)> + use<I>> {
        let mut statuses = Statuses::new(self.0, Resource::Payment, orders.into_iter(), options)?;
        Ok(std::iter::from_fn(move || {
            let (order, result) = statuses.next_answer()?;
            let status = result.and_then(|answer| match answer {
                Answer::Payment(status) => Ok(*status),
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
    /// use alikassa::{BulkOptions, OrderRef};
    /// let orders = ["A-1", "A-2"].map(OrderRef::order_id);
    /// for (order, status) in client.payouts().statuses(orders, BulkOptions::default())? {
    ///     println!("{order:?} {:?}", status.map(|payout| payout.payment_status));
    /// }
    /// # Ok(()) }
    /// ```
    pub fn statuses<I: IntoIterator<Item = OrderRef>>(
        &self,
        orders: I,
        options: BulkOptions,
    ) -> Result<impl Iterator<Item = (OrderRef, Result<Payout>)> + use<I>> {
        let mut statuses = Statuses::new(self.0, Resource::Payout, orders.into_iter(), options)?;
        Ok(std::iter::from_fn(move || {
            let (order, result) = statuses.next_answer()?;
            let status = result.and_then(|answer| match answer {
                Answer::Payout(status) => Ok(*status),
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
        let mut told = |answer: &Answer| {
            if let Answer::Payout(status) = answer {
                on_update(status);
            }
            ControlFlow::Continue(())
        };
        let call = call.interval(options.interval);
        match self.0.run_here(call, &options.call, &mut told, Ok)? {
            Answer::Payout(status) => Ok(*status),
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

/// The calls for the account; from [`Client::account`].
#[derive(Clone, Copy, Debug)]
pub struct Account<'a>(pub(crate) &'a Client);

impl Account<'_> {
    /// What the account may do. It is signed with the payout certificate, as the provider warns.
    ///
    /// # Errors
    /// As [`Client::execute`].
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
    /// for service in client.account().info()?.payouts {
    ///     println!("{:?} {:?}", service.service_code, service.status);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn info(&self) -> Result<AccountInfo> {
        self.info_with(&CallOptions::default())
    }

    /// [`info`](Self::info) with options of its own.
    ///
    /// # Errors
    /// As [`Client::execute`].
    pub fn info_with(&self, options: &CallOptions) -> Result<AccountInfo> {
        typed!(self.0, "account.info", Vec::new(), options, AccountInfo)
    }

    /// The balance. It is signed with the payout certificate, as the provider warns.
    ///
    /// # Errors
    /// As [`Client::execute`].
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
    /// println!("{}", client.account().balance()?.balance);
    /// # Ok(()) }
    /// ```
    pub fn balance(&self) -> Result<Balance> {
        self.balance_with(&CallOptions::default())
    }

    /// [`balance`](Self::balance) with options of its own.
    ///
    /// # Errors
    /// As [`Client::execute`].
    pub fn balance_with(&self, options: &CallOptions) -> Result<Balance> {
        typed!(self.0, "account.balance", Vec::new(), options, Balance)
    }
}

/// The verification of notifications; from [`Client::notifications`]. Nothing is sent.
#[derive(Clone, Copy, Debug)]
pub struct Notifications<'a>(pub(crate) &'a Client);

impl Notifications<'_> {
    /// Verifies a notification with the client's digest, and that it is for its account.
    ///
    /// # Errors
    /// [`SignatureMismatch`](crate::ErrorKind::SignatureMismatch),
    /// [`MalformedNotification`](crate::ErrorKind::MalformedNotification),
    /// [`AccountMismatch`](crate::ErrorKind::AccountMismatch);
    /// [`Configuration`](crate::ErrorKind::Configuration) without a notification certificate.
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client, query: &str) -> alikassa::Result<()> {
    /// let event = client.notifications().verify(alikassa::Delivery::query(query))?;
    /// println!("{:?} is {}", event.order_id, event.payment_status);
    /// # Ok(()) }
    /// ```
    pub fn verify(&self, delivery: Delivery<'_>) -> Result<Notification> {
        self.verify_with(delivery, self.0.0.settings().digest)
    }

    /// [`verify`](Self::verify) with a digest of its own.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub fn verify_with(
        &self,
        delivery: Delivery<'_>,
        digest: impl Into<DigestMode>,
    ) -> Result<Notification> {
        let account = self.0.account_id();
        notification_keys(self.0)
            .and_then(|keys| notification::verify(delivery, keys, digest.into(), account))
            .map_err(|error| error.with_call("notifications.verify", None))
    }
}

/// The verification of redirects; from [`Client::redirects`]. Nothing is sent.
#[derive(Clone, Copy, Debug)]
pub struct Redirects<'a>(pub(crate) &'a Client);

impl Redirects<'_> {
    /// Verifies what a payer's browser brought, with the client's digest.
    ///
    /// # Errors
    /// As [`Notifications::verify`], but for the account, which a redirect does not name.
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client, body: &[u8]) -> alikassa::Result<()> {
    /// let redirect = client.redirects().verify(alikassa::Delivery::body(body, None))?;
    /// let payment = client.payments().status(&alikassa::OrderRef::order_id(redirect.order_id))?;
    /// # Ok(()) }
    /// ```
    pub fn verify(&self, delivery: Delivery<'_>) -> Result<Redirect> {
        self.verify_with(delivery, self.0.0.settings().digest)
    }

    /// [`verify`](Self::verify) with a digest of its own.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub fn verify_with(
        &self,
        delivery: Delivery<'_>,
        digest: impl Into<DigestMode>,
    ) -> Result<Redirect> {
        notification_keys(self.0)
            .and_then(|keys| redirect::verify(delivery, keys, digest.into()))
            .map_err(|error| error.with_call("redirects.verify", None))
    }
}

fn notification_keys(client: &Client) -> Result<&[VerifyingKey]> {
    match client.0.settings().notification.as_slice() {
        [] => Err(Error::configuration(
            "notifications are checked with the notification certificate; set notification_cert",
        )),
        keys => Ok(keys),
    }
}

fn order_and_amount(order_id: &str, amount: Option<&str>) -> Vec<(String, Value)> {
    let amount = amount.map_or(Value::Null, Value::from);
    vec![
        ("order_id".to_owned(), Value::from(order_id)),
        ("amount".to_owned(), amount),
    ]
}

pub(crate) fn unexpected(answer: &Answer) -> Error {
    Error::internal(format!("an answer of another operation: {answer:?}"))
}
