//! Paying a list of payouts. The list is checked, the plan is shown, and each row is sent at most
//! once: the ledger refuses a second create, also after this program was killed.

mod arguments;
mod book;
mod calls;
mod columns;
mod confirm;
mod csv_line;
mod execution;
mod list;
pub(crate) mod money;
mod outcome;
mod page;
mod plan;
mod problems;
mod progress;
mod record;
mod results;
mod stop;
mod summary;

use std::process::ExitCode;

pub(crate) use self::arguments::Payouts;
use self::arguments::PayoutsCommand;
use self::book::Book;
use self::execution::Execution;
use self::list::List;
use self::plan::{Plan, Step};
use self::results::Earlier;
use crate::configuration::{self, Connection};
use crate::failure::Failure;
use crate::output::Output;
use crate::page::Page;

pub(crate) fn run(
    payouts: &Payouts,
    connection: &Connection,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let PayoutsCommand::Run(run) = &payouts.command;
    let path = results::path(&run.list)?;
    if let Some(page) = &run.html {
        Page::check(page)?;
    }
    let list = List::open(run)?;
    let client = configuration::client(connection)?;
    let book = Book::of(&client, connection)?;
    let earlier = Earlier::read(&path).map_err(|error| Failure::file(path.display(), &error))?;
    let plan = Plan::make(run, &list.payouts, &book, &earlier)?;
    plan.show(&book, output);
    if run.dry_run {
        return Ok(ExitCode::SUCCESS);
    }
    let to_send = plan.count(Step::Send);
    if to_send > 0 && !run.yes {
        confirm::ask(to_send, plan.total)?;
    }
    let execution = Execution {
        run,
        client: &client,
        book: &book,
        plan: &plan,
        path: &path,
        output,
    };
    execution.run(&earlier)
}
