//! The rules of the ledger: which creates may be sent, and what a response, a status or a
//! notification changes in a row. They only compute; the store reads and writes the rows.

use super::entry::{Completion, Entry};
use crate::schema::order::OrderStatus;
use crate::types::amount::Amount;
use crate::types::ledger_event::EventSource;
use crate::types::ledger_row::{FROM_CREATE, FROM_MATCH, LedgerRow};
use crate::types::ledger_state::LedgerState;
use crate::types::status::PaymentStatus;

/// What a status or a notification reports about an order.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) order_id: Option<String>,
    pub(crate) id: Option<i64>,
    pub(crate) amount: Option<Amount>,
    pub(crate) payment_status: String,
    /// What told it.
    pub(crate) source: EventSource,
}

impl Report {
    pub(crate) fn new(order: &dyn OrderStatus) -> Self {
        Self {
            source: EventSource::Call,
            order_id: order.order_id().map(str::to_owned),
            id: order.id(),
            amount: order.amount().cloned(),
            payment_status: order.payment_status().as_str().to_owned(),
        }
    }
}

/// Which payment or payout a report is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Subject {
    /// That of the row.
    Own,
    /// Another one with the same `order_id`: the provider documents that this happens.
    OtherId,
    /// It cannot be told whether it is that of the row.
    Unclear,
    /// Another order, or another amount.
    OtherOrder,
}

/// Which payment or payout the report is about.
pub(crate) fn subject(row: &LedgerRow, report: &Report) -> Subject {
    let is_same_order = |order_id: &String| *order_id == row.order_id;
    if !report.order_id.as_ref().is_none_or(is_same_order) {
        return Subject::OtherOrder;
    }
    let is_other_id = match (report.id, row.id) {
        (Some(reported), Some(known)) => reported != known,
        (Some(reported), None) => row.earlier_ids.contains(&reported),
        (None, _) => false,
    };
    if is_other_id {
        return Subject::OtherId;
    }
    if row.amount.is_none() || row.amount != report.amount {
        return Subject::OtherOrder;
    }
    let is_unclear = match row.id {
        Some(_) => report.id.is_none(),
        None if report.id.is_none() => row.has_unidentified_attempt || !row.earlier_ids.is_empty(),
        None => row.has_unidentified_attempt,
    };
    if is_unclear {
        Subject::Unclear
    } else {
        Subject::Own
    }
}

/// Records a report about the payment or payout of the row. That overrides rejected, not sent and
/// released, which are conclusions of this library or the merchant. Returns whether it changes
/// something: a final status never changes.
pub(crate) fn settle(row: &mut LedgerRow, report: &Report) -> bool {
    if subject(row, report) != Subject::Own || has_final_status(row) {
        return false;
    }
    let before = (row.state, row.id, row.payment_status.clone());
    if row.id.is_none() && report.id.is_some() {
        row.id = report.id;
        row.id_source = Some(FROM_MATCH.to_owned());
    }
    row.state = LedgerState::Accepted;
    row.payment_status = Some(report.payment_status.clone());
    before != (row.state, row.id, row.payment_status.clone())
}

/// The row of the first attempt to send an order.
pub(super) fn begin(entry: &Entry) -> LedgerRow {
    LedgerRow {
        account: entry.key.account.clone(),
        operation: entry.key.operation.clone(),
        order_id: entry.key.order_id.clone(),
        state: LedgerState::Sending,
        attempt: 1,
        amount: entry.amount.clone(),
        service: entry.service.clone(),
        id: None,
        id_source: None,
        earlier_ids: Vec::new(),
        has_unidentified_attempt: false,
        payment_status: None,
        reason: None,
        created_ms: 0,
        updated_ms: 0,
    }
}

/// The row of the next attempt to send the order. The ids of earlier attempts are kept.
pub(super) fn begin_again(row: &LedgerRow, entry: &Entry) -> LedgerRow {
    // An id that was only learned may be that of another payment or payout.
    let is_identified = row.id_source.as_deref() == Some(FROM_CREATE);
    let is_unidentified = row.state == LedgerState::Released && !is_identified;
    let earlier_ids = row.earlier_ids.iter().copied().chain(row.id);
    LedgerRow {
        attempt: row.attempt + 1,
        earlier_ids: earlier_ids.collect(),
        has_unidentified_attempt: row.has_unidentified_attempt || is_unidentified,
        created_ms: row.created_ms,
        ..begin(entry)
    }
}

/// The row after the merchant's decision that it may be sent again.
pub(super) fn release(row: &LedgerRow, reason: &str) -> LedgerRow {
    LedgerRow {
        state: LedgerState::Released,
        reason: Some(reason.to_owned()),
        ..row.clone()
    }
}

/// What the outcome of an attempt changed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Ended {
    /// The states of the row before and after, if it changed.
    pub(crate) states: Option<(LedgerState, LedgerState)>,
    /// The id that the row had learned from a report about another payment or payout.
    pub(crate) learned: Option<i64>,
}

/// Records the outcome of the attempt.
pub(super) fn end(row: &mut LedgerRow, attempt: i64, completion: &Completion) -> Ended {
    let (from, known) = (row.state, row.id);
    let is_current = row.attempt == attempt;
    let is_changed = if is_current {
        end_current(row, completion)
    } else {
        end_earlier(row, completion)
    };
    let is_replaced = is_current && is_changed && from == LedgerState::Accepted && known != row.id;
    Ended {
        states: is_changed.then_some((from, row.state)),
        learned: known.filter(|_| is_replaced),
    }
}

/// Whether the row changed.
fn end_current(row: &mut LedgerRow, completion: &Completion) -> bool {
    if completion.state != LedgerState::Accepted {
        if row.state != LedgerState::Sending {
            return false;
        }
        row.state = completion.state;
        return true;
    }
    let is_known = row.state == LedgerState::Accepted && row.id == completion.id;
    if !is_known {
        row.state = LedgerState::Accepted;
        row.id = completion.id;
        row.payment_status.clone_from(&completion.payment_status);
    }
    row.id_source = row.id.map(|_| FROM_CREATE.to_owned());
    true
}

/// Records that an earlier attempt was accepted after all. The order exists, so it cannot be sent
/// again: the outcome of a later attempt counts only if that is accepted too. Returns whether the
/// row changed.
fn end_earlier(row: &mut LedgerRow, completion: &Completion) -> bool {
    if completion.state != LedgerState::Accepted {
        return false;
    }
    match completion.id {
        Some(id) if row.earlier_ids.contains(&id) => {}
        Some(id) => row.earlier_ids.push(id),
        None => row.has_unidentified_attempt = true,
    }
    if row.state != LedgerState::Accepted {
        row.state = LedgerState::Unknown;
    }
    true
}

/// Whether an attempt in this state counts on the day on which it began: it moved money, or may have.
pub(super) fn counts(state: LedgerState) -> bool {
    !matches!(state, LedgerState::NotSent | LedgerState::Rejected)
}

/// How many attempts the row's attempt counts for from now on: 1 or 0. None if that does not change.
/// A new row that is not being sent replaces one that may have been written.
pub(super) fn newly_counted(before: Option<LedgerState>, after: LedgerState) -> Option<i64> {
    let counted = before.is_none_or(counts);
    let is_changed = after == LedgerState::Sending || counted != counts(after);
    is_changed.then_some(i64::from(counts(after)))
}

/// Whether the provider has the order with a status that never changes.
pub(super) fn has_final_status(row: &LedgerRow) -> bool {
    let status = row.payment_status.clone();
    row.state == LedgerState::Accepted
        && status.is_some_and(|status| PaymentStatus::from(status).is_final())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::entry::Key;

    fn sent_again() -> LedgerRow {
        let key = Key {
            account: "a".into(),
            operation: "payouts.create".into(),
            order_id: "B-1".into(),
        };
        let entry = Entry {
            key,
            amount: None,
            service: None,
            body_tag: Vec::new(),
            day_limit: None,
        };
        begin_again(&begin(&entry), &entry)
    }

    #[test]
    fn the_id_of_an_earlier_attempt_is_kept_once() {
        let mut row = sent_again();
        for id in [7, 8, 7] {
            let late = Completion::accepted(Some(id), None);
            let ended = end(&mut row, 1, &late);
            assert_eq!(ended.states.unwrap().1, LedgerState::Unknown);
            assert_eq!(ended.learned, None);
        }
        assert_eq!(row.earlier_ids, [7, 8]);
        assert!(!row.has_unidentified_attempt);
        end(&mut row, 1, &Completion::accepted(None, None));
        assert!(row.has_unidentified_attempt);
    }
}
