//! The payments, or the payouts: finding them, and letting them end.

use std::collections::{BTreeSet, HashMap};
use std::time::Instant;

use serde::Serialize;

use super::balance::Balance;
use crate::fields::{Fields, Names};
use crate::http::Answer;
use crate::rules::Due;
use crate::settle::{Outcome, SettleError, Status};

/// A payment or a payout.
pub(super) trait Item: Serialize {
    fn id(&self) -> u64;
    fn order_id(&self) -> &str;
    fn status(&self) -> Status;
    /// The answer its create got.
    fn created(&self) -> Answer;
    /// Makes it final.
    fn end(&mut self, outcome: &Outcome, balance: &mut Balance) -> Result<(), SettleError>;
}

/// In the order of their ids, which count upwards.
#[derive(Clone, Serialize)]
#[serde(transparent)]
pub(super) struct Shelf<T> {
    entries: Vec<Entry<T>>,
    #[serde(skip)]
    newest: HashMap<String, usize>,
    #[serde(skip)]
    deadlines: BTreeSet<(Instant, usize)>,
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

impl<T: Item> Shelf<T> {
    pub(super) fn new(documented: T) -> Self {
        Self {
            newest: HashMap::from([(documented.order_id().to_owned(), 0)]),
            entries: vec![Entry {
                item: documented,
                request: None,
                due: Due::Never,
            }],
            deadlines: BTreeSet::new(),
        }
    }

    pub(super) fn next_id(&self) -> u64 {
        self.entries.last().map_or(1, |entry| entry.item.id() + 1)
    }

    /// Takes it in, and gives the answer of its create.
    pub(super) fn add(&mut self, item: T, request: Fields, due: Due) -> Answer {
        let index = self.entries.len();
        if let Due::At(moment, _) = due {
            self.deadlines.insert((moment, index));
        }
        self.newest.insert(item.order_id().to_owned(), index);
        let answer = item.created();
        self.entries.push(Entry {
            item,
            request: Some(request),
            due,
        });
        answer
    }

    /// The answer that the latest create with this `order_id` got.
    pub(super) fn answer_to(&self, order_id: &str) -> Option<Answer> {
        let entry = self.entries.get(*self.newest.get(order_id)?)?;
        Some(entry.item.created())
    }

    pub(super) fn find(&self, names: &Names) -> Option<usize> {
        let index = match (&names.id, &names.order_id) {
            (Some(id), _) => {
                let id: u64 = id.parse().ok()?;
                let found = self
                    .entries
                    .binary_search_by_key(&id, |entry| entry.item.id());
                found.ok()?
            }
            (None, order_id) => *self.newest.get(order_id.as_ref()?)?,
        };
        let item = &self.entries.get(index)?.item;
        let fits = names
            .id
            .as_ref()
            .is_none_or(|id| *id == item.id().to_string())
            && names
                .order_id
                .as_deref()
                .is_none_or(|name| name == item.order_id());
        fits.then_some(index)
    }

    /// The answer to a status request, which may itself be what ends the entry.
    pub(super) fn status(&mut self, names: &Names, balance: &mut Balance) -> Option<Answer> {
        let index = self.find(names)?;
        let entry = self.entries.get_mut(index)?;
        if let Due::AtRead(reads, status) = &mut entry.due {
            if *reads > 1 {
                *reads -= 1;
            } else {
                let outcome = Outcome::plain(*status);
                entry.settle_by_rule(&outcome, balance);
            }
        }
        Some(Answer::json(200, &entry.item))
    }

    pub(super) fn catch_up(&mut self, now: Instant, balance: &mut Balance) {
        while let Some((moment, index)) = self.deadlines.pop_first() {
            if moment > now {
                self.deadlines.insert((moment, index));
                return;
            }
            if let Some(entry) = self.entries.get_mut(index)
                && let Due::At(_, status) = entry.due
            {
                entry.settle_by_rule(&Outcome::plain(status), balance);
            }
        }
    }

    pub(super) fn settle(
        &mut self,
        index: usize,
        outcome: &Outcome,
        balance: &mut Balance,
    ) -> Result<(), SettleError> {
        let entry = self.entries.get_mut(index).ok_or(SettleError::NotFound)?;
        entry.settle(outcome, balance)
    }
}

impl<T: Item> Entry<T> {
    /// `wait` keeps it waiting, whatever rule it was under.
    fn settle(&mut self, outcome: &Outcome, balance: &mut Balance) -> Result<(), SettleError> {
        if self.item.status() != Status::Wait {
            return Err(SettleError::AlreadyFinal);
        }
        if outcome.status != Status::Paid && outcome.has_amounts() {
            return Err(SettleError::Invalid("only what is paid has amounts"));
        }
        if outcome.status != Status::Wait {
            self.item.end(outcome, balance)?;
        }
        self.due = Due::Never;
        Ok(())
    }

    fn settle_by_rule(&mut self, outcome: &Outcome, balance: &mut Balance) {
        // Nothing to refuse: an entry that is due still waits, and a rule names no amounts.
        _ = self.settle(outcome, balance);
    }
}
