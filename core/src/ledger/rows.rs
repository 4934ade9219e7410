//! Reading the rows of creates, page by page.

use std::collections::VecDeque;
use std::sync::Arc;

use super::creates::several_accounts;
use super::inner::Inner;
use super::lock::{LockDeadline, MAX_LOCK_WAIT};
use super::query::{Query, States};
use crate::error::Result;
use crate::types::ledger_row::LedgerRow;
use crate::types::ledger_state::LedgerState;

/// The rows that are read at once.
const PAGE: usize = 256;

/// Which rows of a ledger to read; without a condition all.
///
/// ```
/// use alikassa::{LedgerState, RowFilter};
/// let filter = RowFilter::new().state(LedgerState::Unknown).since_ms(1_764_000_000_000);
/// ```
#[derive(Clone, Debug, Default)]
pub struct RowFilter {
    state: Option<LedgerState>,
    since_ms: Option<i64>,
    account: Option<String>,
}

impl RowFilter {
    /// All rows.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only rows in this state.
    #[must_use]
    pub fn state(mut self, state: LedgerState) -> Self {
        self.state = Some(state);
        self
    }

    /// Only rows that changed at this time or later, in milliseconds since 1970.
    #[must_use]
    pub fn since_ms(mut self, since_ms: i64) -> Self {
        self.since_ms = Some(since_ms);
        self
    }

    /// Only rows of this account.
    #[must_use]
    pub fn account(mut self, account: impl Into<String>) -> Self {
        self.account = Some(account.into());
        self
    }
}

/// Rows of a ledger. They are read in pages, so that memory does not grow with their number.
///
/// A row that changes during the iteration can come twice, or be one that was just settled.
#[derive(Clone)]
pub struct LedgerRows {
    ledger: Arc<Inner>,
    query: Query,
    page: VecDeque<LedgerRow>,
    is_last: bool,
}

impl LedgerRows {
    pub(super) fn open(ledger: Arc<Inner>) -> Self {
        Self::new(ledger, RowFilter::new(), States::Open)
    }

    pub(super) fn filtered(ledger: Arc<Inner>, filter: RowFilter) -> Self {
        let states = filter.state.map_or(States::All, States::One);
        Self::new(ledger, filter, states)
    }

    fn new(ledger: Arc<Inner>, filter: RowFilter, states: States) -> Self {
        let query = Query {
            account: filter.account,
            states,
            since_ms: filter.since_ms,
            limit: PAGE,
            ..Query::default()
        };
        Self {
            ledger,
            query,
            page: VecDeque::new(),
            is_last: false,
        }
    }

    fn read_page(&mut self) -> Result<()> {
        let deadline = LockDeadline::for_lock(MAX_LOCK_WAIT);
        let mut session = self.ledger.open(deadline)?;
        if self.query.until_ms.is_none() {
            // Rows that change from now on would never end.
            self.query.until_ms = Some(session.now_ms()?);
        }
        let rows = session.select(&self.query)?;
        self.is_last = rows.len() < self.query.limit;
        self.query.after = rows.last().map(|last| self.query.position(&last.row));
        self.page.extend(rows.into_iter().map(|stored| stored.row));
        Ok(())
    }
}

impl Iterator for LedgerRows {
    type Item = Result<LedgerRow>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.page.is_empty()
            && !self.is_last
            && let Err(error) = self.read_page()
        {
            self.is_last = true;
            return Some(Err(error));
        }
        self.page.pop_front().map(Ok)
    }
}

impl Inner {
    /// The order's row in the account, or in the only account that has one.
    pub(super) fn get(
        &self,
        account: Option<&str>,
        operation: &str,
        order_id: &str,
        deadline: LockDeadline,
    ) -> Result<Option<LedgerRow>> {
        let query = Query::of_order(account, operation, order_id);
        let mut rows = self.open(deadline)?.select(&query)?;
        if rows.len() > 1 {
            return Err(several_accounts());
        }
        Ok(rows.pop().map(|stored| stored.row))
    }
}
