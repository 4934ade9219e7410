//! Reading the ledger's rows of creates, and updating them later.

use rusqlite::{Connection, OptionalExtension, named_params};

use super::schema::{COLUMNS, IS_OPEN, IS_ROW, MAY_BE_ACCEPTED, read_row};
use super::store::{Durability, LockDeadline, Store, now_ms};
use crate::error::{Error, Result};
use crate::types::ledger_row::LedgerRow;

impl Store {
    pub(super) fn find(
        &self,
        account: &str,
        operation: &str,
        order_id: &str,
        deadline: LockDeadline,
    ) -> Result<Option<LedgerRow>> {
        self.with_connection(deadline, |connection| {
            find(connection, account, operation, order_id)
        })
    }

    pub(super) fn open_rows(&self, deadline: LockDeadline) -> Result<Vec<LedgerRow>> {
        self.with_connection(deadline, |connection| {
            let sql = format!("SELECT {COLUMNS} FROM creates WHERE {IS_OPEN} ORDER BY created_ms");
            let mut statement = connection.prepare(&sql)?;
            let rows = statement.query_map([], read_row)?;
            rows.collect()
        })
    }

    pub(super) fn accept(
        &self,
        row: LedgerRow,
        id: Option<i64>,
        payment_status: &str,
        deadline: LockDeadline,
    ) -> Result<LedgerRow> {
        let accepted = self.write(deadline, Durability::Full, |transaction| {
            let sql = format!(
                "UPDATE creates SET state = 'accepted', id = ifnull(:id, id), payment_status = :payment_status, updated_ms = :now
                 WHERE {IS_ROW} AND attempt = :attempt AND {MAY_BE_ACCEPTED}"
            );
            transaction.execute(
                &sql,
                named_params! {
                    ":account": row.account, ":operation": row.operation, ":order_id": row.order_id,
                    ":attempt": row.attempt, ":id": id, ":payment_status": payment_status, ":now": now_ms(),
                },
            )?;
            find(transaction, &row.account, &row.operation, &row.order_id)
        })?;
        Ok(accepted.unwrap_or(row))
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
            let matches_row = "operation = :operation AND order_id = :order_id AND (:account IS NULL OR account = :account)";
            let sql = format!("SELECT count(*) FROM creates WHERE {matches_row}");
            let row = named_params! { ":operation": operation, ":order_id": order_id, ":account": account };
            let rows: i64 = transaction.query_row(&sql, row, |row| row.get(0))?;
            if rows == 1 {
                let sql = format!(
                    "UPDATE creates SET state = 'released', reason = :reason, updated_ms = :now WHERE {matches_row}"
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
        let refuse = |field, reason, message| Err(Error::invalid_argument(field, reason, message));
        match rows {
            0 => refuse(
                "order_id",
                "unknown",
                "order_id: the ledger has no such create; pass the operation of the row, such as \"payouts.create\"",
            ),
            1 => Ok(()),
            _ => refuse(
                "account",
                "required",
                "account: several accounts in the ledger have this order; pass one",
            ),
        }
    }
}

pub(super) fn find(
    connection: &Connection,
    account: &str,
    operation: &str,
    order_id: &str,
) -> rusqlite::Result<Option<LedgerRow>> {
    let sql = format!("SELECT {COLUMNS} FROM creates WHERE {IS_ROW}");
    let row = named_params! { ":account": account, ":operation": operation, ":order_id": order_id };
    connection.query_row(&sql, row, read_row).optional()
}
