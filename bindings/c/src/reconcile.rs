//! Reconciling the ledger of a client: all rows at once, or one by one as they settle.

use std::ptr;

use alikassa::Client;
use alikassa::binding::{Call, Cancellation, ReconcileCursor};

use crate::boundary;
use crate::cancel::{self, alikassa_call};
use crate::client::alikassa_client;
use crate::error::{Failure, alikassa_error};
use crate::handle::{self, Handle};
use crate::input::Arguments;
use crate::options::{self, CallParameters};
use crate::reply::{Reply, alikassa_reply};

/// Requests the status of every open row of the ledger that belongs to the client's account, and
/// records the result. Returns these rows, as they are afterwards, in a reply of type `LedgerRows`.
/// Read them with `alikassa_reply_json`. Sends only reads, 16 at a time.
///
/// A row becomes accepted if the provider has its order with the amount that was sent. Every other
/// row stays unchanged, also one for which the client has no certificate. If the provider returns
/// an error for one row, the function continues with the other rows and returns the first such
/// error afterwards. An error that concerns every row, such as a failed connection, ends the
/// function at once. A row that another process asks about at the same time is left out.
///
/// `timeout_ms` limits one attempt and `deadline_ms` the request for one row; 0 uses the client's
/// value. Returns `ALIKASSA_STATUS_CONFIGURATION` if the client has no ledger.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_reconcile(
    client: *const alikassa_client,
    timeout_ms: u64,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    alikassa_reconcile_with(client, ptr::null(), timeout_ms, deadline_ms, reply, error)
}

/// `alikassa_reconcile` with a `call`, which may be NULL. After `alikassa_call_cancel` it returns
/// `ALIKASSA_STATUS_CANCELLED`. Rows that were recorded before stay recorded.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_reconcile_with(
    client: *const alikassa_client,
    call: *const alikassa_call,
    timeout_ms: u64,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    let parameters = options::of_call(call, timeout_ms, deadline_ms);
    run(client, parameters, reply, error, |client, cancellation| {
        let rows = client.reconcile_with(parameters.options, cancellation)?;
        Ok(Reply::of_rows(&rows))
    })
}

/// The open rows of a ledger as they settle, read one by one with `alikassa_reconcile_next`. Free
/// it with `alikassa_reconcile_free`.
pub enum alikassa_reconcile_iter {}

impl Handle for alikassa_reconcile_iter {
    type Object = ReconcileCursor;
    const NAME: &'static str = "rows";
}

/// Like `alikassa_reconcile`, but `alikassa_reconcile_next` returns each row as it settles, so that
/// memory does not grow with their number. Sends nothing yet.
///
/// `concurrency` limits the requests in flight, 1 to 4096; 0 uses 16. The client's
/// `max_connections` limits them too. `rate` limits the requests that are started per second, 0.001
/// to 1000000; 0 is no limit. `timeout_ms` limits one attempt and `deadline_ms` the request for one
/// row; 0 uses the client's value.
///
/// Returns `ALIKASSA_STATUS_CONFIGURATION` if the client has no ledger;
/// `ALIKASSA_STATUS_INVALID_ARGUMENT` if an argument is out of its range.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_reconcile_start(
    client: *const alikassa_client,
    concurrency: u32,
    rate: f64,
    timeout_ms: u64,
    deadline_ms: u64,
    rows: *mut *mut alikassa_reconcile_iter,
    error: *mut *mut alikassa_error,
) -> i32 {
    let batch = options::of_batch(concurrency, rate);
    let parameters = options::of_call(ptr::null(), timeout_ms, deadline_ms);
    run(client, parameters, rows, error, |client, _| {
        Ok(ReconcileCursor::new(client, batch, parameters.options)?)
    })
}

/// Returns the next row that settled in a reply of type `Reconciled`, or NULL after the last one.
///
/// Its fields are those of the row, as with `alikassa_rows_next`, and `other_id`: the id of another
/// payment or payout that the provider has with this `order_id`. `alikassa_reply_error` returns the
/// error of the request about this row; then the row is unchanged, and the other rows follow. Its
/// JSON text is `{"row", "error", "other_id"}`.
///
/// The requests run while the program does something else. Threads may share `rows`: each row goes
/// to one of them. A child of `fork` may continue with it if no thread was in this function; it
/// repeats the requests in flight.
///
/// Returns the status of an error that concerns every row, such as `ALIKASSA_STATUS_TRANSPORT` or
/// `ALIKASSA_STATUS_LEDGER`; then there are no more rows.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_reconcile_next(
    rows: *const alikassa_reconcile_iter,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    alikassa_reconcile_next_with(rows, ptr::null(), reply, error)
}

/// `alikassa_reconcile_next` with a `call`, which may be NULL. After `alikassa_call_cancel` it returns
/// `ALIKASSA_STATUS_CANCELLED`. Only the wait for the row ends: the requests of `rows` go on, and the
/// next call of the function returns their rows.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_reconcile_next_with(
    rows: *const alikassa_reconcile_iter,
    call: *const alikassa_call,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::optional_handle(reply, error, |_| {
        let (rows, cancellation) = (handle::get(rows)?, cancel::optional(call)?);
        let next = rows.next(cancellation.as_deref())?;
        Ok(next.map(Reply::of_reconciled))
    })
}

/// Frees `rows` and cancels its requests in flight. Replies that were read from it stay valid.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_reconcile_free(rows: *mut alikassa_reconcile_iter) {
    boundary::free(rows);
}

fn run<H: Handle>(
    client: *const alikassa_client,
    parameters: CallParameters,
    out: *mut *mut H,
    error: *mut *mut alikassa_error,
    perform: impl FnOnce(&Client, Option<&Cancellation>) -> Result<H::Object, Failure>,
) -> i32 {
    let name_call = |_: &Arguments, failure: Failure| {
        failure.map(|error| Call::refused("reconcile", None, error))
    };
    boundary::request(
        out,
        error,
        |_| Ok((handle::get(client)?, cancel::optional(parameters.call)?)),
        name_call,
        |(client, cancellation)| Ok(handle::insert(perform(&client, cancellation.as_deref())?)?),
    )
}
