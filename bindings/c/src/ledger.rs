//! The ledger without a client: its rows, copies, notifications, and decisions of the merchant.

use std::ffi::c_char;

use alikassa::binding::LedgerCursor;
use alikassa::{EventFilter, Ledger, RowFilter};

use crate::boundary;
use crate::error::alikassa_error;
use crate::handle::{self, Handle};
use crate::ledger_rows::{alikassa_events, alikassa_rows};
use crate::reply::{Reply, alikassa_reply};
use crate::str::alikassa_str;
use crate::text::{Text, alikassa_text};

/// A SQLite file or a PostgreSQL database with the creates of one or more accounts. Free it with
/// `alikassa_ledger_free`.
///
/// Clients write to the ledger that `alikassa_config_set_ledger` names. This handle is for reading
/// and copying it, for releasing rows, and for recording notifications.
pub enum alikassa_ledger {}

impl Handle for alikassa_ledger {
    type Object = Ledger;
    const NAME: &'static str = "ledger";
}

/// The ledger at `location`: a file, which is created on first use, or the URL of a database,
/// `postgresql://user@host/database?schema=alikassa`, which must have the tables of
/// `alikassa_ledger_schema_sql`. This function does not open it. Do not put the file on a network
/// file system.
///
/// Returns `ALIKASSA_STATUS_CONFIGURATION` if the URL cannot be used.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_ledger_new(
    location: *const c_char,
    location_len: usize,
    ledger: *mut *mut alikassa_ledger,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::new_handle(ledger, error, |arguments| {
        Ok(Ledger::named(
            arguments.text("location", (location, location_len))?,
        )?)
    })
}

/// Where the ledger is: the absolute path of the file, or the database and schema as a URL without
/// user and password.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_ledger_location(
    ledger: *const alikassa_ledger,
    location: *mut alikassa_str,
) -> i32 {
    boundary::read(ledger, location, |ledger| Ok(ledger.location().into()))
}

/// Returns the open rows of all accounts, oldest first. Read them with `alikassa_rows_next`.
///
/// A row is open if its state is sending or unknown, or if it is accepted with a status that is not
/// final. A row in the state sending belongs to a call in flight, or to a process that ended during
/// the call.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_ledger_open(
    ledger: *const alikassa_ledger,
    rows: *mut *mut alikassa_rows,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::new_handle(rows, error, |_| {
        Ok(LedgerCursor::new(handle::get(ledger)?.open()))
    })
}

/// Returns the row of an order, open or not, in a reply of type `LedgerRow`, or NULL if the ledger
/// does not have it.
///
/// `operation` and `order_id` are those of the row. `account` may be NULL if the ledger has one
/// account. Returns `ALIKASSA_STATUS_INVALID_ARGUMENT` if several accounts have the order;
/// `ALIKASSA_STATUS_LEDGER` if the file cannot be read.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_ledger_get(
    ledger: *const alikassa_ledger,
    operation: *const c_char,
    operation_len: usize,
    order_id: *const c_char,
    order_id_len: usize,
    account: *const c_char,
    account_len: usize,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::optional_handle(reply, error, |arguments| {
        let operation = arguments.text("operation", (operation, operation_len))?;
        let order_id = arguments.text("order_id", (order_id, order_id_len))?;
        let account = arguments.optional_text("account", (account, account_len))?;
        let row = handle::get(ledger)?.get_in(account, operation, order_id)?;
        Ok(row.as_ref().map(Reply::of_row))
    })
}

/// Returns the rows, open or not, the one that changed first first. Read them with
/// `alikassa_rows_next`.
///
/// Each condition selects rows. `state` is the state of the rows, such as `unknown`; NULL selects
/// every state. `since_ms` selects the rows that changed at this time or later, in milliseconds
/// since 1970, like `updated_ms` of a row; 0 selects all. `account` is the account of the rows;
/// NULL selects every account. Returns `ALIKASSA_STATUS_INVALID_ARGUMENT` if there is no such state.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_ledger_rows(
    ledger: *const alikassa_ledger,
    state: *const c_char,
    state_len: usize,
    since_ms: i64,
    account: *const c_char,
    account_len: usize,
    rows: *mut *mut alikassa_rows,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::new_handle(rows, error, |arguments| {
        let mut filter = RowFilter::new();
        if let Some(state) = arguments.optional_text("state", (state, state_len))? {
            filter = filter.state(state.parse()?);
        }
        if since_ms != 0 {
            filter = filter.since_ms(since_ms);
        }
        if let Some(account) = arguments.optional_text("account", (account, account_len))? {
            filter = filter.account(account);
        }
        Ok(LedgerCursor::new(handle::get(ledger)?.rows(filter)))
    })
}

/// Returns the events, oldest first: every change of a row. Events are only added, never changed.
/// Read them with `alikassa_events_next`.
///
/// Each condition selects events. `operation`, `order_id` and `account` are those of the row; NULL
/// selects all. `since_ms` selects the events at this time or later, in milliseconds since 1970,
/// like `time_ms` of an event; 0 selects all.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_ledger_events(
    ledger: *const alikassa_ledger,
    operation: *const c_char,
    operation_len: usize,
    order_id: *const c_char,
    order_id_len: usize,
    account: *const c_char,
    account_len: usize,
    since_ms: i64,
    events: *mut *mut alikassa_events,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::new_handle(events, error, |arguments| {
        let mut filter = EventFilter::new();
        if let Some(operation) = arguments.optional_text("operation", (operation, operation_len))? {
            filter = filter.operation(operation);
        }
        if let Some(order_id) = arguments.optional_text("order_id", (order_id, order_id_len))? {
            filter = filter.order_id(order_id);
        }
        if let Some(account) = arguments.optional_text("account", (account, account_len))? {
            filter = filter.account(account);
        }
        if since_ms != 0 {
            filter = filter.since_ms(since_ms);
        }
        Ok(LedgerCursor::new(handle::get(ledger)?.events(filter)))
    })
}

/// Releases a row: records the merchant's decision that the create may be sent again. Do this only
/// after the provider's support has confirmed that the order does not exist.
///
/// `operation` and `order_id` are those of the row. `reason` is stored with it. `account` may be
/// NULL if the ledger has one account.
///
/// Returns `ALIKASSA_STATUS_INVALID_ARGUMENT` if there is no such row, if several accounts have
/// one, or if `reason` is empty; `ALIKASSA_STATUS_LEDGER` if the file cannot be written.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_ledger_release(
    ledger: *const alikassa_ledger,
    operation: *const c_char,
    operation_len: usize,
    order_id: *const c_char,
    order_id_len: usize,
    reason: *const c_char,
    reason_len: usize,
    account: *const c_char,
    account_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::run(error, |arguments| {
        let operation = arguments.text("operation", (operation, operation_len))?;
        let order_id = arguments.text("order_id", (order_id, order_id_len))?;
        let reason = arguments.text("reason", (reason, reason_len))?;
        let account = arguments.optional_text("account", (account, account_len))?;
        Ok(handle::get(ledger)?.release_in(account, operation, order_id, reason)?)
    })
}

/// The SQL that makes the tables of a ledger in a schema of a PostgreSQL database. The library never
/// runs it. `schema` may be NULL: then it is `alikassa`.
///
/// Returns `ALIKASSA_STATUS_INVALID_ARGUMENT` if the name of the schema needs quotes.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_ledger_schema_sql(
    schema: *const c_char,
    schema_len: usize,
    sql: *mut *mut alikassa_text,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::new_handle(sql, error, |arguments| {
        let schema = arguments.optional_text("schema", (schema, schema_len))?;
        let schema = schema.unwrap_or(Ledger::DEFAULT_SCHEMA);
        Ok(Text(Ledger::schema_sql(schema)?.into_bytes()))
    })
}

/// Checks that creates can be recorded. `warnings` is what the operator should know, a line each; it
/// is empty if there is nothing. Returns `ALIKASSA_STATUS_LEDGER` if they cannot be recorded; the
/// message says why.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_ledger_check(
    ledger: *const alikassa_ledger,
    warnings: *mut *mut alikassa_text,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::new_handle(warnings, error, |_| {
        let warnings = handle::get(ledger)?.check()?;
        Ok(Text(warnings.join("\n").into_bytes()))
    })
}

/// Moves the ledger in the file `path` into this one. `rows` is how many rows were added or changed.
///
/// From then on the file refuses creates, also those of processes that have it open. Calls in flight
/// still record their end in the file: import again when they have ended.
///
/// Returns `ALIKASSA_STATUS_INVALID_ARGUMENT` if there is no such file; `ALIKASSA_STATUS_LEDGER` if
/// it is no ledger, if it moved to another one before, or if this ledger cannot be written.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_ledger_import_from(
    ledger: *const alikassa_ledger,
    path: *const c_char,
    path_len: usize,
    rows: *mut u64,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::call(rows, error, |arguments| {
        let path = arguments.text("path", (path, path_len))?;
        Ok(handle::get(ledger)?.import_from(path)?)
    })
}

/// Copies the ledger in a file into the new file `path`, while it is in use. A copy made by other means can
/// lack the newest rows, because a ledger is three files.
///
/// The copy is marked: a client with the copy as its ledger reads and reconciles, but refuses
/// creates with `ALIKASSA_STATUS_LEDGER`, because the copy does not know the orders that were sent
/// after it was made. Then call `alikassa_ledger_resume`.
///
/// Returns `ALIKASSA_STATUS_INVALID_ARGUMENT` if the file exists or cannot be created;
/// `ALIKASSA_STATUS_LEDGER` if the ledger cannot be copied.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_ledger_backup(
    ledger: *const alikassa_ledger,
    path: *const c_char,
    path_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::run(error, |arguments| {
        let path = arguments.text("path", (path, path_len))?;
        Ok(handle::get(ledger)?.backup(path)?)
    })
}

/// Records the merchant's decision that a restored copy may send creates again. Do this only after
/// the orders that were sent since the copy was made are known: an order that the copy does not
/// have can be sent twice. A ledger that is not a copy is unchanged. `reason` is stored.
///
/// Returns `ALIKASSA_STATUS_INVALID_ARGUMENT` if `reason` is empty; `ALIKASSA_STATUS_LEDGER` if the
/// file cannot be written.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_ledger_resume(
    ledger: *const alikassa_ledger,
    reason: *const c_char,
    reason_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::run(error, |arguments| {
        let reason = arguments.text("reason", (reason, reason_len))?;
        Ok(handle::get(ledger)?.resume(reason)?)
    })
}

/// Records `notification`, a reply of type `Notification`, on disk. `noted` is static text: `new`
/// if it is new; `seen` if the same notification was recorded before; `stale` if a final status of
/// the order was recorded before; `other` if it is about another id than the row of its order, or
/// may be. A final status never changes.
///
/// If it is new, the row of its order becomes accepted with the new status. That requires that the
/// amounts are equal, that the row's status is not final, and that the row has the same id or none.
/// If it is `other`, nothing is recorded: store the notification yourself, because somebody must
/// look at both.
///
/// Do not credit a payment because of `new`: the process can stop right after this function.
/// Request the status, use a table of your own to credit once, and reply to the provider with HTTP
/// 200 when that is stored. Returns `ALIKASSA_STATUS_LEDGER` if the file cannot be written; do not
/// reply with 200 then.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_ledger_note(
    ledger: *const alikassa_ledger,
    notification: *const alikassa_reply,
    noted: *mut alikassa_str,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::call(noted, error, |_| {
        let ledger = handle::get(ledger)?;
        let reply = handle::get(notification)?;
        Ok(ledger.note(reply.notification()?)?.as_str().into())
    })
}

/// Frees `ledger`. The file stays, and clients continue to write to it.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_ledger_free(ledger: *mut alikassa_ledger) {
    boundary::free(ledger);
}
