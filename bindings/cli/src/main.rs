//! `alikassa`: the operator's command for the AliKassa merchant API.

mod arguments;
mod canonical;
mod completions;
mod configuration;
mod csv_cell;
mod doctor;
mod explain;
mod failure;
mod history;
mod input;
mod json;
mod keys;
mod ledger;
mod notifications;
mod orders;
mod output;
mod page;
mod payouts;
mod reconcile;
mod sandbox;
mod totals;

use std::process::ExitCode;

use arguments::{Arguments, Command};
use clap::Parser;
use failure::Failure;
use output::Output;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let output = Output::new(arguments.json);
    match run(&arguments, &output) {
        Ok(code) => code,
        Err(failure) => failure.report(&output),
    }
}

fn run(arguments: &Arguments, output: &Output) -> Result<ExitCode, Failure> {
    let client = || configuration::client(&arguments.connection);
    match &arguments.command {
        Command::Balance => orders::balance(&client()?, output)?,
        Command::Canonical(body) => canonical::print(body, output)?,
        Command::Completions { shell } => completions::completions(*shell)?,
        Command::Doctor => return Ok(doctor::run(&arguments.connection, output)),
        Command::Explain(request) => {
            return explain::explain(request, &arguments.connection, output);
        }
        Command::History(request) => history::print(&client()?, request, output)?,
        Command::Info => orders::info(&client()?, output)?,
        Command::Keys(keys) => keys::run(keys, output)?,
        Command::Ledger(request) => ledger::run(request, &arguments.connection, output)?,
        Command::Man => completions::manual()?,
        Command::Notifications(request) => {
            notifications::run(request, &arguments.connection, output)?;
        }
        Command::Payouts(payouts) => return payouts::run(payouts, &arguments.connection, output),
        Command::Reconcile(request) => return reconcile::run(request, &client()?, output),
        Command::Sandbox { arguments } => return sandbox::run(arguments, output),
        Command::Sign(request) => keys::sign(request, &arguments.connection, output)?,
        Command::Status(order) => orders::status(&client()?, order, output)?,
        Command::Verify(request) => return keys::verify(request, output),
        Command::Wait(request) => return orders::wait(&client()?, request, output),
    }
    Ok(ExitCode::SUCCESS)
}
