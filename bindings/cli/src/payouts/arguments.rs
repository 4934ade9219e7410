//! The arguments of `payouts`, as `--help` shows them.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::money::Cents;

#[derive(Args)]
pub(crate) struct Payouts {
    #[command(subcommand)]
    pub(crate) command: PayoutsCommand,
}

#[derive(Subcommand)]
pub(crate) enum PayoutsCommand {
    /// Pay a list of payouts: each row is sent at most once
    #[command(after_help = AFTER_HELP)]
    Run(PaidList),
}

#[derive(Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub(crate) struct PaidList {
    /// The list, a CSV file in UTF-8 with a line of names; its name ends with .csv
    #[arg(value_name = "FILE.csv")]
    pub(crate) list: PathBuf,

    /// Refuse the list if the sum of its amounts is above this
    #[arg(long, value_name = "AMOUNT")]
    pub(crate) max_total: Option<Cents>,

    /// Refuse the list if one of its amounts is above this
    #[arg(long, value_name = "AMOUNT")]
    pub(crate) max_amount: Option<Cents>,

    /// How many payouts are in flight at the same time
    #[arg(long, default_value_t = 1, value_name = "N",
        value_parser = clap::value_parser!(u8).range(1..=64))]
    pub(crate) concurrency: u8,

    /// Write a page with totals, a timeline and a table of the list to this file too
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    pub(crate) html: Option<PathBuf>,

    /// Show the plan, and send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Send without a question
    #[arg(long)]
    pub(crate) yes: bool,

    /// Continue after a row that is unknown or could not be sent
    #[arg(long)]
    pub(crate) go_on: bool,

    /// Send rows again that the provider rejected
    #[arg(long)]
    pub(crate) retry_rejected: bool,

    /// Accept rows that were sent with another payout key: they are not sent again, and only their
    /// amount and service are compared
    #[arg(long)]
    pub(crate) allow_other_key: bool,
}

const AFTER_HELP: &str = "Examples:
  alikassa payouts run list.csv --ledger payouts.sqlite --dry-run
  alikassa payouts run list.csv --ledger payouts.sqlite --max-total 50000 --yes

The columns are the fields of a payout: amount, number, order_id and \
service, and those of the optional fields that the list needs, such as customer_code or \
extra.card_holder. An empty cell counts as absent, and an empty line is ignored. Columns are \
separated by commas; each payout is one line.

A ledger is required. A row that it has as accepted is not sent again. Of one that is sending or \
unknown the status is read, and the run ends if that is not found. Start the same command again \
after any end: it continues. Accepted does not mean paid; the payment_status says that.

After a change of the payout key the ledger cannot compare the fields of the rows that were sent \
with the old one, and the list is refused. If it is still the list that was started, continue it \
with --allow-other-key: accepted rows are left, the status of open ones is read, and none of them \
is sent again.

FILE.results.csv has the result of each row that was sent, once, and is written while it runs. \
If a run was killed, the last line of an order counts.

Exit code: 0 if every row is accepted, 1 if some are rejected or left, 2 if nothing was sent, 3 if \
the result of a row is unknown.";
