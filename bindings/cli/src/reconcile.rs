//! Asking the provider about the open orders of a ledger.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use alikassa::{Amount, BatchOptions, Client, Ledger, LedgerRow, LedgerState, Reconciled};
use clap::Args;
use serde_json::json;

use crate::csv_cell::cell;
use crate::failure::{FAILED, Failure, UNKNOWN};
use crate::json;
use crate::ledger;
use crate::output::{self, Output};
use crate::page::{Page, ShownOrder};
use crate::payouts::money::Cents;
use crate::totals::{Total, Totals};

#[derive(Args)]
pub(crate) struct ReconcileArguments {
    /// Reconcile again after so many seconds, until the program is stopped
    #[arg(long, value_name = "SECONDS")]
    watch: Option<u64>,

    /// Write a table of the orders to this file too
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,

    /// Write a page with totals, a timeline and a table of the orders to this file too
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,

    /// How many statuses are requested at a time
    #[arg(long, default_value_t = 16, value_name = "NUMBER")]
    concurrency: usize,
}

/// The exit code says whether the outcome of an order is still unknown.
pub(crate) fn run(
    arguments: &ReconcileArguments,
    client: &Client,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let ledger = client.ledger();
    let ledger =
        ledger.ok_or_else(|| Failure::usage("ledger: pass --ledger, or set ALIKASSA_LEDGER"))?;
    if let Some(path) = &arguments.html {
        Page::check(path)?;
    }
    loop {
        let mut report = Report::default();
        let options = BatchOptions::default().concurrency(arguments.concurrency);
        for reconciled in client.iter_reconcile(options)? {
            match reconciled {
                Ok(reconciled) => {
                    print(&reconciled, output);
                    report.add(reconciled);
                }
                // The rows that were settled before it are reported all the same.
                Err(error) => {
                    report
                        .notes
                        .push(format!("The reconciliation ended: {error}"));
                    Failure::from(error).report(output);
                    report.has_failed = true;
                }
            }
        }
        let code = report.finish(ledger, output)?;
        if let Some(path) = &arguments.csv {
            report.write(path)?;
        }
        if let Some(path) = &arguments.html {
            report.write_page(path)?;
        }
        let Some(seconds) = arguments.watch else {
            return Ok(code);
        };
        std::thread::sleep(Duration::from_secs(seconds));
    }
}

fn print(reconciled: &Reconciled, output: &Output) {
    if output.is_json() {
        output::json(&json!({
            "row": ledger::fields(reconciled.row.fields()),
            "other_id": reconciled.other_id,
            "error": reconciled.error.as_ref().map(json::error_members),
        }));
        return;
    }
    ledger::print(&reconciled.row, output);
    for problem in problems(reconciled) {
        output::line(&format!("    {problem}"));
    }
}

/// What an operator has to look into.
fn problems(reconciled: &Reconciled) -> Vec<String> {
    let other = reconciled
        .other_id
        .map(|id| format!("the provider has another payment or payout, {id}, with this order_id"));
    let error = reconciled.error.as_ref();
    let error = error.map(|error| output::one_line(&error.to_string()));
    other.into_iter().chain(error).collect()
}

/// The orders of one reconciliation.
#[derive(Default)]
struct Report {
    reconciled: Vec<Reconciled>,
    /// By status, or state where there is none.
    totals: Totals,
    /// What the page says before its totals.
    notes: Vec<String>,
    has_failed: bool,
}

impl Report {
    fn add(&mut self, reconciled: Reconciled) {
        self.has_failed |= reconciled.error.is_some();
        let row = &reconciled.row;
        let status = row.payment_status.as_deref();
        let name = status.unwrap_or(row.state.as_str());
        self.totals.add(name, cents(row));
        self.reconciled.push(reconciled);
    }

    /// Prints the totals. An order whose outcome is unknown is counted in the ledger: another process
    /// may have added it meanwhile.
    fn finish(&mut self, ledger: &Ledger, output: &Output) -> Result<ExitCode, Failure> {
        let mut open = 0;
        let mut unknown = 0;
        for row in ledger.open() {
            open += 1;
            let state = row?.state;
            unknown += usize::from(matches!(state, LedgerState::Sending | LedgerState::Unknown));
        }
        let totals = self.totals.iter();
        let still_open = format!("open: {open}, of which the outcome of {unknown} is unknown");
        if output.is_json() {
            let totals = totals.map(|(name, Total { count, sum })| {
                let total = json!({ "count": count, "amount": sum.to_string() });
                (name.to_owned(), total)
            });
            let totals = json::object(totals.collect());
            output::json(&json!({ "totals": totals, "open": open, "unknown": unknown }));
        } else {
            for (name, Total { count, sum }) in totals {
                output::line(&format!("{name}: {count}, {sum} in total"));
            }
            output::line(&still_open);
        }
        self.notes.push(still_open);
        Ok(match (unknown, self.has_failed) {
            (1.., _) => ExitCode::from(UNKNOWN),
            (0, true) => ExitCode::from(FAILED),
            (0, false) => ExitCode::SUCCESS,
        })
    }

    fn write(&self, path: &Path) -> Result<(), Failure> {
        let failed = |error: csv::Error| Failure::file(path.display(), &error.into());
        let mut table = csv::Writer::from_path(path).map_err(failed)?;
        let names = [
            "order_id",
            "operation",
            "state",
            "payment_status",
            "amount",
            "id",
            "problem",
        ];
        table.write_record(names).map_err(failed)?;
        for reconciled in &self.reconciled {
            let row = &reconciled.row;
            let cells = [
                row.order_id.clone(),
                row.operation.clone(),
                row.state.as_str().to_owned(),
                row.payment_status.clone().unwrap_or_default(),
                row.amount
                    .as_ref()
                    .map_or("", |amount| amount.as_str())
                    .to_owned(),
                row.id.map(|id| id.to_string()).unwrap_or_default(),
                problems(reconciled).join("; "),
            ];
            table
                .write_record(cells.iter().map(|text| cell(text)))
                .map_err(failed)?;
        }
        table
            .flush()
            .map_err(|error| Failure::file(path.display(), &error))
    }

    fn write_page(&self, path: &Path) -> Result<(), Failure> {
        let orders: Vec<ShownOrder> = self.reconciled.iter().map(order).collect();
        Page::new("Reconciliation", &self.notes, &orders, &self.totals).write(path)
    }
}

fn order(reconciled: &Reconciled) -> ShownOrder {
    let row = &reconciled.row;
    ShownOrder {
        order_id: row.order_id.clone(),
        operation: row.operation.clone(),
        amount: row
            .amount
            .as_ref()
            .map(Amount::to_string)
            .unwrap_or_default(),
        state: row.state.as_str(),
        payment_status: row.payment_status.clone().unwrap_or_default(),
        id: row.id,
        created_ms: Some(row.created_ms),
        problem: problems(reconciled).join("; "),
    }
}

/// The amount of a row; nothing if it has none that a payout could have.
fn cents(row: &LedgerRow) -> Cents {
    let amount = row.amount.as_ref().map(Amount::as_str);
    amount
        .and_then(|amount| amount.parse().ok())
        .unwrap_or_default()
}
