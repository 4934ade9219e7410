//! The typed calls, by what they are about.

use crate::account::Balance;
use std::ops::ControlFlow;
use std::time::Duration;

use crate::call::{Call, CallOptions};
use crate::canonical::Value;
use crate::client::Client;
use crate::error::{Error, Result};
use crate::order::OrderRef;
use crate::payment::{CreatedPayment, Payment, PaymentRequest};
use crate::payout::{CreatedPayout, Payout, PayoutRequest};
use crate::poll::Resolution;
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

impl Payments<'_> {
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
        match self.0.run_here(call, &options.call, &mut told)? {
            Answer::Payment(status) => Ok(*status),
            other => Err(unexpected(&other)),
        }
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
        match self.0.run_here(call, &options.call, &mut told)? {
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
