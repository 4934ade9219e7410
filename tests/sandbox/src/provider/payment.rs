//! A payment and its effect on the balance.

mod history_entry;

use serde::{Serialize, Serializer};

use super::balance::{Balance, CURRENCY};
use super::order_store::Order;
use crate::calendar;
use crate::create::PaymentOrder;
use crate::http::Response;
use crate::money::{Money, decimals};
use crate::settle::{Outcome, SettleError, Status};

/// A payment in the format of the status response.
#[derive(Clone, Serialize)]
#[expect(clippy::struct_field_names, reason = "the provider's names")]
pub(crate) struct Payment {
    url: String,
    #[serde(rename = "antiFraud")]
    anti_fraud: bool,
    payment_status: Status,
    id: u64,
    order_id: String,
    #[serde(serialize_with = "decimals::<9, _, _>")]
    amount: Money,
    #[serde(serialize_with = "decimals::<9, _, _>")]
    payment_amount: Option<Money>,
    is_partial_payment: bool,
    #[serde(serialize_with = "decimals_or_empty")]
    hold_amount: Option<Money>,
    hold_at: Option<String>,
    #[serde(serialize_with = "decimals::<9, _, _>")]
    account_payment_amount: Option<Money>,
    #[serde(serialize_with = "decimals::<9, _, _>")]
    commission_amount: Option<Money>,
    currency: &'static str,
    service_code: String,
    #[serde(serialize_with = "decimals::<8, _, _>")]
    account_old_balance: Option<Money>,
    #[serde(serialize_with = "decimals::<8, _, _>")]
    account_new_balance: Option<Money>,
    crypto_network: Option<String>,
    crypto_txid: Option<String>,
    customer_phone: Option<String>,
    customer_card_number: Option<String>,
    payment_error_message: Option<String>,
    card_number: Option<&'static str>,
    card_holder_name: Option<&'static str>,
    bank: Option<&'static str>,
    bik_bank: Option<String>,
    /// Seconds since 1970.
    #[serde(skip)]
    created_at: u64,
    #[serde(skip)]
    uuid: String,
    #[serde(skip)]
    success_redirect_url: Option<String>,
}

/// The response to a payment's create.
#[derive(Serialize)]
struct Created<'a> {
    url: &'a str,
    payment_status: Status,
    id: u64,
    uuid: &'a str,
    success_redirect_url: Option<&'a str>,
    #[serde(rename = "cardNumber", skip_serializing_if = "Option::is_none")]
    card_number: Option<&'a str>,
    #[serde(rename = "cardHolderName", skip_serializing_if = "Option::is_none")]
    card_holder_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bank: Option<&'a str>,
}

impl Payment {
    pub(super) fn new(id: u64, order: PaymentOrder) -> Self {
        let with_card = order.service.ends_with("_card");
        let uuid = format!("293259c3-688b-33c1-a832-{id:012x}");
        Self {
            // The host cannot exist, so no browser reaches a real payment page.
            url: format!("https://pay.sandbox.invalid/{uuid}"),
            anti_fraud: false,
            payment_status: Status::Wait,
            id,
            order_id: order.order_id,
            amount: order.amount,
            payment_amount: None,
            is_partial_payment: false,
            hold_amount: None,
            hold_at: None,
            account_payment_amount: None,
            commission_amount: None,
            currency: CURRENCY,
            service_code: order.service,
            account_old_balance: None,
            account_new_balance: None,
            crypto_network: None,
            crypto_txid: None,
            customer_phone: None,
            customer_card_number: None,
            payment_error_message: None,
            card_number: with_card.then_some("2200000000000004"),
            card_holder_name: with_card.then_some("SANDBOX HOLDER"),
            bank: with_card.then_some("Sandbox Bank"),
            bik_bank: None,
            created_at: calendar::now(),
            uuid,
            success_redirect_url: order.success_redirect_url,
        }
    }

    /// The payment of the documents' example.
    pub(super) fn documented() -> Self {
        let order = PaymentOrder {
            amount: Money::whole(10),
            order_id: "1756900030".into(),
            service: "payment_card_eur_card".into(),
            success_redirect_url: None,
        };
        Self {
            url: "https://redirectlinkpay.com/293259c3-688b-33c1-a832-d77e1cd82f45".into(),
            payment_status: Status::Paid,
            payment_amount: Some(Money::whole(10)),
            account_payment_amount: Some(Money::whole(9)),
            commission_amount: Some(Money::whole(1)),
            currency: "EUR",
            account_old_balance: Some(Money::whole(16)),
            account_new_balance: Some(Money::whole(25)),
            card_number: None,
            card_holder_name: None,
            bank: None,
            // The order id of the example is this time.
            created_at: 1_756_900_030,
            uuid: "293259c3-688b-33c1-a832-d77e1cd82f45".into(),
            ..Self::new(112_412_553, order)
        }
    }

    pub(super) fn uuid(&self) -> &str {
        &self.uuid
    }

    fn credit(&mut self, outcome: &Outcome, balance: &mut Balance) -> Result<(), SettleError> {
        let paid = outcome.payment_amount.unwrap_or(self.amount);
        let commission = paid.tenth();
        let earned = paid - commission;
        let held = outcome.hold_amount.unwrap_or_default();
        if held > earned {
            let reason = "hold_amount exceeds the amount credited for the payment";
            return Err(SettleError::Invalid(reason));
        }
        self.account_old_balance = Some(balance.available());
        balance.credit(earned - held, held);
        self.account_new_balance = Some(balance.available());
        self.payment_amount = Some(paid);
        self.is_partial_payment = paid != self.amount;
        self.hold_amount = outcome.hold_amount;
        self.account_payment_amount = Some(earned);
        self.commission_amount = Some(commission);
        Ok(())
    }
}

impl Order for Payment {
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
        let created = Created {
            url: &self.url,
            payment_status: Status::Wait,
            id: self.id,
            uuid: &self.uuid,
            success_redirect_url: self.success_redirect_url.as_deref(),
            card_number: self.card_number,
            card_holder_name: self.card_holder_name,
            bank: self.bank,
        };
        Response::json(200, &created)
    }

    fn finalize(&mut self, outcome: &Outcome, balance: &mut Balance) -> Result<(), SettleError> {
        if outcome.status == Status::Paid {
            self.credit(outcome, balance)?;
        }
        self.payment_status = outcome.status;
        Ok(())
    }
}

#[expect(clippy::ref_option, reason = "serde passes a reference to the field")]
fn decimals_or_empty<S: Serializer>(
    amount: &Option<Money>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match amount {
        Some(_) => decimals::<9, _, _>(amount, serializer),
        None => serializer.serialize_str(""),
    }
}
