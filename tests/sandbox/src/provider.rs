//! The provider's book: what exists before any create is the documents' examples.

mod balance;
mod payment;
mod payout;
mod lookup;
mod order_store;
mod notifications;

use std::time::Instant;

use serde::Serialize;

use crate::Options;
use crate::create::{PaymentOrder, PayoutOrder};
use crate::duplicates::Duplicates;
use crate::fields::{Fields, Names, invalid};
use crate::history::Query;
use crate::http::Answer;
use crate::rules::Rules;
use crate::settle::{Settle, SettleError};

use self::balance::Balance;
use self::payment::Payment;
use self::payout::Payout;
pub(crate) use self::lookup::Misnamed;
use self::lookup::Place;
use self::order_store::Shelf;

pub(crate) const PAYMENT: &str = "/v1/payment";
pub(crate) const PAYOUT: &str = "/v1/payout";

/// Everything the provider's routes read and change.
#[derive(Clone, Serialize)]
pub(crate) struct Book {
    payments: Shelf<Payment>,
    payouts: Shelf<Payout>,
    pub(crate) balance: Balance,
    pub(crate) duplicates: Duplicates,
    #[serde(skip)]
    pub(crate) rules: Rules,
}

impl Book {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            payments: Shelf::new(Payment::documented()),
            payouts: Shelf::new(Payout::documented()),
            balance: Balance::documented(options.balance),
            duplicates: options.duplicates,
            rules: Rules::new(options.rules.clone()),
        }
    }

    /// Lets everything end whose time has come.
    pub(crate) fn catch_up(&mut self) {
        let now = Instant::now();
        self.payments.catch_up(now, &mut self.balance);
        self.payouts.catch_up(now, &mut self.balance);
    }

    pub(crate) fn create_payment(&mut self, order: PaymentOrder, request: &Fields) -> Answer {
        let earlier = self.payments.answer_to(&order.order_id);
        if let Some(answer) = self.duplicates.answer(earlier) {
            return answer;
        }
        let due = self.rules.due(PAYMENT, &order.order_id);
        let payment = Payment::new(self.payments.next_id(), order);
        self.payments.add(payment, request.clone(), due)
    }

    pub(crate) fn create_payout(&mut self, order: PayoutOrder, request: &Fields) -> Answer {
        let earlier = self.payouts.answer_to(&order.order_id);
        if let Some(answer) = self.duplicates.answer(earlier) {
            return answer;
        }
        let Some(before) = self.balance.reserve(order.amount) else {
            return invalid([("amount", "Insufficient funds.".into())]);
        };
        let due = self.rules.due(PAYOUT, &order.order_id);
        let payout = Payout::new(self.payouts.next_id(), order, before);
        self.payouts.add(payout, request.clone(), due)
    }

    pub(crate) fn payment_status(&mut self, names: &Names) -> Option<Answer> {
        self.payments.status(names, &mut self.balance)
    }

    /// The newest first.
    pub(crate) fn payment_history(&self, query: &Query) -> Answer {
        let entries = self.payments.items().rev().map(Payment::listed);
        let included = entries.filter(|entry| query.includes(&entry.created_at));
        query.answer(&included.collect::<Vec<_>>())
    }

    pub(crate) fn payout_status(&mut self, names: &Names) -> Option<Answer> {
        self.payouts.status(names, &mut self.balance)
    }

    pub(crate) fn settle(&mut self, settle: &Settle) -> Result<(), SettleError> {
        let outcome = settle.outcome();
        match self.place(&settle.names(), settle.kind)? {
            Place::Payment(index) => self.payments.settle(index, &outcome, &mut self.balance),
            Place::Payout(index) => self.payouts.settle(index, &outcome, &mut self.balance),
        }
    }
}
