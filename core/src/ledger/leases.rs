//! Leases: several processes share the open rows, and no row is asked about twice. A lease is a time
//! in the row, by the store's clock. No transaction is open while the provider is asked.

use std::time::Duration;

use super::entry::{Key, Lease, LeaseCursor};
use super::inner::Inner;
use super::lock::LockDeadline;
use super::query::{Query, States};
use crate::error::Result;

impl Inner {
    /// Leases the next open rows for this time, the oldest first.
    pub(super) fn lease(
        &self,
        cursor: &mut LeaseCursor,
        limit: usize,
        time: Duration,
        deadline: LockDeadline,
    ) -> Result<Vec<Lease>> {
        let mut session = self.open(deadline)?;
        let now = session.now_ms()?;
        let started_ms = *cursor.started_ms.get_or_insert(now);
        let query = Query {
            account: Some(cursor.account.clone()),
            states: States::Open,
            until_ms: Some(started_ms),
            free_at_ms: Some(started_ms),
            after: cursor.after.clone(),
            limit,
            ..Query::default()
        };
        let until_ms = now.saturating_add(i64::try_from(time.as_millis()).unwrap_or(i64::MAX));
        let mut rows = session.lease(&query, until_ms)?;
        rows.sort_by_key(|stored| (stored.row.created_ms, Key::of(&stored.row)));
        if let Some(last) = rows.last() {
            cursor.after = Some(query.position(&last.row));
        }
        let lease = |row| Lease { row, until_ms };
        Ok(rows.into_iter().map(|stored| lease(stored.row)).collect())
    }

    /// Ends leases. With `is_asked` the rows are not leased again for what began before now.
    pub(super) fn end_leases(
        &self,
        leases: &[Lease],
        is_asked: bool,
        deadline: LockDeadline,
    ) -> Result<()> {
        if leases.is_empty() {
            return Ok(());
        }
        let mut session = self.open(deadline)?;
        let ended_ms = if is_asked {
            Some(session.now_ms()?)
        } else {
            None
        };
        let leases: Vec<(Key, i64)> = leases
            .iter()
            .map(|lease| (Key::of(&lease.row), lease.until_ms))
            .collect();
        session.end_leases(&leases, ended_ms)
    }
}
