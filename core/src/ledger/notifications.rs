//! Detecting repeated and outdated notifications.

use base16ct::lower::encode_string;
use rusqlite::{Transaction, named_params};
use sha2::{Digest as _, Sha256};

use super::entry::Key;
use super::lock::LockDeadline;
use super::rows::find;
use super::rules::{self, Report, Subject};
use super::schema::write_row;
use super::store::{Durability, Store, now_ms};
use crate::error::Result;
use crate::types::ledger_row::LedgerRow;
use crate::types::status::PaymentStatus;
use crate::webhook::notification::Notification;

/// Whether a notification is new.
///
/// ```
/// use alikassa::NoteResult;
/// assert_eq!(NoteResult::Stale.as_str(), "stale");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum NoteResult {
    /// It is new.
    New,
    /// The same notification was recorded before. The process may have crashed after that, so check your
    /// own table for whether it was credited.
    Seen,
    /// A final status was recorded before. It never changes, so ignore this one.
    Stale,
    /// It is about another payment or payout with the `order_id` of a row, whose id differs or is
    /// not known. The row is unchanged, and the notification is not recorded. Store it, because
    /// somebody must look at both, and then respond with 200.
    Other,
}

impl NoteResult {
    /// `"new"`, `"seen"`, `"stale"` or `"other"`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Seen => "seen",
            Self::Stale => "stale",
            Self::Other => "other",
        }
    }
}

impl Store {
    pub(super) fn note(&self, event: &Notification, deadline: LockDeadline) -> Result<NoteResult> {
        let report = Report {
            order_id: event.order_id.clone(),
            id: event.id,
            amount: event.amount.clone(),
            payment_status: event.payment_status.as_str().to_owned(),
        };
        self.write(deadline, Durability::Full, |transaction| {
            let row = find_row(transaction, event)?;
            let subject = row.as_ref().map(|row| rules::subject(row, &report));
            if matches!(subject, Some(Subject::OtherId | Subject::Unclear)) {
                return Ok(NoteResult::Other);
            }
            let result = compare(transaction, event)?;
            if result == NoteResult::New {
                insert_notification(transaction, event)?;
                if let Some(mut row) = row
                    && rules::settle(&mut row, &report)
                {
                    row.updated_ms = now_ms();
                    write_row(transaction, &row)?;
                }
            }
            Ok(result)
        })
    }
}

/// The row of the event's order.
fn find_row(
    transaction: &Transaction<'_>,
    event: &Notification,
) -> rusqlite::Result<Option<LedgerRow>> {
    let (Some(account), Some(order_id)) = (&event.account, &event.order_id) else {
        return Ok(None);
    };
    let key = Key {
        account: account.clone(),
        operation: format!("{}s.create", event.kind),
        order_id: order_id.clone(),
    };
    find(transaction, &key)
}

/// The subject of an event: AliKassa's id, or else the order's id. Without both, two events are the
/// same only if their signed text is.
fn subject(event: &Notification) -> String {
    match (event.id, &event.order_id) {
        (Some(id), _) => id.to_string(),
        (None, Some(order_id)) => format!("order {order_id}"),
        (None, None) => format!(
            "text {}",
            encode_string(&Sha256::digest(event.signed_text()))
        ),
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
