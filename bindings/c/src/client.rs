//! Clients and their calls.

use std::ffi::{c_char, c_void};
use std::fmt::Write as _;

use alikassa::binding::Call;
use alikassa::{CallOptions, Cert, Client, Error, RawRequest};

use crate::boundary::{self, Caller, Listener};
use crate::error::{Failure, alikassa_error};
use crate::handle::{self, Handle};
use crate::options::{self, alikassa_config};
use crate::output;
use crate::reply::{Reply, alikassa_reply};
use crate::text::{Text, alikassa_str, alikassa_text};

/// A client of one account. End it with `alikassa_client_free`.
///
/// Any number of threads may use one client at the same time, and a child of `fork` its copy.
pub enum alikassa_client {}

impl Handle for alikassa_client {
    type Object = Client;
    const NAME: &'static str = "client";
}

/// A client with these settings, which it copies. Nothing is sent.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_client_new(
    config: *const alikassa_config,
    client: *mut *mut alikassa_client,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::call(client, error, |_| {
        handle::issue(handle::get(config)?.build()?)
    })
}

/// A client from the environment and nothing else: see `alikassa_config_from_env`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_client_from_env(
    client: *mut *mut alikassa_client,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::call(client, error, |_| {
        handle::issue(options::from_env()?.build()?)
    })
}

/// What the client's owner should know since the last asking, one line each: a digest proved, a small key, a
/// ledger that could not be written after an answer. Empty when there is nothing.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_client_take_notices(
    client: *const alikassa_client,
    notices: *mut *mut alikassa_text,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::call(notices, error, |_| {
        let mut lines = String::new();
        for notice in handle::get(client)?.take_notices() {
            // Writing to a String cannot fail.
            let _ = writeln!(lines, "{notice}");
        }
        handle::issue(Text(lines.into_bytes()))
    })
}

/// Refuses new calls and waits for those of other threads, each up to its own deadline; their waits, resolves and
/// retries end with what they know.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_client_close(
    client: *const alikassa_client,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::act(error, |_| {
        handle::get(client)?.close();
        Ok(())
    })
}

/// Ends a client without waiting: calls of other threads that are on their way run to their end.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_client_free(client: *mut alikassa_client) {
    boundary::release(client);
}

/// Creates a payment, sent at most once, whatever happens; a reply of type `CreatedPayment`.
///
/// `json` is an object with `amount`, `order_id`, `service`, `customer_ip` and what else the provider's page
/// has; fields that this library does not know go into `other_fields`, an object.
///
/// Every error has an outcome. After `ALIKASSA_STATUS_OUTCOME_UNKNOWN` the money may have moved: never send it again,
/// ask with `alikassa_payments_resolve`. `timeout_ms` is for one attempt and `deadline_ms` for the whole call; 0 takes
/// the client's.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_payments_create(
    client: *const alikassa_client,
    json: *const c_char,
    json_len: usize,
    timeout_ms: u64,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    let options = output::options(timeout_ms, deadline_ms);
    typed(
        "payments.create",
        client,
        (json, json_len),
        &options,
        reply,
        error,
    )
}

/// The state of one payment, by `{"id": ...}` or `{"order_id": ...}`; a reply of type `Payment`.
///
/// `timeout_ms` is for one attempt and `deadline_ms` for the whole call; 0 takes the client's.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_payments_status(
    client: *const alikassa_client,
    json: *const c_char,
    json_len: usize,
    timeout_ms: u64,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    let options = output::options(timeout_ms, deadline_ms);
    typed(
        "payments.status",
        client,
        (json, json_len),
        &options,
        reply,
        error,
    )
}

/// Asks what became of a payment whose create was not answered, with growing pauses until the deadline; a reply of
/// type `Resolution`, whose text is `{"found", "matched_by", "status"}`.
///
/// `json` is `{"order_id": ..., "amount": ...}`. It is found when the provider has it with the amount sent: the
/// ledger's, else `amount`, compared as numbers; without either by its `order_id` alone. It never says that the order
/// was not created. What is found is recorded in the ledger. `timeout_ms` is for one question and `deadline_ms` for
/// all of them; 0 takes the client's.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_payments_resolve(
    client: *const alikassa_client,
    json: *const c_char,
    json_len: usize,
    timeout_ms: u64,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    let options = output::options(timeout_ms, deadline_ms);
    typed(
        "payments.resolve",
        client,
        (json, json_len),
        &options,
        reply,
        error,
    )
}

/// Asks for the state of one payment until it is final, the deadline comes or `on_update` has enough; a reply of type
/// `Payment` with the last state.
///
/// `json` is `{"id": ...}` or `{"order_id": ...}`. `interval_ms` is the pause between two questions, from 10 to
/// 86400000; 0 takes 2000. `timeout_ms` is for one question and `deadline_ms` for all of them; 0 takes the client's.
/// `on_update` may be NULL; it is given `context`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_payments_wait(
    client: *const alikassa_client,
    json: *const c_char,
    json_len: usize,
    interval_ms: u64,
    timeout_ms: u64,
    deadline_ms: u64,
    on_update: alikassa_on_update,
    context: *mut c_void,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    let pace = Pace {
        interval_ms,
        options: output::options(timeout_ms, deadline_ms),
    };
    let listener = Listener::new(on_update, context);
    wait(
        "payments.wait",
        client,
        (json, json_len),
        &pace,
        listener,
        reply,
        error,
    )
}

/// A page of the history of payments; a reply of type `History`, whose text has `data`, the payments, and `meta`, which
/// page it is.
///
/// `json` is `{"date_from": ..., "date_to": ..., "page": ..., "paginate": ...}` or any part of it: the first and the
/// last day as `2024-11-01`, the page from 1, and how many payments a page has. After the last page, `last_page` of
/// `meta`, there is nothing. `timeout_ms` is for one attempt and `deadline_ms` for the whole call; 0 takes the client's.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_payments_history(
    client: *const alikassa_client,
    json: *const c_char,
    json_len: usize,
    timeout_ms: u64,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    let options = output::options(timeout_ms, deadline_ms);
    typed(
        "payments.history",
        client,
        (json, json_len),
        &options,
        reply,
        error,
    )
}

/// Creates a payout, sent at most once, whatever happens; a reply of type `CreatedPayout`.
///
/// `json` is an object with `amount`, `number`, `order_id`, `service` and what else the provider's page
/// has; fields that this library does not know go into `other_fields`, an object.
///
/// Every error has an outcome. After `ALIKASSA_STATUS_OUTCOME_UNKNOWN` the money may have moved: never send it again,
/// ask with `alikassa_payouts_resolve`. `timeout_ms` is for one attempt and `deadline_ms` for the whole call; 0 takes
/// the client's.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_payouts_create(
    client: *const alikassa_client,
    json: *const c_char,
    json_len: usize,
    timeout_ms: u64,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    let options = output::options(timeout_ms, deadline_ms);
    typed(
        "payouts.create",
        client,
        (json, json_len),
        &options,
        reply,
        error,
    )
}

/// The state of one payout, by `{"id": ...}` or `{"order_id": ...}`; a reply of type `Payout`.
///
/// `timeout_ms` is for one attempt and `deadline_ms` for the whole call; 0 takes the client's.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_payouts_status(
    client: *const alikassa_client,
    json: *const c_char,
    json_len: usize,
    timeout_ms: u64,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    let options = output::options(timeout_ms, deadline_ms);
    typed(
        "payouts.status",
        client,
        (json, json_len),
        &options,
        reply,
        error,
    )
}

/// Asks what became of a payout whose create was not answered, with growing pauses until the deadline; a reply of
/// type `Resolution`, whose text is `{"found", "matched_by", "status"}`.
///
/// `json` is `{"order_id": ..., "amount": ...}`. It is found when the provider has it with the amount sent: the
/// ledger's, else `amount`, compared as numbers; without either by its `order_id` alone. It never says that the order
/// was not created. What is found is recorded in the ledger. `timeout_ms` is for one question and `deadline_ms` for
/// all of them; 0 takes the client's.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_payouts_resolve(
    client: *const alikassa_client,
    json: *const c_char,
    json_len: usize,
    timeout_ms: u64,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    let options = output::options(timeout_ms, deadline_ms);
    typed(
        "payouts.resolve",
        client,
        (json, json_len),
        &options,
        reply,
        error,
    )
}

/// Asks for the state of one payout until it is final, the deadline comes or `on_update` has enough; a reply of type
/// `Payout` with the last state.
///
/// `json` is `{"id": ...}` or `{"order_id": ...}`. `interval_ms` is the pause between two questions, from 10 to
/// 86400000; 0 takes 2000. `timeout_ms` is for one question and `deadline_ms` for all of them; 0 takes the client's.
/// `on_update` may be NULL; it is given `context`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_payouts_wait(
    client: *const alikassa_client,
    json: *const c_char,
    json_len: usize,
    interval_ms: u64,
    timeout_ms: u64,
    deadline_ms: u64,
    on_update: alikassa_on_update,
    context: *mut c_void,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    let pace = Pace {
        interval_ms,
        options: output::options(timeout_ms, deadline_ms),
    };
    let listener = Listener::new(on_update, context);
    wait(
        "payouts.wait",
        client,
        (json, json_len),
        &pace,
        listener,
        reply,
        error,
    )
}

/// Gets each state that a wait is told, as JSON text like that of its reply, borrowed until the function returns. 0
/// goes on, any other value ends the wait with this state.
///
/// It runs on the thread that waits, within the deadline, and has to return: no `longjmp`, no C++ exception. It may
/// call the library, with the same client too, but not close that client, which would wait for this wait.
pub type alikassa_on_update =
    Option<unsafe extern "C" fn(context: *mut c_void, status_json: alikassa_str) -> i32>;

/// The account's balance; a reply of type `Balance`. It is signed with the payout certificate.
///
/// `timeout_ms` is for one attempt and `deadline_ms` for the whole call; 0 takes the client's.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_account_balance(
    client: *const alikassa_client,
    timeout_ms: u64,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    let options = output::options(timeout_ms, deadline_ms);
    let refuse = |_: &Caller, error| Call::refused("account.balance", None, error);
    execute(client, &options, reply, error, refuse, |_| {
        Ok(Call::named("account.balance", Vec::new())?)
    })
}

/// What the account may do, and with which services; a reply of type `AccountInfo`. It is signed with the payout
/// certificate. The provider describes it in its older documentation only.
///
/// `timeout_ms` is for one attempt and `deadline_ms` for the whole call; 0 takes the client's.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_account_info(
    client: *const alikassa_client,
    timeout_ms: u64,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    let options = output::options(timeout_ms, deadline_ms);
    let refuse = |_: &Caller, error| Call::refused("account.info", None, error);
    execute(client, &options, reply, error, refuse, |_| {
        Ok(Call::named("account.info", Vec::new())?)
    })
}

/// Asks the provider about every open row of the ledger that is this account's, and records what it knows; a reply of
/// type `LedgerRows` with these rows as they then are, its text an array.
///
/// A row whose order the provider has with the amount sent becomes accepted, every other stays as it is, one whose
/// certificate the client does not have too. Only reads are sent. A bad answer about one row is the error when the others
/// have been asked about. `timeout_ms` is for one attempt and `deadline_ms` for each question; 0 takes the client's.
/// `ALIKASSA_STATUS_CONFIGURATION` without a ledger.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_reconcile(
    client: *const alikassa_client,
    timeout_ms: u64,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    let options = output::options(timeout_ms, deadline_ms);
    let refuse = |_: &Caller, error| Call::refused("reconcile", None, error);
    execute(client, &options, reply, error, refuse, |_| {
        Ok(Call::named("reconcile", Vec::new())?)
    })
}

/// A raw signed request, for what has no function of its own; a raw reply.
///
/// `path` is written as `v1/payout/status`, `json` is an object, `cert` is `payment` or `payout`. `read` is 1 for
/// a request that only asks and may be sent again after a passing fault. With 0 it may create: it is sent at most
/// once, every error has an outcome as a payout's, and a client with a ledger wants a string `order_id` in it.
/// `timeout_ms` is for one attempt and `deadline_ms` for the whole call; 0 takes the client's.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_request(
    client: *const alikassa_client,
    path: *const c_char,
    path_len: usize,
    json: *const c_char,
    json_len: usize,
    cert: *const c_char,
    cert_len: usize,
    read: i32,
    timeout_ms: u64,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    let options = output::options(timeout_ms, deadline_ms);
    let refuse = |caller: &Caller, error| {
        let path = caller.bytes("path", path, path_len).unwrap_or_default();
        let order_id = order_id(caller, json, json_len);
        let path = String::from_utf8_lossy(path);
        Call::raw_refused(&path, order_id.as_deref(), read == 1, error)
    };
    execute(client, &options, reply, error, refuse, |caller| {
        let path = caller.text("path", path, path_len)?;
        let body = alikassa::parse_body(caller.bytes("json", json, json_len)?)?;
        let cert: Cert = caller.text("cert", cert, cert_len)?.parse()?;
        let read = output::boolean("read", read)?;
        Ok(Call::raw(RawRequest::new(path, body, cert, read)))
    })
}

fn typed(
    name: &str,
    client: *const alikassa_client,
    (json, json_len): (*const c_char, usize),
    options: &CallOptions,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    let refuse = |caller: &Caller, error| {
        let order_id = order_id(caller, json, json_len);
        Call::refused(name, order_id.as_deref(), error)
    };
    execute(client, options, reply, error, refuse, |caller| {
        let fields = output::fields(caller.bytes("json", json, json_len)?)?;
        Ok(Call::named(name, fields)?)
    })
}

/// How a wait asks.
struct Pace {
    interval_ms: u64,
    options: CallOptions,
}

fn wait(
    name: &str,
    client: *const alikassa_client,
    (json, json_len): (*const c_char, usize),
    pace: &Pace,
    listener: Listener,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    let refuse = |caller: &Caller, error| {
        let order_id = order_id(caller, json, json_len);
        Call::refused(name, order_id.as_deref(), error)
    };
    execute(client, &pace.options, reply, error, refuse, |caller| {
        let fields = output::fields(caller.bytes("json", json, json_len)?)?;
        let call = Call::named(name, fields)?.interval(output::duration(pace.interval_ms));
        Ok(call.on_update(Box::new(move |status| {
            listener.tell(output::answer_json(status).as_deref())
        })))
    })
}

/// The `order_id` among fields that are refused, as far as it can be read.
fn order_id(caller: &Caller, json: *const c_char, json_len: usize) -> Option<String> {
    output::order_id(caller.bytes("json", json, json_len).ok()?)
}

/// Makes the call and runs it; what fails before that is `refuse`d, so that its error names the call and says of a
/// create that it was not sent.
fn execute(
    client: *const alikassa_client,
    options: &CallOptions,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
    refuse: impl FnOnce(&Caller, Error) -> Error,
    make: impl FnOnce(&Caller) -> Result<Call, Failure>,
) -> i32 {
    boundary::send(
        reply,
        error,
        |caller| Ok((handle::get(client)?, make(caller)?)),
        |caller, failure| failure.map(|error| refuse(caller, error)),
        |(client, call)| {
            // Within the call, which knows what to say of a create whose answer is lost here.
            let hand_over = |answer| Ok(handle::issue(Reply::new(answer))?);
            Ok(client.execute_into(call, options, hand_over)?)
        },
    )
}
