//! Reading the events: every change of a row, with its time, its source and its reason.

use std::sync::Arc;

use super::inner::Inner;
use super::pages::{PAGE, PagedQuery, Pages};
use super::query::EventQuery;
use super::store::Session;
use crate::error::Result;
use crate::types::ledger_event::LedgerEvent;

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
///
/// An event that another process records during the iteration can be missed.
#[derive(Clone)]
pub struct LedgerEvents(Pages<EventQuery, LedgerEvent>);

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
        Self(Pages::new(ledger, query))
    }
}

impl Iterator for LedgerEvents {
    type Item = Result<LedgerEvent>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

impl PagedQuery<LedgerEvent> for EventQuery {
    fn until_ms(&mut self) -> &mut Option<i64> {
        &mut self.until_ms
    }

    fn read(&mut self, session: &mut dyn Session) -> Result<Vec<LedgerEvent>> {
        let events = session.events(self)?;
        self.after = events.last().map_or(self.after, |last| last.number);
        Ok(events)
    }
}
