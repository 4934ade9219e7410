//! Moving a ledger from a file to another store. The file is closed to new creates first, while
//! calls in flight may still record their end in it.

use super::entry::{Completion, Key};
use super::inner::Inner;
use super::lock::{LockDeadline, MAX_LOCK_WAIT};
use super::pages::PAGE;
use super::query::{EventQuery, Query};
use super::rules;
use super::sqlite::Sqlite;
use super::store::{Change, Durability, Imported, Session, Store};
use crate::error::Result;
use crate::types::ledger_event::EventSource;

/// The events of one order, at most. An order with more was sent again many times.
const MAX_EVENTS: usize = 10_000;

impl Inner {
    /// Takes over the rows, events and notifications of the file. Returns how many rows it added or
    /// changed.
    pub(super) fn import_from(&self, source: &Sqlite) -> Result<u64> {
        source.move_to(self.store.location(), deadline())?;
        let mut count = 0;
        let mut query = Query {
            limit: PAGE,
            ..Query::default()
        };
        loop {
            let rows = read_page(source, &query)?;
            let Some(last) = rows.last() else { break };
            query.after = Some(query.position(&last.stored.row));
            count += self.import(&rows)?;
        }
        let mut after = 0;
        loop {
            let (notifications, last) = source.notifications(after, PAGE, deadline())?;
            if notifications.is_empty() {
                return Ok(count);
            }
            after = last;
            self.store
                .open(deadline())?
                .import_notifications(&notifications)?;
        }
    }

    /// Adds rows, and takes over what ended in those that this ledger has.
    fn import(&self, rows: &[Imported]) -> Result<u64> {
        let deadline = deadline();
        let mut session = self.open(deadline)?;
        let mut count = 0;
        for (imported, is_new) in rows.iter().zip(session.import(rows)?) {
            if is_new || self.take_over(&mut *session, imported, deadline)? {
                count += 1;
            }
        }
        Ok(count)
    }

    /// Records what ended in the other ledger after the row was imported. Returns whether it did.
    fn take_over(
        &self,
        session: &mut dyn Session,
        imported: &Imported,
        deadline: LockDeadline,
    ) -> Result<bool> {
        let ended = &imported.stored.row;
        let completion = Completion::of(ended);
        loop {
            let Some(stored) = session.find(&[Key::of(ended)])?.pop().flatten() else {
                return Ok(false);
            };
            let mut row = stored.row.clone();
            // Once the order was sent again, or the new ledger knows the end, that counts.
            let is_known =
                row.attempt != ended.attempt || row.id == ended.id && row.state == ended.state;
            if is_known
                || rules::end(&mut row, ended.attempt, &completion)
                    .states
                    .is_none()
            {
                return Ok(false);
            }
            row.reason.clone_from(&ended.reason);
            let change = Change::of(&stored, row, EventSource::Call);
            if session.write(&[change], Durability::Full)? != [None] {
                return Ok(true);
            }
            self.check(deadline)?;
        }
    }
}

fn deadline() -> LockDeadline {
    LockDeadline::for_lock(MAX_LOCK_WAIT)
}

/// The next rows of the file, with their events.
fn read_page(source: &Sqlite, query: &Query) -> Result<Vec<Imported>> {
    let mut session = source.open(deadline())?;
    let mut rows = Vec::new();
    for stored in session.select(query)? {
        let events = session.events(&EventQuery {
            account: Some(stored.row.account.clone()),
            operation: Some(stored.row.operation.clone()),
            order_id: Some(stored.row.order_id.clone()),
            since_ms: None,
            until_ms: None,
            after: 0,
            limit: MAX_EVENTS,
        })?;
        rows.push(Imported { stored, events });
    }
    Ok(rows)
}
