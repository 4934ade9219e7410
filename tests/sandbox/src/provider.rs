//! The provider's records. Before any create they contain the examples of the documents.

mod balance;
mod lookup;
mod notifications;
mod order_store;
mod payment;
mod payout;

use std::time::Instant;

use serde::Serialize;

use crate::Options;
use crate::create::{PaymentOrder, PayoutOrder};
use crate::duplicates::Duplicates;
use crate::fields::{Fields, OrderRef, invalid};
use crate::history::Query;
use crate::http::Response;
use crate::rules::Rules;
use crate::settle::{Settle, SettleError};

use self::balance::Balance;
pub(crate) use self::lookup::LookupError;
use self::lookup::RecordIndex;
use self::order_store::OrderStore;
use self::payment::Payment;
use self::payout::Payout;

pub(crate) const PAYMENT: &str = "/v1/payment";
pub(crate) const PAYOUT: &str = "/v1/payout";

/// The state that the provider's routes read and change.
#[derive(Clone, Serialize)]
pub(crate) struct Provider {
    payments: OrderStore<Payment>,
    payouts: OrderStore<Payout>,
    pub(crate) balance: Balance,
    pub(crate) duplicates: Duplicates,
    #[serde(skip)]
    pub(crate) rules: Rules,
}

impl Provider {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            payments: OrderStore::new(Payment::documented()),
            payouts: OrderStore::new(Payout::documented()),
            balance: Balance::documented(options.balance),
            duplicates: options.duplicates,
            rules: Rules::new(options.rules.clone()),
        }
    }

    /// Finalizes every payment and payout that is due.
    pub(crate) fn finalize_due(&mut self) {
        let now = Instant::now();
        self.payments.finalize_due(now, &mut self.balance);
        self.payouts.finalize_due(now, &mut self.balance);
    }

    pub(crate) fn create_payment(&mut self, order: PaymentOrder, request: &Fields) -> Response {
        let existing = self.payments.create_response(&order.order_id);
        if let Some(response) = self.duplicates.response(existing) {
            return response;
        }
        let due = self.rules.due(PAYMENT, &order.order_id);
        let payment = Payment::new(self.payments.next_id(), order);
        self.payments.add(payment, request.clone(), due)
    }

    pub(crate) fn create_payout(&mut self, order: PayoutOrder, request: &Fields) -> Response {
        let existing = self.payouts.create_response(&order.order_id);
        if let Some(response) = self.duplicates.response(existing) {
            return response;
        }
        let Some(balance_before) = self.balance.reserve(order.amount) else {
            return invalid([("amount", "Insufficient funds.".into())]);
        };
        let due = self.rules.due(PAYOUT, &order.order_id);
        let payout = Payout::new(self.payouts.next_id(), order, balance_before);
        self.payouts.add(payout, request.clone(), due)
    }

    pub(crate) fn payment_status(&mut self, order_ref: &OrderRef) -> Option<Response> {
        self.payments.status(order_ref, &mut self.balance)
    }

    /// The newest payment comes first.
    pub(crate) fn payment_history(&self, query: &Query) -> Response {
        let entries = self.payments.items().rev().map(Payment::history_entry);
        let included = entries.filter(|entry| query.includes(&entry.created_at));
        query.response(&included.collect::<Vec<_>>())
    }

    pub(crate) fn payout_status(&mut self, order_ref: &OrderRef) -> Option<Response> {
        self.payouts.status(order_ref, &mut self.balance)
    }

    pub(crate) fn settle(&mut self, settle: &Settle) -> Result<(), SettleError> {
        let outcome = settle.outcome();
        match self.find(&settle.order_ref(), settle.kind)? {
            RecordIndex::Payment(index) => self.payments.settle(index, &outcome, &mut self.balance),
            RecordIndex::Payout(index) => self.payouts.settle(index, &outcome, &mut self.balance),
        }
    }
}
