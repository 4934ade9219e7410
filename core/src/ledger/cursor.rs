//! Reading rows or events for the bindings, whose programs can share an iterator between threads
//! and fork while it is in use.

use std::collections::VecDeque;
use std::iter;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::lock::{block_fork, try_block_fork};
use crate::error::Result;

/// The items that are read at once.
const PAGE: usize = 256;

/// A place in the rows or events of a ledger.
///
/// It is not locked while a page is read, so a child that is forked meanwhile can go on with it. If
/// two threads read the same page, one of them drops it.
pub struct LedgerCursor<T, I>(Mutex<Place<T, I>>);

struct Place<T, I> {
    page: VecDeque<Result<T>>,
    /// What comes after the page.
    rest: I,
    /// The number of pages that were read.
    pages: u64,
}

impl<T, I: Clone + Iterator<Item = Result<T>>> LedgerCursor<T, I> {
    /// A cursor before the first item.
    pub fn new(items: I) -> Self {
        Self(Mutex::new(Place {
            page: VecDeque::new(),
            rest: items,
            pages: 0,
        }))
    }

    /// The next item, if it was read already. This never waits, not even for a fork.
    pub fn next_read(&self) -> Option<T> {
        let _fork = try_block_fork()?;
        let page = &mut self.lock().page;
        match page.pop_front()? {
            Ok(item) => Some(item),
            Err(error) => {
                page.push_front(Err(error));
                None
            }
        }
    }

    /// The next item; none at the end.
    ///
    /// # Errors
    /// That of the iterator, once; then the cursor is at the end.
    pub fn next(&self) -> Result<Option<T>> {
        loop {
            let (mut rest, pages) = {
                let _fork = block_fork();
                let mut place = self.lock();
                if let Some(item) = place.page.pop_front() {
                    return item.map(Some);
                }
                (place.rest.clone(), place.pages)
            };
            let page: VecDeque<_> = rest.by_ref().take(PAGE).collect();
            if page.is_empty() {
                return Ok(None);
            }
            let _fork = block_fork();
            let mut place = self.lock();
            if place.pages == pages {
                place.page = page;
                place.rest = rest;
                place.pages += 1;
            }
        }
    }

    /// The next items that were read together; none at the end.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    pub fn next_page(&self) -> Result<Vec<T>> {
        let first = self.next()?.into_iter();
        Ok(first.chain(iter::from_fn(|| self.next_read())).collect())
    }

    fn lock(&self) -> MutexGuard<'_, Place<T, I>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
