//! What a ledger needs of the place that keeps its rows. A store reads and writes rows; it decides
//! nothing about them.

use std::path::Path;
use std::sync::Arc;

use super::day_limit::{DayLimit, Used};
use super::entry::{Key, Stored};
use super::lock::LockDeadline;
use super::query::{EventQuery, Query};
use super::zone::Zone;
use crate::error::{Error, Result};
use crate::net::tls::TlsRoots;
use crate::types::ledger_event::{EventSource, LedgerEvent};
use crate::types::ledger_row::LedgerRow;
use crate::types::ledger_state::LedgerState;
use crate::webhook::notification::Notification;

/// How durable a write is when it returns.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Durability {
    /// Survives a crash of the machine. For writes before a create and for decisions.
    Full,
    /// Survives a crash of the process. If the machine crashes, the row may stay open until
    /// `reconcile`.
    Process,
}

/// A row to write.
#[derive(Clone)]
pub(super) struct Change {
    /// The row that it replaces; none if there must be none.
    pub(super) before: Option<Before>,
    /// The new row. The store sets its times.
    pub(super) row: LedgerRow,
    /// The tag of the body to send; none leaves the stored one.
    pub(super) body_tag: Option<Vec<u8>>,
    pub(super) source: EventSource,
    /// Why, for the event: the merchant's reason, or the code of an error.
    pub(super) reason: Option<String>,
    /// What was sent, for the event.
    pub(super) support: Option<String>,
}

/// The row that a change replaces. If it was changed meanwhile, nothing is written.
#[derive(Clone, Copy)]
pub(super) struct Before {
    pub(super) revision: i64,
    pub(super) state: LedgerState,
}

impl Change {
    /// Replaces a row.
    pub(super) fn of(stored: &Stored, row: LedgerRow, source: EventSource) -> Self {
        let before = Before {
            revision: stored.revision,
            state: stored.row.state,
        };
        Self {
            before: Some(before),
            row,
            body_tag: None,
            source,
            reason: None,
            support: None,
        }
    }

    /// The row after the change, if it is written at this time.
    pub(super) fn stored(&self, time_ms: i64) -> Stored {
        let mut row = self.row.clone();
        row.updated_ms = time_ms;
        if self.before.is_none() {
            row.created_ms = time_ms;
        }
        Stored {
            row,
            revision: self.before.map_or(0, |before| before.revision + 1),
            body_tag: self.body_tag.clone().unwrap_or_default(),
        }
    }
}

/// A create to record before it is sent.
#[derive(Clone)]
pub(super) struct Begin {
    pub(super) change: Change,
    pub(super) day_limit: Option<Arc<DayLimit>>,
}

/// A row of another ledger.
pub(super) struct Imported {
    pub(super) stored: Stored,
    pub(super) events: Vec<LedgerEvent>,
}

/// A notification that was recorded.
pub(super) struct Noted {
    pub(super) account: String,
    pub(super) kind: String,
    pub(super) subject: String,
    pub(super) payment_status: String,
    pub(super) time_ms: i64,
}

/// Whether a create may be sent.
pub(super) enum Begun {
    /// Its row is stored as given.
    Stored(Stored),
    /// Nothing was written, because the row is another one.
    Exists(Stored),
    /// Nothing was written, because a limit of the day refuses it.
    Refused(Error),
}

/// A place that keeps the rows of a ledger.
pub(super) trait Store: Send + Sync {
    /// Where it is, for messages and for the merchant. It has no password.
    fn location(&self) -> &str;

    /// What opens it again in another process; none if that has a password.
    fn name(&self) -> Option<&str>;

    /// Whether it serves one thread at a time. Then creates that wait are recorded together.
    fn is_serial(&self) -> bool;

    /// Opens the store for some operations that belong together.
    fn open(&self, deadline: LockDeadline) -> Result<Box<dyn Session + '_>>;

    /// An error about this store.
    fn failed(&self, reason: &str) -> Error;

    /// Copies the rows into a new file.
    fn backup(&self, path: &Path, deadline: LockDeadline) -> Result<()>;

    /// Frees what this process keeps open, without waiting long.
    fn close(&self);

    /// [`close`](Self::close), without waiting for another thread.
    fn close_at_once(&self);

    /// Uses these roots to verify the server, if it has one and nothing else is set.
    fn trust(&self, roots: &TlsRoots);

    /// A notice for the operator.
    fn notice(&self) -> Option<String>;
}

/// Access to the rows.
pub(super) trait Session {
    /// Reads the rows of orders, in their order.
    fn find(&mut self, keys: &[Key]) -> Result<Vec<Option<Stored>>>;

    /// Reads some rows, at most as many as the query allows.
    fn select(&mut self, query: &Query) -> Result<Vec<Stored>>;

    /// Reads some events, at most as many as the query allows.
    fn events(&mut self, query: &EventQuery) -> Result<Vec<LedgerEvent>>;

    /// Writes rows before their creates are sent, durably, unless creates are blocked.
    fn begin(&mut self, begins: &[Begin]) -> Result<Vec<Begun>>;

    /// What of the day is used now, by the creates of an operation and account.
    fn used(&mut self, account: &str, operation: &str, zone: &Zone) -> Result<Used>;

    /// Writes rows. Returns the time of each that was written, in milliseconds since 1970. None if
    /// the row that it replaces was changed meanwhile.
    fn write(&mut self, changes: &[Change], durability: Durability) -> Result<Vec<Option<i64>>>;

    /// The statuses that were recorded for the subject of a notification.
    fn noted(&mut self, event: &Notification, subject: &str) -> Result<Vec<String>>;

    /// Records a notification durably, together with the change of a row. Returns whether it did:
    /// not if there are no longer `known` statuses of the subject, or the row was changed meanwhile.
    fn note(
        &mut self,
        event: &Notification,
        subject: &str,
        known: usize,
        change: Option<&Change>,
    ) -> Result<bool>;

    /// Leases the rows that the query selects until this time, and returns them in any order.
    fn lease(&mut self, query: &Query, until_ms: i64) -> Result<Vec<Stored>>;

    /// Ends leases: each is a row and the end that was given to it. They end at `ended_ms`, or as
    /// if they had not been.
    fn end_leases(&mut self, leases: &[(Key, i64)], ended_ms: Option<i64>) -> Result<()>;

    /// The time by the store's clock, in milliseconds since 1970.
    fn now_ms(&mut self) -> Result<i64>;

    /// Whether creates can be sent: what the operator should know. An error says why they cannot.
    fn check(&mut self) -> Result<Vec<String>>;

    /// Inserts rows of another ledger, with their events. Returns for each whether there was none.
    fn import(&mut self, rows: &[Imported]) -> Result<Vec<bool>>;

    /// Inserts notifications of another ledger that this one does not have.
    fn import_notifications(&mut self, notifications: &[Noted]) -> Result<()>;

    /// Allows creates again, if they were blocked.
    fn resume(&mut self, reason: &str) -> Result<()>;
}
