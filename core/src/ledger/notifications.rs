//! Which notifications came before.

use rusqlite::{Transaction, named_params};

use super::store::{Durability, LockDeadline, Store, apply_notification, now_ms};
use crate::error::Result;
use crate::types::status::PaymentStatus;
use crate::webhook::notification::Notification;

/// Whether a notification is news.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum NoteResult {
    /// It is.
    New,
    /// The same came before. The process may have died then, so whether it was credited says the merchant's own table.
    Seen,
    /// A final status came before, which never changes.
    Stale,
}

impl NoteResult {
    /// `"new"`, `"seen"` or `"stale"`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Seen => "seen",
            Self::Stale => "stale",
        }
    }
}

impl Store {
    pub(super) fn note(&self, event: &Notification, deadline: LockDeadline) -> Result<NoteResult> {
        self.write(deadline, Durability::Full, |transaction| {
            let noted = compare(transaction, event)?;
            if noted == NoteResult::New {
                insert_notification(transaction, event)?;
                apply_notification(transaction, event)?;
            }
            Ok(noted)
        })
    }
}

/// What an event is about: AliKassa's id, or the order when there is none.
fn subject(event: &Notification) -> String {
    match (event.id, &event.order_id) {
        (Some(id), _) => id.to_string(),
        (None, order_id) => format!("order {}", order_id.as_deref().unwrap_or_default()),
    }
}

fn compare(transaction: &Transaction<'_>, event: &Notification) -> rusqlite::Result<NoteResult> {
    let mut statement = transaction.prepare(
        "SELECT payment_status FROM notifications WHERE account = :account AND type = :type AND subject = :subject",
    )?;
    let known = statement.query_map(
        named_params! { ":account": event.account, ":type": event.kind, ":subject": subject(event) },
        |row| row.get::<_, String>(0),
    )?;
    let mut noted = NoteResult::New;
    for status in known {
        let status = PaymentStatus::from(status?);
        if status == event.payment_status {
            return Ok(NoteResult::Seen);
        }
        if status.is_final() {
            noted = NoteResult::Stale;
        }
    }
    Ok(noted)
}

fn insert_notification(
    transaction: &Transaction<'_>,
    event: &Notification,
) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO notifications (account, type, subject, payment_status, noted_ms)
         VALUES (:account, :type, :subject, :payment_status, :now)",
        named_params! {
            ":account": event.account, ":type": event.kind, ":subject": subject(event),
            ":payment_status": event.payment_status.as_str(), ":now": now_ms(),
        },
    )?;
    Ok(())
}
