//! What became of a payout.

use alikassa::binding::{FieldValue, Response};
use alikassa::{CallOptions, Client, Error, LedgerRow, LedgerState, Outcome};
use serde_json::{Value as Json, json};

use super::list::Payout;
use crate::csv_cell::cell;
use crate::page::ShownOrder;

/// The names of the cells of a result.
pub(super) const COLUMNS: [&str; 6] = [
    "order_id",
    "amount",
    "state",
    "id",
    "payment_status",
    "message",
];

/// What is known about a payout.
pub(super) struct PayoutResult {
    pub(super) order_id: String,
    amount: String,
    pub(super) state: LedgerState,
    id: Option<i64>,
    payment_status: Option<String>,
    pub(super) message: String,
    /// When the ledger recorded it, in milliseconds since 1970.
    created_ms: Option<i64>,
}

impl PayoutResult {
    pub(super) fn new(payout: &Payout, state: LedgerState) -> Self {
        Self {
            order_id: payout.order_id.clone(),
            amount: payout.amount.to_string(),
            state,
            id: None,
            payment_status: None,
            message: String::new(),
            created_ms: None,
        }
    }

    /// What the ledger has.
    pub(super) fn of_row(payout: &Payout, row: &LedgerRow) -> Self {
        Self {
            id: row.id,
            payment_status: row.payment_status.clone(),
            created_ms: Some(row.created_ms),
            ..Self::new(payout, row.state)
        }
    }

    /// Whether the money may have moved without anybody knowing it.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, LedgerState::Unknown | LedgerState::Sending)
    }

    pub(super) fn cells(&self) -> [String; COLUMNS.len()] {
        [
            cell(&self.order_id),
            self.amount.clone(),
            self.state.to_string(),
            self.id.map(|id| id.to_string()).unwrap_or_default(),
            cell(self.payment_status.as_deref().unwrap_or_default()),
            cell(&self.message),
        ]
    }

    pub(super) fn json(&self) -> Json {
        json!({
            "order_id": self.order_id,
            "amount": self.amount,
            "state": self.state.as_str(),
            "id": self.id,
            "payment_status": self.payment_status,
            "message": self.message,
        })
    }

    pub(super) fn order(&self) -> ShownOrder {
        ShownOrder {
            order_id: self.order_id.clone(),
            operation: "payouts.create".to_owned(),
            amount: self.amount.clone(),
            state: self.state.as_str(),
            payment_status: self.payment_status.clone().unwrap_or_default(),
            id: self.id,
            created_ms: self.created_ms,
            problem: self.message.clone(),
        }
    }
}

/// Creates the payout. The ledger of the client refuses it if it may have been sent before.
pub(super) fn create(client: &Client, payout: &Payout) -> PayoutResult {
    let options = CallOptions::default();
    match payout
        .call()
        .and_then(|call| client.execute(call, &options))
    {
        Ok(response) => accepted(payout, &response),
        Err(error) => failed(payout, &error),
    }
}

fn accepted(payout: &Payout, response: &Response) -> PayoutResult {
    let mut result = PayoutResult::new(payout, LedgerState::Accepted);
    let record = response.record();
    for (field, value) in record.iter().flat_map(|record| &record.fields) {
        match (field.name, value) {
            ("id", FieldValue::Integer(id)) => result.id = Some(*id),
            ("payment_status", FieldValue::Text(status)) => {
                result.payment_status = Some((*status).to_owned());
            }
            _ => {}
        }
    }
    result
}

fn failed(payout: &Payout, error: &Error) -> PayoutResult {
    let same_body = error.same_body() == Some(true);
    let state = match error.outcome() {
        Some(Outcome::Rejected) => LedgerState::Rejected,
        // Another process sent it meanwhile, or else another payout with this order_id.
        Some(Outcome::Created) if same_body => LedgerState::Accepted,
        Some(Outcome::Created | Outcome::NotSent) => LedgerState::NotSent,
        _ => LedgerState::Unknown,
    };
    let previous = error.previous().filter(|_| same_body);
    PayoutResult {
        id: previous.and_then(|row| row.id),
        payment_status: previous.and_then(|row| row.payment_status.clone()),
        message: error.message().to_owned(),
        ..PayoutResult::new(payout, state)
    }
}

/// Asks for the outcome of a payout that may have been sent. This only reads.
pub(super) fn resolve(client: &Client, payout: &Payout) -> PayoutResult {
    let unknown = |message: String| PayoutResult {
        message,
        ..PayoutResult::new(payout, LedgerState::Unknown)
    };
    let resolution = match client.payouts().resolve(&payout.order_id, None) {
        Ok(resolution) => resolution,
        Err(error) => return unknown(error.message().to_owned()),
    };
    match (resolution.status, resolution.other_id) {
        (Some(status), _) if resolution.found => PayoutResult {
            id: status.id,
            payment_status: Some(status.payment_status.as_str().to_owned()),
            ..PayoutResult::new(payout, LedgerState::Accepted)
        },
        (_, Some(id)) => unknown(format!(
            "the provider has another payout with this order_id, {id}: look at both in the cabinet"
        )),
        _ => unknown(
            "the provider does not return it, which does not prove that it was not sent".to_owned(),
        ),
    }
}
