//! The typed calls, by what they are about.

use crate::account::Balance;
use crate::client::{Call, CallOptions, Client};
use crate::error::{Error, Result};
use crate::operation::Operation;
use crate::order::OrderRef;
use crate::payment::Payment;
use crate::payout::Payout;
use crate::reply::Answer;

/// The calls of one kind of record.
macro_rules! typed {
    ($client:expr, $operation:literal, $fields:expr, $options:expr, $variant:ident) => {
        match $client.execute(
            Call::Typed(Operation::named($operation)?, $fields),
            $options,
        )? {
            Answer::$variant(record) => Ok(*record),
            other => Err(unexpected(&other)),
        }
    };
}

/// The calls for payments; from [`Client::payments`].
#[derive(Clone, Copy, Debug)]
pub struct Payments<'a>(pub(crate) &'a Client);

impl Payments<'_> {
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

pub(crate) fn unexpected(answer: &Answer) -> Error {
    Error::internal(format!("an answer of another operation: {answer:?}"))
}
