//! Detecting repeated and outdated notifications.

use rusqlite::{Transaction, named_params};

use super::rows::find;
use super::schema::{IS_ROW, MAY_BE_ACCEPTED};
use super::store::{Durability, LockDeadline, Store, now_ms};
use crate::error::Result;
use crate::types::status::PaymentStatus;
use crate::webhook::notification::Notification;

/// Whether a notification is new.
///
/// ```
/// use alikassa::NoteResult;
/// assert_eq!(NoteResult::Stale.as_str(), "stale");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum NoteResult {
    /// It is new.
    New,
    /// The same status was recorded before. The process may have crashed after that, so check your
    /// own table for whether it was credited.
    Seen,
    /// A final status was recorded before. It never changes, so ignore this one.
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
            let result = compare(transaction, event)?;
            if result == NoteResult::New {
                insert_notification(transaction, event)?;
                apply_notification(transaction, event)?;
            }
            Ok(result)
        })
    }
}

/// The subject of an event: AliKassa's id, or else the order's id.
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
    let mut result = NoteResult::New;
    for status in known {
        let status = PaymentStatus::from(status?);
        if status == event.payment_status {
            return Ok(NoteResult::Seen);
        }
        if status.is_final() {
            result = NoteResult::Stale;
        }
    }
    Ok(result)
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

/// Updates the order's row if it has the amount of the notification.
fn apply_notification(transaction: &Transaction<'_>, event: &Notification) -> rusqlite::Result<()> {
    let (Some(account), Some(order_id)) = (&event.account, &event.order_id) else {
        return Ok(());
    };
    let operation = format!("{}s.create", event.kind);
    let row = find(transaction, account, &operation, order_id)?;
    if row.is_some_and(|row| row.amount.is_some() && row.amount == event.amount) {
        let sql = format!(
            "UPDATE creates SET state = 'accepted', id = ifnull(:id, id), payment_status = :payment_status, updated_ms = :now
             WHERE {IS_ROW} AND {MAY_BE_ACCEPTED}"
        );
        transaction.execute(
            &sql,
            named_params! {
                ":account": account, ":operation": operation, ":order_id": order_id, ":id": event.id,
                ":payment_status": event.payment_status.as_str(), ":now": now_ms(),
            },
        )?;
    }
    Ok(())
}
