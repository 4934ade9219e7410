//! The ledger. Its disk work runs on separate threads, never on the JavaScript thread.

use std::sync::Arc;

use alikassa::{EventFilter, Ledger, Notification, RowFilter};
use napi::Env;
use napi::bindgen_prelude::{External, Object, ToNapiValue, Unknown};
use napi_derive::napi;

use crate::boundary;
use crate::completion_queue::{self, CompletionQueue};
use crate::error::Failure;
use crate::input::Argument;
use crate::ledger_rows::LedgerQuery;
use crate::output;

/// The ledger in this file, or in the database of this URL.
#[napi]
pub(crate) fn ledger_new<'js>(env: &'js Env, location: Unknown<'js>) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let ledger = Ledger::named(Argument::new("location", location).text()?)?;
        let mut opened = Object::new(env)?;
        opened.set("location", ledger.location())?;
        opened.set("handle", External::new(ledger))?;
        Ok(opened)
    })
}

/// The open rows.
#[napi]
pub(crate) fn ledger_open<'js>(
    env: &'js Env,
    ledger: &External<Ledger>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        Ok(External::new(LedgerQuery::Open(Ledger::clone(ledger))))
    })
}

/// The number of a promise for the row of an order, or null.
#[napi]
pub(crate) fn ledger_get<'js>(
    env: &'js Env,
    queue: &External<Arc<CompletionQueue>>,
    ledger: &External<Ledger>,
    operation: Unknown<'js>,
    order_id: Unknown<'js>,
    options: Unknown<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let operation = Argument::new("operation", operation).text()?;
        let order_id = Argument::new("order_id", order_id).text()?;
        let account = account_option(options)?;
        let ledger = Ledger::clone(ledger);
        let get = move || ledger.get_in(account.as_deref(), &operation, &order_id);
        Ok(completion_queue::spawn_blocking(queue, get, |env, row| {
            Ok(output::row_to_js(env, row.as_ref())?)
        }))
    })
}

/// The rows that the options select.
#[napi]
pub(crate) fn ledger_rows<'js>(
    env: &'js Env,
    ledger: &External<Ledger>,
    options: Unknown<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let filter = row_filter(options)?;
        let query = LedgerQuery::Rows(Ledger::clone(ledger), filter);
        Ok(External::new(query))
    })
}

fn row_filter(options: Unknown<'_>) -> Result<RowFilter, Failure> {
    let mut filter = RowFilter::new();
    for option in Argument::options(options)? {
        filter = match option.name() {
            "state" => filter.state(option.text()?.parse()?),
            "since" => filter.since_ms(option.integer()?),
            "account" => filter.account(option.text()?),
            _ => return Err(option.unknown()),
        };
    }
    Ok(filter)
}

/// The events that the options select.
#[napi]
pub(crate) fn ledger_events<'js>(
    env: &'js Env,
    ledger: &External<Ledger>,
    options: Unknown<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let filter = event_filter(options)?;
        let query = LedgerQuery::Events(Ledger::clone(ledger), filter);
        Ok(External::new(query))
    })
}

fn event_filter(options: Unknown<'_>) -> Result<EventFilter, Failure> {
    let mut filter = EventFilter::new();
    for option in Argument::options(options)? {
        // An order has the names of its fields here too.
        filter = match option.shown() {
            "operation" => filter.operation(option.text()?),
            "order_id" => filter.order_id(option.text()?),
            "account" => filter.account(option.text()?),
            "since" => filter.since_ms(option.integer()?),
            _ => return Err(option.unknown()),
        };
    }
    Ok(filter)
}

/// The number of a promise that is settled when the row is released.
#[napi]
pub(crate) fn ledger_release<'js>(
    env: &'js Env,
    queue: &External<Arc<CompletionQueue>>,
    ledger: &External<Ledger>,
    operation: Unknown<'js>,
    order_id: Unknown<'js>,
    reason: Unknown<'js>,
    options: Unknown<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let operation = Argument::new("operation", operation).text()?;
        let order_id = Argument::new("order_id", order_id).text()?;
        let reason = Argument::new("reason", reason).text()?;
        let account = account_option(options)?;
        let ledger = Ledger::clone(ledger);
        let release = move || ledger.release_in(account.as_deref(), &operation, &order_id, &reason);
        Ok(completion_queue::spawn_blocking(
            queue,
            release,
            |env, ()| Ok(().into_unknown(env)?),
        ))
    })
}

/// The SQL that makes the tables of a ledger in a schema.
#[napi]
pub(crate) fn ledger_schema_sql<'js>(
    env: &'js Env,
    schema: Unknown<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let schema = Argument::new("schema", schema).present()?;
        let schema = schema.map(|schema| schema.text()).transpose()?;
        let schema = schema.as_deref().unwrap_or(Ledger::DEFAULT_SCHEMA);
        Ok(env.create_string(Ledger::schema_sql(schema)?)?)
    })
}

/// The number of a promise for what the operator should know.
#[napi]
pub(crate) fn ledger_check<'js>(
    env: &'js Env,
    queue: &External<Arc<CompletionQueue>>,
    ledger: &External<Ledger>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let ledger = Ledger::clone(ledger);
        let check = move || ledger.check();
        Ok(completion_queue::spawn_blocking(
            queue,
            check,
            |env, warnings| Ok(warnings.into_unknown(env)?),
        ))
    })
}

/// The number of a promise for how many rows were added or changed.
#[napi]
pub(crate) fn ledger_import<'js>(
    env: &'js Env,
    queue: &External<Arc<CompletionQueue>>,
    ledger: &External<Ledger>,
    path: Unknown<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let path = Argument::new("path", path).text()?;
        let ledger = Ledger::clone(ledger);
        let import = move || ledger.import_from(path);
        Ok(completion_queue::spawn_blocking(
            queue,
            import,
            |env, rows| {
                let rows = i64::try_from(rows).unwrap_or(i64::MAX);
                Ok(output::integer_to_js(env, rows)?)
            },
        ))
    })
}

/// The number of a promise that is settled when the ledger is copied into the file.
#[napi]
pub(crate) fn ledger_backup<'js>(
    env: &'js Env,
    queue: &External<Arc<CompletionQueue>>,
    ledger: &External<Ledger>,
    path: Unknown<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let path = Argument::new("path", path).text()?;
        let ledger = Ledger::clone(ledger);
        let backup = move || ledger.backup(path);
        Ok(completion_queue::spawn_blocking(
            queue,
            backup,
            |env, ()| Ok(().into_unknown(env)?),
        ))
    })
}

/// The number of a promise that is settled when creates may be sent again.
#[napi]
pub(crate) fn ledger_resume<'js>(
    env: &'js Env,
    queue: &External<Arc<CompletionQueue>>,
    ledger: &External<Ledger>,
    reason: Unknown<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let reason = Argument::new("reason", reason).text()?;
        let ledger = Ledger::clone(ledger);
        let resume = move || ledger.resume(&reason);
        Ok(completion_queue::spawn_blocking(
            queue,
            resume,
            |env, ()| Ok(().into_unknown(env)?),
        ))
    })
}

/// The number of a promise for how a verified notification was noted: `new`, `seen`, `stale` or
/// `other`.
#[napi]
pub(crate) fn ledger_note<'js>(
    env: &'js Env,
    queue: &External<Arc<CompletionQueue>>,
    ledger: &External<Ledger>,
    event: Unknown<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let event = Argument::new("event", event);
        let Some(event) = event.handle::<Notification>()? else {
            return Err(event.refuse("type", "pass a Notification returned by verify"));
        };
        let ledger = Ledger::clone(ledger);
        let note = move || ledger.note(&event);
        Ok(completion_queue::spawn_blocking(
            queue,
            note,
            |env, result| Ok(result.as_str().into_unknown(env)?),
        ))
    })
}

/// The account in the options of a row.
fn account_option(options: Unknown<'_>) -> Result<Option<String>, Failure> {
    let mut account = None;
    for option in Argument::options(options)? {
        match option.name() {
            "account" => account = Some(option.text()?),
            _ => return Err(option.unknown()),
        }
    }
    Ok(account)
}

/// Moves the logs of all ledgers into their files, at the end of the program.
#[napi]
pub(crate) fn ledgers_checkpoint() {
    alikassa::binding::checkpoint_all();
}
