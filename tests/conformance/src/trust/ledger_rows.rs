//! The rows of a ledger, whether open or settled, read without the library.

use std::collections::HashMap;
use std::path::Path;

use alikassa_servers::Postgres;
use rusqlite::{Connection, OpenFlags};

use super::orders::Order;
use crate::Result;

/// The rows by `order_id`.
pub(super) struct Rows(HashMap<String, Row>);

pub(super) struct Row {
    pub(super) state: String,
    pub(super) id: Option<u64>,
    pub(super) payment_status: Option<String>,
}

impl Rows {
    /// No other connection of this process may be open.
    pub(super) fn of_file(path: &Path) -> Result<Self> {
        let file = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let mut rows = file.prepare("SELECT order_id, state, id, payment_status FROM creates")?;
        let rows = rows.query_map([], |row| {
            let id: Option<i64> = row.get(2)?;
            let content = Row {
                state: row.get(1)?,
                id: id.and_then(|id| id.try_into().ok()),
                payment_status: row.get(3)?,
            };
            Ok((row.get(0)?, content))
        })?;
        Ok(Self(rows.collect::<Result<_, _>>()?))
    }

    pub(super) fn of_schema(server: &Postgres, schema: &str) -> Result<Self> {
        let sql = format!("SELECT order_id, state, id, payment_status FROM {schema}.creates");
        let printed = server.execute(&sql)?;
        let row = |line: &str| {
            let mut columns = line.split('|').map(str::to_owned);
            let (order_id, state) = (columns.next()?, columns.next()?);
            let content = Row {
                state,
                id: columns.next()?.parse().ok(),
                payment_status: columns.next().filter(|status| !status.is_empty()),
            };
            Some((order_id, content))
        };
        let rows = printed.lines().map(row).collect::<Option<_>>();
        Ok(Self(rows.ok_or("psql printed something else than rows")?))
    }

    pub(super) fn of(&self, order: Order) -> Option<&Row> {
        self.0.get(&order.id())
    }

    pub(super) fn state(&self, order: Order) -> Option<&str> {
        Some(&self.of(order)?.state)
    }

    pub(super) fn id(&self, order: Order) -> Option<u64> {
        self.of(order)?.id
    }
}
