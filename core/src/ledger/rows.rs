//! Reading the ledger's rows of creates.

use rusqlite::{Connection, OptionalExtension, Statement, ToSql, named_params};

use super::entry::Key;
use super::lock::LockDeadline;
use super::schema::{COLUMNS, IS_OPEN, IS_ROW, read_row};
use super::store::Store;
use crate::error::{Error, Result};
use crate::types::ledger_row::LedgerRow;

/// The condition for the rows of an order, of one account or of all.
pub(super) const IS_ORDER: &str =
    "operation = :operation AND order_id = :order_id AND (:account IS NULL OR account = :account)";

impl Store {
    /// The order's row in the account, or in the only account that has one.
    pub(super) fn get(
        &self,
        account: Option<&str>,
        operation: &str,
        order_id: &str,
        deadline: LockDeadline,
    ) -> Result<Option<LedgerRow>> {
        let condition = format!("WHERE {IS_ORDER}");
        let order =
            named_params! { ":operation": operation, ":order_id": order_id, ":account": account };
        let mut rows = self.select(&condition, order, deadline)?;
        if rows.len() > 1 {
            return Err(several_accounts());
        }
        Ok(rows.pop())
    }

    pub(super) fn open_rows(&self, deadline: LockDeadline) -> Result<Vec<LedgerRow>> {
        let condition = format!("WHERE {IS_OPEN} ORDER BY created_ms");
        self.select(&condition, &[], deadline)
    }

    pub(super) fn rows_since(
        &self,
        since_ms: i64,
        deadline: LockDeadline,
    ) -> Result<Vec<LedgerRow>> {
        let condition = "WHERE updated_ms >= :since ORDER BY updated_ms, created_ms";
        self.select(condition, named_params! { ":since": since_ms }, deadline)
    }

    fn select(
        &self,
        condition: &str,
        parameters: &[(&str, &dyn ToSql)],
        deadline: LockDeadline,
    ) -> Result<Vec<LedgerRow>> {
        self.with_connection(deadline, |connection| {
            let sql = format!("SELECT {COLUMNS} FROM creates {condition}");
            let mut statement = connection.prepare(&sql)?;
            let rows = statement.query_map(parameters, read_row)?;
            rows.collect()
        })
    }
}

pub(super) fn several_accounts() -> Error {
    let message = "account: several accounts in the ledger have this order; pass one";
    Error::invalid_argument("account", "required", message)
}

/// Finds the rows of several orders.
pub(super) struct Finder<'a>(Statement<'a>);

impl<'a> Finder<'a> {
    pub(super) fn new(connection: &'a Connection) -> rusqlite::Result<Self> {
        let sql = format!("SELECT {COLUMNS} FROM creates WHERE {IS_ROW}");
        connection.prepare(&sql).map(Self)
    }

    pub(super) fn find(&mut self, key: &Key) -> rusqlite::Result<Option<LedgerRow>> {
        let key = named_params! {
            ":account": key.account, ":operation": key.operation, ":order_id": key.order_id,
        };
        self.0.query_row(key, read_row).optional()
    }
}

pub(super) fn find(connection: &Connection, key: &Key) -> rusqlite::Result<Option<LedgerRow>> {
    Finder::new(connection)?.find(key)
}
