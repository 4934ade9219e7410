//! The store of all payments or of all payouts: lookup, and changes to a final status.

use std::collections::{BTreeSet, HashMap};
use std::mem;
use std::time::Instant;

use serde::Serialize;

use super::balance::Balance;
use crate::fields::{Fields, OrderRef};
use crate::http::Response;
use crate::rules::Due;
use crate::settle::{Outcome, SettleError, Status};

/// A payment or a payout.
pub(super) trait Order: Serialize {
    fn id(&self) -> u64;
    fn order_id(&self) -> &str;
    fn status(&self) -> Status;
    /// The response to its create.
    fn create_response(&self) -> Response;
    /// Changes it to a final status.
    fn finalize(&mut self, outcome: &Outcome, balance: &mut Balance) -> Result<(), SettleError>;
}

/// Orders by ascending id.
#[derive(Clone, Serialize)]
#[serde(transparent)]
pub(super) struct OrderStore<T> {
    entries: Vec<Entry<T>>,
    #[serde(skip)]
    index_by_order_id: HashMap<String, usize>,
    #[serde(skip)]
    deadlines: BTreeSet<(Instant, usize)>,
    /// The orders that became final since they were last taken.
    #[serde(skip)]
    finalized: Vec<usize>,
}

#[derive(Clone, Serialize)]
struct Entry<T> {
    #[serde(flatten)]
    item: T,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<Fields>,
    #[serde(skip)]
    due: Due,
}

impl<T: Order> OrderStore<T> {
    pub(super) fn new(documented: T) -> Self {
        Self {
            index_by_order_id: HashMap::from([(documented.order_id().to_owned(), 0)]),
            entries: vec![Entry {
                item: documented,
                request: None,
                due: Due::Never,
            }],
            deadlines: BTreeSet::new(),
            finalized: Vec::new(),
        }
    }

    pub(super) fn next_id(&self) -> u64 {
        self.entries.last().map_or(1, |entry| entry.item.id() + 1)
    }

    /// Adds an order. Returns the response to its create.
    pub(super) fn add(&mut self, item: T, request: Fields, due: Due) -> Response {
        let index = self.entries.len();
        if let Due::At(moment, _) = due {
            self.deadlines.insert((moment, index));
        }
        self.index_by_order_id
            .insert(item.order_id().to_owned(), index);
        let response = item.create_response();
        self.entries.push(Entry {
            item,
            request: Some(request),
            due,
        });
        response
    }

    /// The response to the latest create with this `order_id`.
    pub(super) fn create_response(&self, order_id: &str) -> Option<Response> {
        let index = *self.index_by_order_id.get(order_id)?;
        let entry = self.entries.get(index)?;
        Some(entry.item.create_response())
    }

    pub(super) fn item(&self, index: usize) -> Option<&T> {
        Some(&self.entries.get(index)?.item)
    }

    /// A non-empty string of the entry's create request.
    pub(super) fn requested(&self, index: usize, name: &str) -> Option<String> {
        let request = self.entries.get(index)?.request.as_ref()?;
        request.get(name).filter(|_| request.has(name))
    }

    pub(super) fn take_finalized(&mut self) -> Vec<usize> {
        mem::take(&mut self.finalized)
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.deadlines.first().map(|(moment, _)| *moment)
    }

    /// In the order of their creation.
    pub(super) fn items(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.entries.iter().map(|entry| &entry.item)
    }

    pub(super) fn find(&self, order_ref: &OrderRef) -> Option<usize> {
        let index = match (&order_ref.id, &order_ref.order_id) {
            (Some(id), _) => {
                let id: u64 = id.parse().ok()?;
                let found = self
                    .entries
                    .binary_search_by_key(&id, |entry| entry.item.id());
                found.ok()?
            }
            (None, order_id) => *self.index_by_order_id.get(order_id.as_ref()?)?,
        };
        let item = &self.entries.get(index)?.item;
        let matches = order_ref
            .id
            .as_ref()
            .is_none_or(|id| *id == item.id().to_string())
            && order_ref
                .order_id
                .as_deref()
                .is_none_or(|name| name == item.order_id());
        matches.then_some(index)
    }

    /// The response to a status request. By a rule, the request itself can make the order final.
    pub(super) fn status(
        &mut self,
        order_ref: &OrderRef,
        balance: &mut Balance,
    ) -> Option<Response> {
        let index = self.find(order_ref)?;
        if let Some(status) = self.entries.get_mut(index)?.count_read() {
            self.settle_by_rule(index, status, balance);
        }
        Some(Response::json(200, self.item(index)?))
    }

    pub(super) fn finalize_due(&mut self, now: Instant, balance: &mut Balance) {
        while let Some((moment, index)) = self.deadlines.pop_first() {
            if moment > now {
                self.deadlines.insert((moment, index));
                return;
            }
            if let Some(Due::At(_, status)) = self.entries.get(index).map(|entry| entry.due) {
                self.settle_by_rule(index, status, balance);
            }
        }
    }

    fn settle_by_rule(&mut self, index: usize, status: Status, balance: &mut Balance) {
        // This cannot fail: an entry that is due has the status `wait`, and a rule has no amounts.
        _ = self.settle(index, &Outcome::without_amounts(status), balance);
    }

    pub(super) fn settle(
        &mut self,
        index: usize,
        outcome: &Outcome,
        balance: &mut Balance,
    ) -> Result<(), SettleError> {
        let entry = self.entries.get_mut(index).ok_or(SettleError::NotFound)?;
        entry.settle(outcome, balance)?;
        if entry.item.status() != Status::Wait {
            self.finalized.push(index);
        }
        Ok(())
    }
}

impl<T: Order> Entry<T> {
    /// The status `wait` cancels any rule for the entry.
    fn settle(&mut self, outcome: &Outcome, balance: &mut Balance) -> Result<(), SettleError> {
        if self.item.status() != Status::Wait {
            return Err(SettleError::AlreadyFinal);
        }
        if outcome.status != Status::Paid && outcome.has_amounts() {
            return Err(SettleError::Invalid(
                "amounts are only valid with the status `paid`",
            ));
        }
        if outcome.status != Status::Wait {
            self.item.finalize(outcome, balance)?;
        }
        self.due = Due::Never;
        Ok(())
    }

    /// Counts a status request. Returns the status that it makes final, if any.
    fn count_read(&mut self) -> Option<Status> {
        let Due::AtRead(reads, status) = &mut self.due else {
            return None;
        };
        if *reads > 1 {
            *reads -= 1;
            return None;
        }
        Some(*status)
    }
}
