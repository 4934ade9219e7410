//! Orders, and what the sandbox really saw and made of them.

use std::collections::HashMap;

use alikassa_sandbox::{Money, Sandbox};
use serde_json::Value;

use super::row::Row;

/// An order that no other case has, all of them equally long.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Order(pub(super) usize);

impl Order {
    pub(super) fn id(self) -> String {
        format!("order-{:08}", self.0)
    }

    /// So that one order's answer cannot pass for another's by its amount.
    pub(super) fn amount(self) -> String {
        format!("{}.{:02}", 100 + self.0 / 100 % 900, self.0 % 100)
    }
}

/// What was said of a create, for the book to confirm.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Said {
    /// It was made under this id.
    Made(u64),
    NotMade,
    Unknown,
}

/// The sandbox's book and log, by `order_id`.
pub(super) struct Book {
    entries: HashMap<String, Vec<Entry>>,
    /// How many requests to create it came.
    requests: HashMap<String, usize>,
}

pub(super) struct Entry {
    pub(super) id: u64,
    amount: Option<Money>,
}

impl Book {
    pub(super) fn of(sandbox: &Sandbox) -> Self {
        let state = sandbox.state();
        let shelves = ["payments", "payouts"].iter();
        let shelves = shelves.filter_map(|name| state.get(name)?.as_array());
        let mut entries: HashMap<_, Vec<_>> = HashMap::new();
        for entry in shelves.flatten() {
            let made = Entry {
                id: entry["id"].as_u64().unwrap_or_default(),
                amount: amount(text(&entry["amount"])),
            };
            let order_id = text(&entry["order_id"]).to_owned();
            entries.entry(order_id).or_default().push(made);
        }
        let mut requests = HashMap::new();
        for entry in sandbox.log() {
            let creates = entry.path == "/v1/payment" || entry.path == "/v1/payout";
            // A body that turned to noise is no order's, and nothing was made of it.
            let body = serde_json::from_slice::<Value>(&entry.body);
            let order_id = body.ok().filter(|_| creates).and_then(|body| {
                let order_id = body.get("order_id")?.as_str()?;
                Some(order_id.to_owned())
            });
            if let Some(order_id) = order_id {
                *requests.entry(order_id).or_default() += 1;
            }
        }
        Self { entries, requests }
    }

    /// What was made of an order: at most one, unless it was doubled.
    pub(super) fn entries(&self, order: Order) -> &[Entry] {
        self.entries.get(&order.id()).map_or(&[], Vec::as_slice)
    }

    /// Whether what was said of a create is so.
    pub(super) fn confirms(&self, order: Order, said: Said) -> Result<(), String> {
        match (said, self.entries(order)) {
            (Said::Made(id), [entry]) if entry.id == id && entry.is_of(order) => Ok(()),
            (Said::NotMade | Said::Unknown, []) => Ok(()),
            (Said::Unknown, [entry]) if entry.is_of(order) => Ok(()),
            (said, entries) => Err(format!(
                "{said:?}, and the book has {} of it",
                entries.len()
            )),
        }
    }

    /// Creates that came twice, or were made twice.
    pub(super) fn twice(&self, creates: usize) -> Row {
        let made = self.entries.values().filter(|entries| entries.len() > 1);
        let came = self.requests.values().filter(|requests| **requests > 1);
        let (made, came) = (made.count(), came.count());
        Row::new(
            "creates that came twice, that were made twice",
            format!("{came}, {made} of {creates}"),
            "0, 0",
            (came, made) == (0, 0) && !self.requests.is_empty(),
        )
    }
}

impl Entry {
    fn is_of(&self, order: Order) -> bool {
        self.amount.is_some() && self.amount == amount(&order.amount())
    }
}

/// An amount with a point in it; the book has more digits after it than an amount can be told with.
fn amount(text: &str) -> Option<Money> {
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.parse().ok()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
