//! The creates: recorded before they are sent, and with their outcome after it.

use rusqlite::{Transaction, named_params};

use super::entry::{Completion, Entry};
use super::lock::LockDeadline;
use super::rows::{IS_ORDER, find, several_accounts};
use super::rules::{self, Ended};
use super::schema::{self, IS_COPY, IS_ROW, write_row};
use super::store::{Durability, Store, now_ms};
use crate::error::{Error, Outcome, Result};
use crate::types::ledger_row::{LedgerRow, LedgerState};

impl Store {
    pub(super) fn begin(&self, entry: &Entry<'_>, deadline: LockDeadline) -> Result<i64> {
        self.write(deadline, Durability::Full, |transaction| {
            if schema::fact(transaction, IS_COPY)?.is_some() {
                return Ok(Err(self.is_copy()));
            }
            let Some(mut row) = find(transaction, &entry.key)? else {
                return insert(transaction, entry).map(Ok);
            };
            if !row.state.allows_sending() {
                return is_same_body(transaction, entry).map(|same| Err(duplicate(row, same)));
            }
            rules::begin_again(&mut row);
            row.updated_ms = now_ms();
            write_row(transaction, &row)?;
            set_body(transaction, entry)?;
            Ok(Ok(row.attempt))
        })?
    }

    pub(super) fn end(
        &self,
        entry: &Entry<'_>,
        attempt: i64,
        completion: &Completion,
        deadline: LockDeadline,
    ) -> Result<Ended> {
        self.write(deadline, Durability::Process, |transaction| {
            let Some(mut row) = find(transaction, &entry.key)? else {
                return Ok(Ended::Unchanged);
            };
            let ended = rules::end(&mut row, attempt, completion);
            if ended != Ended::Unchanged {
                row.updated_ms = now_ms();
                write_row(transaction, &row)?;
            }
            Ok(ended)
        })
    }

    pub(super) fn release(
        &self,
        account: Option<&str>,
        operation: &str,
        order_id: &str,
        reason: &str,
        deadline: LockDeadline,
    ) -> Result<()> {
        let rows = self.write(deadline, Durability::Full, |transaction| {
            let sql = format!("SELECT count(*) FROM creates WHERE {IS_ORDER}");
            let order = named_params! { ":operation": operation, ":order_id": order_id, ":account": account };
            let rows: i64 = transaction.query_row(&sql, order, |row| row.get(0))?;
            if rows == 1 {
                let sql = format!(
                    "UPDATE creates SET state = 'released', reason = :reason, updated_ms = :now WHERE {IS_ORDER}"
                );
                transaction.execute(
                    &sql,
                    named_params! {
                        ":operation": operation, ":order_id": order_id, ":account": account,
                        ":reason": reason, ":now": now_ms(),
                    },
                )?;
            }
            Ok(rows)
        })?;
        match rows {
            0 => Err(Error::invalid_argument(
                "order_id",
                "unknown",
                "order_id: the ledger has no such create; pass the operation of the row, such as \"payouts.create\"",
            )),
            1 => Ok(()),
            _ => Err(several_accounts()),
        }
    }

    fn is_copy(&self) -> Error {
        self.failed("this is a copy made by backup, and it may lack the newest orders: reconcile, check the payouts made since, then call resume")
    }
}

/// The row of the first attempt. Returns its number.
fn insert(transaction: &Transaction<'_>, entry: &Entry<'_>) -> rusqlite::Result<i64> {
    transaction.query_row(
        "INSERT INTO creates (account, operation, order_id, state, attempt, amount, service, body_tag, created_ms, updated_ms)
         VALUES (:account, :operation, :order_id, 'sending', 1, :amount, :service, :body_tag, :now, :now)
         RETURNING attempt",
        named_params! {
            ":account": entry.key.account, ":operation": entry.key.operation, ":order_id": entry.key.order_id,
            ":amount": entry.amount, ":service": entry.service, ":body_tag": entry.body_tag, ":now": now_ms(),
        },
        |row| row.get(0),
    )
}

/// Records what the next attempt sends.
fn set_body(transaction: &Transaction<'_>, entry: &Entry<'_>) -> rusqlite::Result<usize> {
    let sql = format!(
        "UPDATE creates SET amount = :amount, service = :service, body_tag = :body_tag WHERE {IS_ROW}"
    );
    transaction.execute(
        &sql,
        named_params! {
            ":account": entry.key.account, ":operation": entry.key.operation, ":order_id": entry.key.order_id,
            ":amount": entry.amount, ":service": entry.service, ":body_tag": entry.body_tag,
        },
    )
}

/// Whether the row was sent with the same body.
fn is_same_body(transaction: &Transaction<'_>, entry: &Entry<'_>) -> rusqlite::Result<bool> {
    let sql = format!("SELECT body_tag = :body_tag FROM creates WHERE {IS_ROW}");
    let row = named_params! {
        ":account": entry.key.account, ":operation": entry.key.operation, ":order_id": entry.key.order_id,
        ":body_tag": entry.body_tag,
    };
    transaction.query_row(&sql, row, |row| row.get(0))
}

fn duplicate(row: LedgerRow, same_body: bool) -> Error {
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
