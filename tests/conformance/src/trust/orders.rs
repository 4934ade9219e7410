//! Test orders, and the sandbox's records of them.

use std::collections::HashMap;

use alikassa_sandbox::{Money, Sandbox};
use serde_json::Value;

use super::row::Row;

/// An order that only one case uses. All order ids have the same length.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Order(pub(super) usize);

impl Order {
    pub(super) fn id(self) -> String {
        format!("order-{:08}", self.0)
    }

    /// Differs between orders, so that a response cannot match another order by its amount.
    pub(super) fn amount(self) -> String {
        format!("{}.{:02}", 100 + self.0 / 100 % 900, self.0 % 100)
    }
}

/// The reported outcome of a create.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Reported {
    /// Created with this id.
    Created(u64),
    NotCreated,
    Unknown,
}

/// The sandbox's records and its log, by `order_id`.
pub(super) struct Records {
    records: HashMap<String, Vec<Record>>,
    /// The number of create requests that arrived.
    requests: HashMap<String, usize>,
}

pub(super) struct Record {
    pub(super) id: u64,
    amount: Option<Money>,
}

impl Records {
    pub(super) fn load(sandbox: &Sandbox) -> Self {
        let state = sandbox.state();
        let kinds = ["payments", "payouts"].iter();
        let kinds = kinds.filter_map(|name| state.get(name)?.as_array());
        let mut records: HashMap<_, Vec<_>> = HashMap::new();
        for value in kinds.flatten() {
            let record = Record {
                id: value["id"].as_u64().unwrap_or_default(),
                amount: amount(text(&value["amount"])),
            };
            let order_id = text(&value["order_id"]).to_owned();
            records.entry(order_id).or_default().push(record);
        }
        let mut requests = HashMap::new();
        for entry in sandbox.log() {
            let creates = entry.path == "/v1/payment" || entry.path == "/v1/payout";
            // A garbled body belongs to no order, and nothing was created.
            let body = serde_json::from_slice::<Value>(&entry.body);
            let order_id = body.ok().filter(|_| creates).and_then(|body| {
                let order_id = body.get("order_id")?.as_str()?;
                Some(order_id.to_owned())
            });
            if let Some(order_id) = order_id {
                *requests.entry(order_id).or_default() += 1;
            }
        }
        Self { records, requests }
    }

    /// The records of an order: at most one, unless it was executed twice.
    pub(super) fn of(&self, order: Order) -> &[Record] {
        self.records.get(&order.id()).map_or(&[], Vec::as_slice)
    }

    /// The number of create requests of an order that arrived.
    pub(super) fn requests(&self, order: Order) -> usize {
        self.requests.get(&order.id()).copied().unwrap_or_default()
    }

    /// Fails if the records contradict the reported outcome.
    pub(super) fn check(&self, order: Order, reported: Reported) -> Result<(), String> {
        match (reported, self.of(order)) {
            (Reported::Created(id), [record]) if record.id == id && record.matches(order) => Ok(()),
            (Reported::NotCreated | Reported::Unknown, []) => Ok(()),
            (Reported::Unknown, [record]) if record.matches(order) => Ok(()),
            (reported, records) => Err(format!(
                "{reported:?}, but the sandbox has {} matching records",
                records.len()
            )),
        }
    }

    /// The number of orders that were sent or executed twice.
    pub(super) fn duplicates(&self, of: &str, creates: usize) -> Row {
        let executed = self.records.values().filter(|records| records.len() > 1);
        let sent = self.requests.values().filter(|requests| **requests > 1);
        let (executed, sent) = (executed.count(), sent.count());
        Row::new(
            format!("{of}: creates sent twice, executed twice"),
            format!("{sent}, {executed} of {creates}"),
            "0, 0",
            (sent, executed) == (0, 0) && !self.requests.is_empty(),
        )
    }
}

impl Record {
    fn matches(&self, order: Order) -> bool {
        self.amount.is_some() && self.amount == amount(&order.amount())
    }
}

/// Parses a decimal amount. The sandbox's records have more decimals than an amount may have.
fn amount(text: &str) -> Option<Money> {
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.parse().ok()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
