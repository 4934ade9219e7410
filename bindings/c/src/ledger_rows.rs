//! Reading the rows and events of a ledger one by one.

use alikassa::binding::LedgerCursor;
use alikassa::{LedgerEvent, LedgerEvents, LedgerRow, LedgerRows};

use crate::boundary;
use crate::error::alikassa_error;
use crate::handle::{self, Handle};
use crate::reply::{Reply, alikassa_reply};

/// Rows of a ledger, read one by one with `alikassa_rows_next`. Free it with `alikassa_rows_free`.
pub enum alikassa_rows {}

impl Handle for alikassa_rows {
    type Object = LedgerCursor<LedgerRow, LedgerRows>;
    const NAME: &'static str = "rows";
}

/// Returns the next row in a reply of type `LedgerRow`, or NULL after the last one. Its fields are
/// `account`, `operation`, `order_id`, `state`, `amount`, `service`, `id`, `id_source`,
/// `payment_status`, `reason`, `created_ms` and `updated_ms`.
///
/// The rows are read page by page, so that memory does not grow with their number. A row that
/// changes meanwhile can come twice. Threads may share `rows`: each row goes to one of them.
///
/// Returns `ALIKASSA_STATUS_LEDGER` if the ledger cannot be read; then there are no more rows.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_rows_next(
    rows: *const alikassa_rows,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::optional_handle(reply, error, |_| {
        let row = handle::get(rows)?.next()?;
        Ok(row.as_ref().map(Reply::of_row))
    })
}

/// Frees `rows`. Replies that were read from it stay valid.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_rows_free(rows: *mut alikassa_rows) {
    boundary::free(rows);
}

/// Events of a ledger, read one by one with `alikassa_events_next`. Free it with
/// `alikassa_events_free`.
pub enum alikassa_events {}

impl Handle for alikassa_events {
    type Object = LedgerCursor<LedgerEvent, LedgerEvents>;
    const NAME: &'static str = "events";
}

/// Returns the next event in a reply of type `LedgerEvent`, or NULL after the last one. Its fields
/// are `time_ms`, `account`, `operation`, `order_id`, `attempt`, `from_state`, `to_state`, `id`,
/// `payment_status`, `source` and `reason`. `from_state` has no value if the row was created.
/// `source` is `call`, `notification`, `reconcile`, `resolve` or `release`.
///
/// The events are read page by page, as with `alikassa_rows_next`. Returns
/// `ALIKASSA_STATUS_LEDGER` if the ledger cannot be read; then there are no more events.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_events_next(
    events: *const alikassa_events,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::optional_handle(reply, error, |_| {
        let event = handle::get(events)?.next()?;
        Ok(event.as_ref().map(Reply::of_event))
    })
}

/// Frees `events`. Replies that were read from it stay valid.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_events_free(events: *mut alikassa_events) {
    boundary::free(events);
}
