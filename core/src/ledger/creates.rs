//! The creates: recorded before they are sent, and with their outcome after it.

use super::entry::{Completion, Entry, Key, Stored};
use super::inner::Inner;
use super::lock::LockDeadline;
use super::query::Query;
use super::queue::{Operation, Output};
use super::rules::{self, Ended};
use super::sent_body::SentBody;
use super::store::{Begin, Begun, Change, Durability, Session};
use crate::error::{Error, Outcome, Result};
use crate::types::ledger_event::EventSource;
use crate::types::ledger_state::LedgerState;

impl Inner {
    pub(super) fn begin(&self, entry: Entry, deadline: LockDeadline) -> Result<Stored> {
        match self.run(Operation::Begin(entry), deadline)? {
            Output::Begun(stored) => Ok(*stored),
            Output::Ended(_) => Err(self.late()),
        }
    }

    pub(super) fn preview(&self, entry: &Entry, deadline: LockDeadline) -> Result<()> {
        let mut session = self.open(deadline)?;
        let existing = session.find(std::slice::from_ref(&entry.key))?.pop();
        match existing.flatten() {
            Some(existing) if !existing.row.state.allows_sending() => {
                return Err(duplicate(existing, entry));
            }
            _ => {}
        }
        let Some(limit) = &entry.day_limit else {
            return Ok(());
        };
        let Key {
            account, operation, ..
        } = &entry.key;
        let used = session.used(account, operation, &limit.zone)?;
        limit.check(used, entry.amount.as_ref())
    }

    /// Records the outcome of a create. If that fails, it is done later by this process.
    pub(super) fn end(
        &self,
        begun: &Stored,
        completion: &Completion,
        deadline: LockDeadline,
    ) -> Result<Ended> {
        let operation = Operation::End(Box::new(begun.clone()), completion.clone());
        match self.run(operation, deadline) {
            Ok(Output::Ended(ended)) => Ok(ended),
            Ok(Output::Begun(_)) => Err(self.late()),
            Err(error) => {
                self.write_later(begun.clone(), completion.clone());
                Err(error)
            }
        }
    }

    /// Runs the operation, together with those of other threads if the store serves one at a time.
    fn run(&self, operation: Operation, deadline: LockDeadline) -> Result<Output> {
        if !self.store.is_serial() {
            let mut session = self.open(deadline)?;
            let output = self.record(&mut *session, &[operation], deadline).pop();
            return output.unwrap_or_else(|| Err(self.late()));
        }
        let queue = self.queue.get();
        let output = queue.run(operation, deadline, |leader| {
            let mut session = self.open(deadline)?;
            let group = leader.take();
            let results = self.record(&mut *session, &group.operations, deadline);
            group.finish(results);
            Ok(())
        });
        output.unwrap_or_else(|| Err(self.late()))
    }

    /// Runs operations of different orders.
    fn record(
        &self,
        session: &mut dyn Session,
        operations: &[Operation],
        deadline: LockDeadline,
    ) -> Vec<Result<Output>> {
        let (mut begins, mut ends) = (Vec::new(), Vec::new());
        for operation in operations {
            match operation {
                Operation::Begin(entry) => begins.push(entry),
                Operation::End(begun, completion) => ends.push((&**begun, completion)),
            }
        }
        // The outcomes are first, because the begins wait for the disk.
        let mut ended = self.end_all(session, &ends, deadline).into_iter();
        let mut begun = self.begin_all(session, &begins, deadline).into_iter();
        let outputs = operations.iter().filter_map(|operation| match operation {
            Operation::Begin(_) => begun
                .next()
                .map(|begun| begun.map(|begun| Output::Begun(Box::new(begun)))),
            Operation::End(..) => ended.next().map(|ended| ended.map(Output::Ended)),
        });
        outputs.collect()
    }

    fn begin_all(
        &self,
        session: &mut dyn Session,
        entries: &[&Entry],
        deadline: LockDeadline,
    ) -> Vec<Result<Stored>> {
        let mut results: Vec<_> = entries.iter().map(|_| Err(self.late())).collect();
        let mut rest: Vec<_> = entries.iter().zip(&mut results).collect();
        let mut begins: Vec<_> = entries.iter().map(|entry| first_begin(entry)).collect();
        while !rest.is_empty() {
            let begun = match session.begin(&begins) {
                Ok(begun) => begun,
                Err(error) => {
                    refuse(rest.into_iter().map(|(_, result)| result), &error);
                    break;
                }
            };
            begins = Vec::new();
            let mut again = Vec::new();
            for ((entry, result), begun) in rest.into_iter().zip(begun) {
                match begun {
                    Begun::Stored(stored) => *result = Ok(stored),
                    Begun::Exists(existing) if existing.row.state.allows_sending() => {
                        begins.push(next_begin(&existing, entry));
                        again.push((entry, result));
                    }
                    Begun::Refused(error) => *result = Err(error),
                    Begun::Exists(existing) => *result = Err(duplicate(existing, entry)),
                }
            }
            rest = again;
            if let (false, Err(error)) = (rest.is_empty(), self.check(deadline)) {
                refuse(rest.into_iter().map(|(_, result)| result), &error);
                break;
            }
        }
        results
    }

    pub(super) fn end_all(
        &self,
        session: &mut dyn Session,
        ends: &[(&Stored, &Completion)],
        deadline: LockDeadline,
    ) -> Vec<Result<Ended>> {
        let mut results: Vec<_> = ends.iter().map(|_| Ok(Ended::default())).collect();
        let ends = ends.iter().zip(&mut results);
        let mut rest: Vec<_> = ends.map(|(end, result)| Ending::new(end, result)).collect();
        loop {
            let (mut changes, mut endings) = (Vec::new(), Vec::new());
            for mut ending in rest {
                if let Some(change) = ending.change() {
                    changes.push(change);
                    endings.push(ending);
                }
            }
            if changes.is_empty() {
                return results;
            }
            let written = match session.write(&changes, Durability::Process) {
                Ok(written) => written.into_iter(),
                Err(error) => {
                    refuse(endings.into_iter().map(|ending| ending.result), &error);
                    return results;
                }
            };
            // Another process changed the others meanwhile.
            let rows = endings.into_iter().zip(written);
            let others = rows.filter_map(|(ending, time)| time.is_none().then_some(ending));
            rest = others.collect();
            let keys: Vec<Key> = rest.iter().map(Ending::key).collect();
            if keys.is_empty() {
                return results;
            }
            let found = self.check(deadline).and_then(|()| session.find(&keys));
            let found = match found {
                Ok(found) => found,
                Err(error) => {
                    refuse(rest.into_iter().map(|ending| ending.result), &error);
                    return results;
                }
            };
            let rows = rest.into_iter().zip(found);
            rest = rows.filter_map(|(ending, row)| ending.again(row)).collect();
        }
    }

    pub(super) fn release(
        &self,
        account: Option<&str>,
        operation: &str,
        order_id: &str,
        reason: &str,
        deadline: LockDeadline,
    ) -> Result<()> {
        let mut session = self.open(deadline)?;
        let query = Query::of_order(account, operation, order_id);
        loop {
            let mut rows = session.select(&query)?;
            let stored = match (rows.pop(), rows.pop()) {
                (Some(stored), None) => stored,
                (None, _) => return Err(no_such_create()),
                (Some(_), Some(_)) => return Err(several_accounts()),
            };
            let row = rules::release(&stored.row, reason);
            let mut change = Change::of(&stored, row, EventSource::Release);
            change.reason = Some(reason.to_owned());
            if session.write(&[change], Durability::Full)? != [None] {
                return Ok(());
            }
            self.check(deadline)?;
        }
    }
}

/// An outcome to record.
struct Ending<'a> {
    begun: &'a Stored,
    completion: &'a Completion,
    /// The row that it changes.
    stored: Stored,
    result: &'a mut Result<Ended>,
}

impl<'a> Ending<'a> {
    fn new(
        &(begun, completion): &(&'a Stored, &'a Completion),
        result: &'a mut Result<Ended>,
    ) -> Self {
        Self {
            begun,
            completion,
            stored: begun.clone(),
            result,
        }
    }

    fn key(&self) -> Key {
        Key::of(&self.begun.row)
    }

    /// The change of the row, if there is one. The result is that of its success.
    fn change(&mut self) -> Option<Change> {
        let mut row = self.stored.row.clone();
        let ended = rules::end(&mut row, self.begun.row.attempt, self.completion);
        let is_changed = ended.states.is_some();
        *self.result = Ok(ended);
        is_changed.then(|| {
            let mut change = Change::of(&self.stored, row, EventSource::Call);
            change.reason = self.completion.reason.map(str::to_owned);
            change.support.clone_from(&self.completion.support);
            change
        })
    }

    /// The same for the row as it is now.
    fn again(mut self, row: Option<Stored>) -> Option<Self> {
        *self.result = Ok(Ended::default());
        self.stored = row?;
        Some(self)
    }
}

/// Gives the error to each of the results.
fn refuse<'a, T: 'a>(results: impl Iterator<Item = &'a mut Result<T>>, error: &Error) {
    for result in results {
        *result = Err(error.clone());
    }
}

/// Records a create that the ledger does not have.
fn first_begin(entry: &Entry) -> Begin {
    let change = Change {
        before: None,
        row: rules::begin(entry),
        body_tag: None,
        source: EventSource::Call,
        reason: None,
        support: None,
    };
    begin(change, entry)
}

/// Records that an order is sent again.
fn next_begin(existing: &Stored, entry: &Entry) -> Begin {
    let row = rules::begin_again(&existing.row, entry);
    begin(Change::of(existing, row, EventSource::Call), entry)
}

fn begin(change: Change, entry: &Entry) -> Begin {
    Begin {
        change: Change {
            body_tag: Some(entry.body_tag.clone()),
            ..change
        },
        day_limit: entry.day_limit.clone(),
    }
}

pub(super) fn several_accounts() -> Error {
    let message = "account: several accounts in the ledger have this order; pass one";
    Error::invalid_argument("account", "required", message)
}

fn no_such_create() -> Error {
    let message = "order_id: the ledger has no such create; pass the operation of the row, such as \"payouts.create\"";
    Error::invalid_argument("order_id", "unknown", message)
}

fn duplicate(existing: Stored, entry: &Entry) -> Error {
    let body = SentBody::of(&existing, entry);
    let row = existing.row;
    let message = format!(
        "the ledger already has this order: its state is {}{}",
        row.state,
        match body {
            SentBody::Same => "",
            SentBody::Other => ", and it was sent with different fields",
            SentBody::OtherKey =>
                ", and it was sent with another certificate, so that its fields cannot be compared",
            SentBody::Unclear =>
                ", and it was sent with different fields or with another certificate",
        }
    );
    let (outcome, hint) = match row.state {
        LedgerState::Accepted => (
            Outcome::Created,
            "it was created; request its status, and use a new order_id for another order",
        ),
        _ => (
            Outcome::Unknown,
            "never send it again: call resolve or reconcile, or release the row after the provider's support confirms that the order does not exist",
        ),
    };
    Error::duplicate_order(message, row, body == SentBody::Same)
        .with_hint(hint)
        .with_outcome(outcome)
}

#[cfg(test)]
mod tests;
