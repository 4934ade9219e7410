//! The rows and events of a ledger, page by page.

use std::sync::Arc;

use alikassa::binding::LedgerCursor;
use alikassa::{
    Error, EventFilter, Ledger, LedgerEvent, LedgerEvents, LedgerRow, LedgerRows, RowFilter,
};
use napi::Env;
use napi::bindgen_prelude::{External, Object};
use napi_derive::napi;

use crate::boundary;
use crate::completion_queue::{self, CompletionQueue};
use crate::output;

/// What to read of a ledger. Each iteration reads it anew.
pub(crate) enum LedgerQuery {
    Open(Ledger),
    Rows(Ledger, RowFilter),
    Events(Ledger, EventFilter),
}

/// The place of an iteration.
pub(crate) enum LedgerPages {
    Rows(LedgerCursor<LedgerRow, LedgerRows>),
    Events(LedgerCursor<LedgerEvent, LedgerEvents>),
}

enum Page {
    Rows(Vec<LedgerRow>),
    Events(Vec<LedgerEvent>),
}

/// A new iteration.
#[napi]
pub(crate) fn ledger_pages<'js>(
    env: &'js Env,
    query: &External<LedgerQuery>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let pages = match &**query {
            LedgerQuery::Open(ledger) => LedgerPages::Rows(LedgerCursor::new(ledger.open())),
            LedgerQuery::Rows(ledger, filter) => {
                LedgerPages::Rows(LedgerCursor::new(ledger.rows(filter.clone())))
            }
            LedgerQuery::Events(ledger, filter) => {
                LedgerPages::Events(LedgerCursor::new(ledger.events(filter.clone())))
            }
        };
        Ok(External::new(Arc::new(pages)))
    })
}

/// The number of a promise for the next page, a list; it is empty after the last one.
#[napi]
pub(crate) fn ledger_next_page<'js>(
    env: &'js Env,
    queue: &External<Arc<CompletionQueue>>,
    pages: &External<Arc<LedgerPages>>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let pages = Arc::clone(pages);
        let read = move || pages.next_page();
        Ok(completion_queue::spawn_blocking(
            queue,
            read,
            |env, page| {
                Ok(match page {
                    Page::Rows(rows) => output::rows_to_js(env, &rows)?,
                    Page::Events(events) => output::events_to_js(env, &events)?,
                })
            },
        ))
    })
}

impl LedgerPages {
    fn next_page(&self) -> Result<Page, Error> {
        match self {
            Self::Rows(rows) => rows.next_page().map(Page::Rows),
            Self::Events(events) => events.next_page().map(Page::Events),
        }
    }
}
