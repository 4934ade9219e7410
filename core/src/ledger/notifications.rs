//! Detecting repeated and outdated notifications.

use base16ct::lower::encode_string;
use sha2::{Digest as _, Sha256};

use super::entry::{Key, Stored};
use super::inner::Inner;
use super::lock::LockDeadline;
use super::rules::{self, Report, Subject};
use super::store::{Change, Session};
use crate::error::Result;
use crate::types::ledger_event::EventSource;
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

impl Inner {
    pub(super) fn note(&self, event: &Notification, deadline: LockDeadline) -> Result<NoteResult> {
        let report = Report {
            order_id: event.order_id.clone(),
            id: event.id,
            amount: event.amount.clone(),
            payment_status: event.payment_status.as_str().to_owned(),
            source: EventSource::Notification,
        };
        let about = subject(event);
        let mut session = self.open(deadline)?;
        loop {
            let stored = find_row(&mut *session, event)?;
            let subject = stored
                .as_ref()
                .map(|stored| rules::subject(&stored.row, &report));
            if matches!(subject, Some(Subject::OtherId | Subject::Unclear)) {
                return Ok(NoteResult::Other);
            }
            let known = session.noted(event, &about)?;
            let result = compare(&known, event);
            if result != NoteResult::New {
                return Ok(result);
            }
            let change = stored.and_then(|stored| {
                let mut row = stored.row.clone();
                let is_changed = rules::settle(&mut row, &report);
                is_changed.then(|| Change::of(&stored, row, report.source))
            });
            if session.note(event, &about, known.len(), change.as_ref())? {
                return Ok(NoteResult::New);
            }
            self.check(deadline)?;
        }
    }
}

/// The row of the event's order.
fn find_row(session: &mut dyn Session, event: &Notification) -> Result<Option<Stored>> {
    let (Some(account), Some(order_id)) = (&event.account, &event.order_id) else {
        return Ok(None);
    };
    let key = Key {
        account: account.clone(),
        operation: format!("{}s.create", event.kind),
        order_id: order_id.clone(),
    };
    Ok(session.find(&[key])?.pop().flatten())
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

/// Compares the event with the statuses that are known of its subject.
fn compare(known: &[String], event: &Notification) -> NoteResult {
    if known
        .iter()
        .any(|status| event.payment_status == *status.as_str())
    {
        return NoteResult::Seen;
    }
    let is_final = |status: &String| PaymentStatus::from(status.clone()).is_final();
    if known.iter().any(is_final) {
        NoteResult::Stale
    } else {
        NoteResult::New
    }
}
