//! Reading in pages, so that memory does not grow with the number of rows.

use std::collections::VecDeque;
use std::sync::Arc;

use super::inner::Inner;
use super::lock::{LockDeadline, MAX_LOCK_WAIT};
use super::store::Session;
use crate::error::Result;

/// The rows or events of a page. The last page has fewer.
pub(super) const PAGE: usize = 256;

/// A query that is read in pages.
pub(super) trait PagedQuery<T> {
    /// Only what was recorded at this time or before is read.
    fn until_ms(&mut self) -> &mut Option<i64>;

    /// Reads the next page.
    fn read(&mut self, session: &mut dyn Session) -> Result<Vec<T>>;
}

/// What a query finds. One page is in memory.
#[derive(Clone)]
pub(super) struct Pages<Q, T> {
    ledger: Arc<Inner>,
    query: Q,
    page: VecDeque<T>,
    is_last: bool,
}

impl<Q: PagedQuery<T>, T> Pages<Q, T> {
    pub(super) fn new(ledger: Arc<Inner>, query: Q) -> Self {
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
        let until_ms = self.query.until_ms();
        if until_ms.is_none() {
            // What changes from now on would never end.
            *until_ms = Some(session.now_ms()?);
        }
        self.page = self.query.read(&mut *session)?.into();
        self.is_last = self.page.len() < PAGE;
        Ok(())
    }
}

impl<Q: PagedQuery<T>, T> Iterator for Pages<Q, T> {
    type Item = Result<T>;

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
