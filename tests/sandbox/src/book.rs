//! The provider's book: what exists before any create is the documents' examples.

mod balance;
mod payment;
mod payout;
mod shelf;

use std::time::Instant;

use serde::Serialize;

use crate::Options;
use crate::create::{PaymentOrder, PayoutOrder};
use crate::duplicates::Duplicates;
use crate::fields::{Fields, Names, invalid};
use crate::http::Answer;
use crate::rules::Rules;
use crate::settle::{Kind, Settle, SettleError};

use self::balance::Balance;
use self::payment::Payment;
use self::payout::Payout;
use self::shelf::Shelf;

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

    pub(crate) fn payout_status(&mut self, names: &Names) -> Option<Answer> {
        self.payouts.status(names, &mut self.balance)
    }

    pub(crate) fn settle(&mut self, settle: &Settle) -> Result<(), SettleError> {
        let names = settle.names();
        if names.id.is_none() && names.order_id.is_none() {
            return Err(SettleError::Invalid("id or order_id is required"));
        }
        let outcome = settle.outcome();
        let payment = self.payments.find(&names);
        let payout = self.payouts.find(&names);
        match (
            payment.filter(|_| settle.is_for(Kind::Payment)),
            payout.filter(|_| settle.is_for(Kind::Payout)),
        ) {
            (None, None) => Err(SettleError::NotFound),
            (Some(_), Some(_)) => Err(SettleError::Ambiguous),
            (Some(index), None) => self.payments.settle(index, &outcome, &mut self.balance),
            (None, Some(index)) => self.payouts.settle(index, &outcome, &mut self.balance),
        }
    }
}
