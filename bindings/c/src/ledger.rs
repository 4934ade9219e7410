//! The ledger by itself: what is open, and the merchant's own decision about it.

use std::ffi::c_char;

use alikassa::Ledger;
use alikassa::binding::Response;

use crate::boundary;
use crate::error::alikassa_error;
use crate::handle::{self, Handle};
use crate::reply::{Reply, alikassa_reply};
use crate::text::alikassa_str;

/// The creates of one or more accounts in a file. End it with `alikassa_ledger_free`.
///
/// Clients write to it by `alikassa_config_set_ledger`, which takes the path; this is for looking into it.
pub enum alikassa_ledger {}

impl Handle for alikassa_ledger {
    type Object = Ledger;
    const NAME: &'static str = "ledger";
}

/// The ledger in the file `path`, which is made on first use. Nothing is opened yet. Not for network file systems.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_ledger_new(
    path: *const c_char,
    path_len: usize,
    ledger: *mut *mut alikassa_ledger,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::call(ledger, error, |caller| {
        handle::issue(Ledger::new(caller.text("path", path, path_len)?)?)
    })
}

/// The file, as an absolute path.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_ledger_path(
    ledger: *const alikassa_ledger,
    path: *mut alikassa_str,
) -> i32 {
    boundary::get(ledger, path, |ledger| {
        Ok(ledger.path().as_os_str().as_encoded_bytes().into())
    })
}

/// The rows whose end is not known, of all accounts, oldest first: sending, unknown, and accepted with a status that
/// is not final. A reply of type `LedgerRows`; its text is `alikassa_reply_json`.
///
/// A row that is sending belongs to a call on its way, or to one whose process ended. `ALIKASSA_STATUS_LEDGER` when
/// the file cannot be read.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_ledger_open(
    ledger: *const alikassa_ledger,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::call(reply, error, |_| {
        let rows = handle::get(ledger)?.open()?;
        handle::issue(Reply::new(Response::Rows(rows)))
    })
}

/// Records the merchant's own decision that a create may be sent again: its row becomes released.
///
/// `operation` and `order_id` are the row's, `reason` is kept with it. `account` is needed in a ledger of several
/// accounts and may be NULL otherwise. Only do so after the provider's support confirmed that the order does not
/// exist. `ALIKASSA_STATUS_INVALID_ARGUMENT` when there is no such row, when several accounts have one, or when
/// `reason` is empty; `ALIKASSA_STATUS_LEDGER` when the file cannot be written.
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
    boundary::act(error, |caller| {
        let operation = caller.text("operation", operation, operation_len)?;
        let order_id = caller.text("order_id", order_id, order_id_len)?;
        let reason = caller.text("reason", reason, reason_len)?;
        let account = caller.optional_text("account", account, account_len)?;
        Ok(handle::get(ledger)?.release_in(account, operation, order_id, reason)?)
    })
}

/// Takes note of a notification, durably, and says as static text whether it is news: `new`; `seen` when the same came
/// before; `stale` when a final status came before, which never changes.
///
/// `notification` is a reply of type `Notification`. A process can die after it, so `new` is nothing to credit by: ask for
/// the status, credit once by a table of your own, and answer the provider with 200 when that is stored.
/// The order's own row becomes accepted with the status that is news, when the amounts are equal and
/// its own status is not final.
/// `ALIKASSA_STATUS_LEDGER` when the file cannot be written: then do not answer with 200.
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

/// Ends a ledger's handle. The file stays, and clients that write to it go on.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_ledger_free(ledger: *mut alikassa_ledger) {
    boundary::release(ledger);
}
