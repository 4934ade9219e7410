//! Reading the rows of creates.

use std::sync::Arc;

use super::creates::several_accounts;
use super::entry::{Entry, Key};
use super::inner::Inner;
use super::lock::LockDeadline;
use super::pages::{PAGE, PagedQuery, Pages};
use super::query::{Query, States};
use super::sent_body::SentBody;
use super::store::Session;
use crate::error::Result;
use crate::types::ledger_row::LedgerRow;
use crate::types::ledger_state::LedgerState;

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
pub struct LedgerRows(Pages<Query, LedgerRow>);

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
        Self(Pages::new(ledger, query))
    }
}

impl Iterator for LedgerRows {
    type Item = Result<LedgerRow>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

impl PagedQuery<LedgerRow> for Query {
    fn until_ms(&mut self) -> &mut Option<i64> {
        &mut self.until_ms
    }

    fn read(&mut self, session: &mut dyn Session) -> Result<Vec<LedgerRow>> {
        let rows = session.select(self)?;
        self.after = rows.last().map(|last| self.position(&last.row));
        Ok(rows.into_iter().map(|stored| stored.row).collect())
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

    /// The rows of the orders of some creates, in their order, each with what it tells about the
    /// body.
    pub(super) fn recorded(
        &self,
        creates: &[Entry],
        deadline: LockDeadline,
    ) -> Result<Vec<Option<(LedgerRow, SentBody)>>> {
        let keys: Vec<Key> = creates.iter().map(|create| create.key.clone()).collect();
        let found = self.open(deadline)?.find(&keys)?;
        let recorded = found.into_iter().zip(creates).map(|(sent, create)| {
            let sent = sent?;
            let body = SentBody::of(&sent, create);
            Some((sent.row, body))
        });
        Ok(recorded.collect())
    }
}
