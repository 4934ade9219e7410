//! A payout and its effect on the balance.

use serde::Serialize;
use serde_json::json;

use super::balance::Balance;
use super::order_store::Order;
use crate::create::PayoutOrder;
use crate::http::Response;
use crate::money::{Money, decimals};
use crate::settle::{Outcome, SettleError, Status};

/// A payout in the format of the status response.
#[derive(Clone, Serialize)]
pub(crate) struct Payout {
    payment_status: Status,
    id: u64,
    order_id: String,
    #[serde(serialize_with = "decimals::<2, _, _>")]
    amount: Money,
    #[serde(serialize_with = "decimals::<2, _, _>")]
    payment_amount: Option<Money>,
    is_partial_payment: bool,
    #[serde(serialize_with = "decimals::<0, _, _>")]
    account_payment_amount: Option<Money>,
    #[serde(serialize_with = "decimals::<0, _, _>")]
    commission_amount: Option<Money>,
    service_code: String,
    rrn: Option<&'static str>,
    #[serde(serialize_with = "decimals::<0, _, _>")]
    account_old_balance: Option<Money>,
    #[serde(serialize_with = "decimals::<0, _, _>")]
    account_new_balance: Option<Money>,
    #[serde(skip)]
    balance_before: Money,
}

const RRN: &str = "11111111111";

impl Payout {
    pub(super) fn new(id: u64, order: PayoutOrder, balance_before: Money) -> Self {
        Self {
            payment_status: Status::Wait,
            id,
            order_id: order.order_id,
            amount: order.amount,
            payment_amount: None,
            is_partial_payment: false,
            account_payment_amount: None,
            commission_amount: None,
            service_code: order.service,
            rrn: None,
            account_old_balance: None,
            account_new_balance: None,
            balance_before,
        }
    }

    /// The payout of the documents' example, including its inconsistent amounts.
    pub(super) fn documented() -> Self {
        let order = PayoutOrder {
            amount: Money::whole(300),
            order_id: "6422494".into(),
            service: "payment_card_rub".into(),
        };
        Self {
            payment_status: Status::Paid,
            payment_amount: Some(Money::whole(300)),
            account_payment_amount: Some(Money::whole(290)),
            commission_amount: Some(Money::whole(10)),
            rrn: Some(RRN),
            account_old_balance: Some(Money::whole(1290)),
            account_new_balance: Some(Money::whole(1000)),
            ..Self::new(100_000_536, order, Money::ZERO)
        }
    }

    fn pay(&mut self, outcome: &Outcome) -> Result<Money, SettleError> {
        if outcome.hold_amount.is_some() {
            return Err(SettleError::Invalid("a payout has no hold_amount"));
        }
        let paid = outcome.payment_amount.unwrap_or(self.amount);
        if paid > self.amount {
            let reason = "payment_amount exceeds the payout's amount";
            return Err(SettleError::Invalid(reason));
        }
        self.payment_amount = Some(paid);
        self.is_partial_payment = paid != self.amount;
        self.account_payment_amount = Some(paid);
        self.commission_amount = Some(Money::ZERO);
        self.rrn = Some(RRN);
        self.account_old_balance = Some(self.balance_before);
        self.account_new_balance = Some(self.balance_before - paid);
        Ok(paid)
    }
}

impl Order for Payout {
    fn id(&self) -> u64 {
        self.id
    }

    fn order_id(&self) -> &str {
        &self.order_id
    }

    fn status(&self) -> Status {
        self.payment_status
    }

    fn create_response(&self) -> Response {
        Response::json(
            200,
            &json!({ "payment_status": Status::Wait, "id": self.id }),
        )
    }

    fn finalize(&mut self, outcome: &Outcome, balance: &mut Balance) -> Result<(), SettleError> {
        let paid = if outcome.status == Status::Paid {
            self.pay(outcome)?
        } else {
            Money::ZERO
        };
        balance.release(self.amount, paid);
        self.payment_status = outcome.status;
        Ok(())
    }
}
