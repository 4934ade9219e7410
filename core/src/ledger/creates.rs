//! The creates: recorded before they are sent, and with their outcome after it.

use super::entry::{Completion, Entry, Key, Stored};
use super::inner::Inner;
use super::lock::LockDeadline;
use super::query::Query;
use super::rules::{self, Ended};
use super::store::{Begun, Change, Durability, Session};
use crate::error::{Error, Outcome, Result};
use crate::types::ledger_event::EventSource;
use crate::types::ledger_state::LedgerState;

impl Inner {
    pub(super) fn begin(&self, entry: &Entry, deadline: LockDeadline) -> Result<Stored> {
        let mut session = self.open(deadline)?;
        let mut change = Change {
            before: None,
            row: rules::begin(entry),
            body_tag: Some(entry.body_tag.clone()),
            source: EventSource::Call,
            reason: None,
        };
        loop {
            let begun = session.begin(std::slice::from_ref(&change))?.pop();
            let existing = match begun {
                Some(Begun::Stored(stored)) => return Ok(stored),
                Some(Begun::Exists(existing)) => existing,
                None => return Err(self.store.failed("the row could not be read")),
            };
            if !existing.row.state.allows_sending() {
                return Err(duplicate(existing, &entry.body_tag));
            }
            self.check(deadline)?;
            let row = rules::begin_again(&existing.row, entry);
            let body_tag = change.body_tag.take();
            change = Change::of(&existing, row, EventSource::Call);
            change.body_tag = body_tag;
        }
    }

    /// Records the outcome of a create. If that fails, it is done later by this process.
    pub(super) fn end(
        &self,
        begun: &Stored,
        completion: &Completion,
        deadline: LockDeadline,
    ) -> Result<Ended> {
        let session = self.open(deadline);
        let ended =
            session.and_then(|mut session| self.end_in(&mut *session, begun, completion, deadline));
        ended.inspect_err(|_| self.write_later(begun.clone(), completion.clone()))
    }

    pub(super) fn end_in(
        &self,
        session: &mut dyn Session,
        begun: &Stored,
        completion: &Completion,
        deadline: LockDeadline,
    ) -> Result<Ended> {
        let key = Key::of(&begun.row);
        let mut stored = begun.clone();
        loop {
            let mut row = stored.row.clone();
            let ended = rules::end(&mut row, begun.row.attempt, completion);
            if ended == Ended::Unchanged {
                return Ok(ended);
            }
            let mut change = Change::of(&stored, row, EventSource::Call);
            change.reason = completion.reason.map(str::to_owned);
            if session.write(&[change], Durability::Process)? != [None] {
                return Ok(ended);
            }
            self.check(deadline)?;
            match session.find(std::slice::from_ref(&key))?.pop().flatten() {
                Some(changed) => stored = changed,
                None => return Ok(Ended::Unchanged),
            }
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

pub(super) fn several_accounts() -> Error {
    let message = "account: several accounts in the ledger have this order; pass one";
    Error::invalid_argument("account", "required", message)
}

fn no_such_create() -> Error {
    let message = "order_id: the ledger has no such create; pass the operation of the row, such as \"payouts.create\"";
    Error::invalid_argument("order_id", "unknown", message)
}

fn duplicate(existing: Stored, body_tag: &[u8]) -> Error {
    let same_body = existing.body_tag == body_tag;
    let row = existing.row;
    let message = format!(
        "the ledger already has this order: its state is {}{}",
        row.state,
        if same_body {
            ""
        } else {
            ", and it was sent with different fields"
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
    Error::duplicate_order(message, row, same_body)
        .with_hint(hint)
        .with_outcome(outcome)
}
