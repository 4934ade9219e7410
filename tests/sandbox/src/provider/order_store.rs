//! The payments, or the payouts: finding them, and letting them end.

use std::collections::{BTreeSet, HashMap};
use std::mem;
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
    /// What became final since it was last asked for.
    #[serde(skip)]
    ended: Vec<usize>,
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
            ended: Vec::new(),
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

    pub(super) fn item(&self, index: usize) -> Option<&T> {
        Some(&self.entries.get(index)?.item)
    }

    /// A text that the entry's create had; an empty one is none.
    pub(super) fn requested(&self, index: usize, name: &str) -> Option<String> {
        let request = self.entries.get(index)?.request.as_ref()?;
        request.get(name).filter(|_| request.has(name))
    }

    pub(super) fn take_ended(&mut self) -> Vec<usize> {
        mem::take(&mut self.ended)
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.deadlines.first().map(|(moment, _)| *moment)
    }

    /// In the order they were made.
    pub(super) fn items(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.entries.iter().map(|entry| &entry.item)
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
        if let Some(status) = self.entries.get_mut(index)?.count_read() {
            self.settle_by_rule(index, status, balance);
        }
        Some(Answer::json(200, self.item(index)?))
    }

    pub(super) fn catch_up(&mut self, now: Instant, balance: &mut Balance) {
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
        // Nothing to refuse: an entry that is due still waits, and a rule names no amounts.
        _ = self.settle(index, &Outcome::plain(status), balance);
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
            self.ended.push(index);
        }
        Ok(())
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

    /// The status that this status request is to bring.
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
