//! The provider's book: what exists before any request is the documents' examples.

use serde::Serialize;

/// Everything the provider's routes read.
#[derive(Clone, Serialize)]
pub(crate) struct Book {
    pub(crate) payments: Vec<Payment>,
    pub(crate) payouts: Vec<Payout>,
    pub(crate) balance: Balance,
}

/// A payment in the shape of its status answer.
#[derive(Clone, Serialize)]
#[expect(clippy::struct_field_names, reason = "the provider's names")]
pub(crate) struct Payment {
    url: String,
    #[serde(rename = "antiFraud")]
    anti_fraud: bool,
    payment_status: String,
    id: u64,
    order_id: String,
    amount: String,
    payment_amount: String,
    is_partial_payment: bool,
    hold_amount: String,
    hold_at: Option<String>,
    account_payment_amount: String,
    commission_amount: String,
    currency: String,
    service_code: String,
    account_old_balance: String,
    account_new_balance: String,
    crypto_network: Option<String>,
    crypto_txid: Option<String>,
    customer_phone: Option<String>,
    customer_card_number: Option<String>,
    payment_error_message: Option<String>,
    card_number: Option<String>,
    card_holder_name: Option<String>,
    bank: Option<String>,
    bik_bank: Option<String>,
}

/// A payout in the shape of its status answer.
#[derive(Clone, Serialize)]
pub(crate) struct Payout {
    payment_status: String,
    id: u64,
    order_id: String,
    amount: String,
    payment_amount: String,
    is_partial_payment: bool,
    account_payment_amount: String,
    commission_amount: String,
    service_code: String,
    rrn: String,
    account_old_balance: String,
    account_new_balance: String,
}

/// The account's balance in the shape of its answer.
#[derive(Clone, Serialize)]
#[expect(clippy::struct_field_names, reason = "the provider's names")]
pub(crate) struct Balance {
    currency: String,
    balance: String,
    hold: String,
    rolling_reserve: String,
    pending_payouts: String,
}

/// What a status request can name.
pub(crate) trait Entry {
    fn id(&self) -> u64;
    fn order_id(&self) -> &str;
}

impl Entry for Payment {
    fn id(&self) -> u64 {
        self.id
    }

    fn order_id(&self) -> &str {
        &self.order_id
    }
}

impl Entry for Payout {
    fn id(&self) -> u64 {
        self.id
    }

    fn order_id(&self) -> &str {
        &self.order_id
    }
}

impl Book {
    /// The documents' examples, so that reads have something to find.
    pub(crate) fn documented() -> Self {
        Self {
            payments: vec![documented_payment()],
            payouts: vec![documented_payout()],
            balance: Balance {
                currency: "RUB".into(),
                balance: "93.84000000".into(),
                hold: "0.00000000".into(),
                rolling_reserve: "0.00000000".into(),
                pending_payouts: "1234.00000000".into(),
            },
        }
    }
}

fn documented_payment() -> Payment {
    Payment {
        url: "https://redirectlinkpay.com/293259c3-688b-33c1-a832-d77e1cd82f45".into(),
        anti_fraud: false,
        payment_status: "paid".into(),
        id: 112_412_553,
        order_id: "1756900030".into(),
        amount: "10.000000000".into(),
        payment_amount: "10.000000000".into(),
        is_partial_payment: false,
        hold_amount: String::new(),
        hold_at: None,
        account_payment_amount: "9.000000000".into(),
        commission_amount: "1.000000000".into(),
        currency: "EUR".into(),
        service_code: "payment_card_eur_card".into(),
        account_old_balance: "16.00000000".into(),
        account_new_balance: "25.00000000".into(),
        crypto_network: None,
        crypto_txid: None,
        customer_phone: None,
        customer_card_number: None,
        payment_error_message: None,
        card_number: None,
        card_holder_name: None,
        bank: None,
        bik_bank: None,
    }
}

fn documented_payout() -> Payout {
    Payout {
        payment_status: "paid".into(),
        id: 100_000_536,
        order_id: "6422494".into(),
        amount: "300.00".into(),
        payment_amount: "300.00".into(),
        is_partial_payment: false,
        account_payment_amount: "290".into(),
        commission_amount: "10".into(),
        service_code: "payment_card_rub".into(),
        rrn: "11111111111".into(),
        account_old_balance: "1290".into(),
        account_new_balance: "1000".into(),
    }
}
