//! Reading the events: every change of a row, with its time, its source and its reason.

use std::collections::VecDeque;
use std::sync::Arc;

use super::inner::Inner;
use super::lock::{LockDeadline, MAX_LOCK_WAIT};
use super::query::EventQuery;
use crate::error::Result;
use crate::types::ledger_event::LedgerEvent;

/// The events that are read at once.
const PAGE: usize = 512;

/// Which events of a ledger to read; without a condition all.
///
/// ```
/// use alikassa::EventFilter;
/// let filter = EventFilter::new().order_id("B-1");
/// ```
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    account: Option<String>,
    operation: Option<String>,
    order_id: Option<String>,
    since_ms: Option<i64>,
}

impl EventFilter {
    /// All events.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only events of this account.
    #[must_use]
    pub fn account(mut self, account: impl Into<String>) -> Self {
        self.account = Some(account.into());
        self
    }

    /// Only events of rows of this operation, such as `payouts.create`.
    #[must_use]
    pub fn operation(mut self, operation: impl Into<String>) -> Self {
        self.operation = Some(operation.into());
        self
    }

    /// Only events of this order.
    #[must_use]
    pub fn order_id(mut self, order_id: impl Into<String>) -> Self {
        self.order_id = Some(order_id.into());
        self
    }

    /// Only events at this time or later, in milliseconds since 1970.
    #[must_use]
    pub fn since_ms(mut self, since_ms: i64) -> Self {
        self.since_ms = Some(since_ms);
        self
    }
}

/// Events of a ledger, in the order in which they were recorded. They are read in pages, so that
/// memory does not grow with their number.
#[derive(Clone)]
pub struct LedgerEvents {
    ledger: Arc<Inner>,
    query: EventQuery,
    page: VecDeque<LedgerEvent>,
    is_last: bool,
}

impl LedgerEvents {
    pub(super) fn new(ledger: Arc<Inner>, filter: EventFilter) -> Self {
        let query = EventQuery {
            account: filter.account,
            operation: filter.operation,
            order_id: filter.order_id,
            since_ms: filter.since_ms,
            until_ms: None,
            after: 0,
            limit: PAGE,
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
            // Events that are added from now on would never end.
            self.query.until_ms = Some(session.now_ms()?);
        }
        let events = session.events(&self.query)?;
        self.is_last = events.len() < self.query.limit;
        self.query.after = events.last().map_or(0, |last| last.number);
        self.page.extend(events);
        Ok(())
    }
}

impl Iterator for LedgerEvents {
    type Item = Result<LedgerEvent>;

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
