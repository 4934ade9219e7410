//! Looking into a ledger, and what an operator does with it.

use std::path::PathBuf;

use alikassa::binding::OptionValue;
use alikassa::{EventFilter, Ledger, LedgerRow, LedgerState, RowFilter, Value};
use clap::{Args, Subcommand};

use crate::configuration::{self, Connection};
use crate::csv_cell::cell;
use crate::failure::Failure;
use crate::json;
use crate::output::{self, Output};

#[derive(Args)]
pub(crate) struct LedgerArguments {
    #[command(subcommand)]
    command: LedgerCommand,
}

#[derive(Subcommand)]
enum LedgerCommand {
    /// Copy a ledger's file while it is in use; creates are refused on the copy until resume
    #[command(after_help = "Example:
  alikassa ledger backup copy.sqlite --ledger payouts.sqlite")]
    Backup {
        /// The new file
        path: PathBuf,
    },
    /// Say what is wrong with the ledger; print nothing if it can be used
    Check,
    /// Print what happened to an order, the oldest first
    #[command(after_help = "Example:
  alikassa ledger events B-1")]
    Events {
        /// The merchant's id of the order; all orders without it
        order_id: Option<String>,
    },
    /// Print every row as CSV
    Export,
    /// Print the rows, the oldest change first
    #[command(after_help = "Examples:
  alikassa ledger list --open
  alikassa ledger list --state unknown --json")]
    List {
        /// Only orders whose outcome or status is not final
        #[arg(long)]
        open: bool,

        /// Only rows in this state, such as unknown
        #[arg(long, conflicts_with = "open", value_parser = parse_state)]
        state: Option<LedgerState>,
    },
    /// Let an order be sent again, after the provider confirmed that it does not exist
    #[command(after_help = "Example:
  alikassa ledger release B-1 --reason ticket-17")]
    Release {
        #[command(flatten)]
        order: Row,

        /// Why, for the record
        #[arg(long)]
        reason: String,
    },
    /// Print the row of an order
    #[command(after_help = "Example:
  alikassa ledger show B-1")]
    Show(Row),
    /// Print the statements that make the tables of a ledger in PostgreSQL
    #[command(after_help = "Example:
  alikassa ledger sql payouts > ledger.sql")]
    Sql {
        /// The schema
        #[arg(default_value = "public")]
        schema: String,
    },
}

#[derive(Args)]
struct Row {
    /// The merchant's id of the order
    order_id: String,

    /// The operation, or the path of a raw request
    #[arg(long, default_value = "payouts.create")]
    operation: String,
}

pub(crate) fn parse_state(word: &str) -> Result<LedgerState, String> {
    let mut states = LedgerState::ALL.into_iter();
    let found = states.find(|state| state.as_str() == word);
    found.ok_or_else(|| {
        let words = LedgerState::ALL.map(LedgerState::as_str);
        format!("pass one of {}", words.join(", "))
    })
}

pub(crate) fn run(
    arguments: &LedgerArguments,
    connection: &Connection,
    output: &Output,
) -> Result<(), Failure> {
    if let LedgerCommand::Sql { schema } = &arguments.command {
        output::line(Ledger::schema_sql(schema)?.trim_end());
        return Ok(());
    }
    let ledger = open(connection)?;
    match &arguments.command {
        LedgerCommand::Backup { path } => ledger.backup(path)?,
        LedgerCommand::Check => check(&ledger)?,
        LedgerCommand::Events { order_id } => events(&ledger, order_id.as_deref(), output)?,
        LedgerCommand::Export => export(&ledger)?,
        LedgerCommand::List { open: true, .. } => list(ledger.open(), output)?,
        LedgerCommand::List { state, .. } => {
            let filter = state.map_or(RowFilter::new(), |state| RowFilter::new().state(state));
            list(ledger.rows(filter), output)?;
        }
        LedgerCommand::Release { order, reason } => {
            ledger.release(&order.operation, &order.order_id, reason)?;
        }
        LedgerCommand::Show(order) => show(&ledger, order, output)?,
        LedgerCommand::Sql { .. } => {}
    }
    Ok(())
}

/// The ledger of the settings.
pub(crate) fn open(connection: &Connection) -> Result<Ledger, Failure> {
    let settings = configuration::settings(connection)?;
    let name = settings.into_iter().find_map(|setting| match setting {
        ("ledger", OptionValue::Text(name)) => Some(name),
        _ => None,
    });
    let name =
        name.ok_or_else(|| Failure::usage("ledger: pass --ledger, or set ALIKASSA_LEDGER"))?;
    Ok(Ledger::named(name)?)
}

fn check(ledger: &Ledger) -> Result<(), Failure> {
    let problems = ledger.check()?;
    if problems.is_empty() {
        return Ok(());
    }
    Err(Failure::usage(problems.join("\n")))
}

fn list(
    rows: impl Iterator<Item = alikassa::Result<LedgerRow>>,
    output: &Output,
) -> Result<(), Failure> {
    for row in rows {
        print(&row?, output);
    }
    Ok(())
}

fn show(ledger: &Ledger, order: &Row, output: &Output) -> Result<(), Failure> {
    let row = ledger.get(&order.operation, &order.order_id)?;
    let row = row.ok_or_else(|| Failure::usage("the ledger does not have this order"))?;
    if output.is_json() {
        output::json(&fields(row.fields()));
        return Ok(());
    }
    let members = row
        .fields()
        .into_iter()
        .map(|(name, value)| (name, text(&value)));
    output::pairs(
        &members
            .filter(|(_, text)| !text.is_empty())
            .collect::<Vec<_>>(),
    );
    Ok(())
}

fn events(ledger: &Ledger, order_id: Option<&str>, output: &Output) -> Result<(), Failure> {
    let filter = order_id.map_or(EventFilter::new(), |order_id| {
        EventFilter::new().order_id(order_id)
    });
    for event in ledger.events(filter) {
        let event = event?;
        if output.is_json() {
            output::json(&fields(event.fields()));
            continue;
        }
        let from = event.from_state.map_or("-", LedgerState::as_str);
        output::line(&format!(
            "{}  {}  {} {}  {from} -> {}  {}  {}",
            event.time_ms,
            event.operation,
            event.order_id,
            event.attempt,
            event.to_state,
            event.source,
            output::one_line(&event.reason.unwrap_or_default())
        ));
    }
    Ok(())
}

/// Every row as CSV, with a line of names.
fn export(ledger: &Ledger) -> Result<(), Failure> {
    let failed = |error: csv::Error| Failure::file("standard output", &error.into());
    let mut table = csv::Writer::from_writer(std::io::stdout());
    let mut is_first = true;
    for row in ledger.rows(RowFilter::new()) {
        let members = row?.fields();
        if std::mem::take(&mut is_first) {
            let names = members.iter().map(|(name, _)| name);
            table.write_record(names).map_err(failed)?;
        }
        let cells = members.iter().map(|(_, value)| cell(&text(value)));
        table.write_record(cells).map_err(failed)?;
    }
    Ok(())
}

/// A row on one line: what an operator looks for, aligned where it can be.
pub(crate) fn print(row: &LedgerRow, output: &Output) {
    if output.is_json() {
        return output::json(&fields(row.fields()));
    }
    let amount = row.amount.as_ref().map_or("-", |amount| amount.as_str());
    let id = row.id.map_or_else(|| "-".to_owned(), |id| id.to_string());
    output::line(&format!(
        "{:15}  {}  {:9} {:7}  {amount}  {id}",
        row.operation,
        row.order_id,
        row.state.as_str(),
        row.payment_status.as_deref().unwrap_or("-"),
    ));
}

pub(crate) fn fields(members: Vec<(&'static str, Value)>) -> serde_json::Value {
    let members = members.into_iter();
    let members = members.map(|(name, member)| (name.to_owned(), json::value(&member)));
    json::object(members.collect())
}

/// The text of a value of a row.
pub(crate) fn text(value: &Value) -> String {
    match json::value(value) {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => output::one_line(&text),
        other => other.to_string(),
    }
}
