//! Rows as parameters of a statement, and as its result.

use base16ct::lower::encode_string;
use base16ct::mixed::decode_vec;
use serde_json::{Value, json};

use crate::ledger::entry::{Key, Stored};
use crate::ledger::lock::now_ms;
use crate::ledger::query::{Columns, earlier_ids};
use crate::ledger::rules;
use crate::ledger::store::{Change, Noted};
use crate::ledger::zone::Zone;
use crate::postgresql::Row;
use crate::types::amount::Amount;
use crate::types::ledger_event::LedgerEvent;
use crate::types::ledger_state::LedgerState;

/// A change as the statements take it.
pub(super) fn change_json(change: &Change, claim: Option<&str>) -> Value {
    let row = &change.row;
    let body_tag = change
        .body_tag
        .as_deref()
        .map(base16ct::lower::encode_string);
    json!({
        "account": row.account, "operation": row.operation, "order_id": row.order_id,
        "state": row.state.as_str(), "attempt": row.attempt,
        "amount": row.amount.as_ref().map(Amount::as_str), "service": row.service,
        "body_tag": body_tag, "id": row.id, "id_source": row.id_source,
        "earlier_ids": earlier_ids(row),
        "has_unidentified_attempt": row.has_unidentified_attempt,
        "payment_status": row.payment_status, "reason": row.reason,
        "revision": change.before.map(|before| before.revision), "claim": claim,
        "from_state": change.before.map(|before| LedgerState::as_str(before.state)),
        "source": change.source.as_str(), "event_reason": change.reason, "support": change.support,
        "counted": rules::newly_counted(change.before.map(|before| before.state), row.state),
    })
}

/// A row of another ledger as the statement takes it.
pub(super) fn stored_json(stored: &Stored) -> Value {
    let row = &stored.row;
    json!({
        "account": row.account, "operation": row.operation, "order_id": row.order_id,
        "state": row.state.as_str(), "attempt": row.attempt,
        "amount": row.amount.as_ref().map(Amount::as_str), "service": row.service,
        "body_tag": encode_string(&stored.body_tag), "id": row.id, "id_source": row.id_source,
        "earlier_ids": earlier_ids(row),
        "has_unidentified_attempt": row.has_unidentified_attempt,
        "payment_status": row.payment_status, "reason": row.reason,
        "created_ms": row.created_ms, "updated_ms": row.updated_ms, "revision": stored.revision,
    })
}

/// An event of another ledger as the statement takes it.
pub(super) fn event_json(event: &LedgerEvent) -> Value {
    json!({
        "number": event.number, "time_ms": event.time_ms, "account": event.account,
        "operation": event.operation, "order_id": event.order_id, "attempt": event.attempt,
        "from_state": event.from_state.map(LedgerState::as_str),
        "to_state": event.to_state.as_str(), "id": event.id,
        "payment_status": event.payment_status, "source": event.source, "reason": event.reason,
        "counts": event.counts, "began_ms": event.began_ms,
        "amount": event.amount.as_ref().map(Amount::as_str), "support": event.support,
    })
}

/// A notification of another ledger as the statement takes it.
pub(super) fn noted_json(noted: &Noted) -> Value {
    json!({
        "account": noted.account, "type": noted.kind, "subject": noted.subject,
        "payment_status": noted.payment_status, "noted_ms": noted.time_ms,
    })
}

pub(super) fn key_json(key: &Key) -> Value {
    json!({ "account": key.account, "operation": key.operation, "order_id": key.order_id })
}

/// The starts of days, as a parameter.
pub(super) fn starts(zone: &Zone) -> String {
    let starts = zone.days_around(now_ms());
    let starts: Vec<String> = starts.iter().map(i64::to_string).collect();
    format!("{{{}}}", starts.join(","))
}

/// A column that does not have the type that the schema gives it.
pub(super) struct Unexpected;

/// The columns of a row, one after the other.
pub(super) struct TextColumns<'a> {
    row: &'a Row,
    next: usize,
}

impl<'a> TextColumns<'a> {
    pub(super) fn new(row: &'a Row, first: usize) -> Self {
        Self { row, next: first }
    }

    fn next(&mut self) -> Option<&'a str> {
        let column = self.row.get(self.next);
        self.next += 1;
        column
    }

    pub(super) fn key(&mut self) -> Option<Key> {
        Some(Key {
            account: self.next()?.to_owned(),
            operation: self.next()?.to_owned(),
            order_id: self.next()?.to_owned(),
        })
    }
}

impl Columns for TextColumns<'_> {
    type Error = Unexpected;

    fn text(&mut self) -> Result<Option<String>, Unexpected> {
        Ok(self.next().map(str::to_owned))
    }

    fn integer(&mut self) -> Result<Option<i64>, Unexpected> {
        let column = self.next();
        column
            .map(|text| text.parse().map_err(|_| Unexpected))
            .transpose()
    }

    fn boolean(&mut self) -> Result<bool, Unexpected> {
        match self.next() {
            Some("t") => Ok(true),
            Some("f") => Ok(false),
            _ => Err(Unexpected),
        }
    }

    fn bytes(&mut self) -> Result<Vec<u8>, Unexpected> {
        let text = self.next().ok_or(Unexpected)?;
        match text.strip_prefix("\\x") {
            Some(hex) => decode_vec(hex).map_err(|_| Unexpected),
            None => unescape(text).ok_or(Unexpected),
        }
    }
}

/// Bytes as a user with `bytea_output = escape` gets them: a backslash and three octal digits for
/// most, and two backslashes for one.
fn unescape(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'\\' {
            bytes.push(*first);
        } else if let [b'\\', after @ ..] = rest {
            bytes.push(b'\\');
            rest = after;
        } else {
            let (digits, after) = rest.split_at_checked(3)?;
            let digits = std::str::from_utf8(digits).ok()?;
            bytes.push(u8::from_str_radix(digits, 8).ok()?);
            rest = after;
        }
    }
    Some(bytes)
}
