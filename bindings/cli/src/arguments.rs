//! The arguments of the command, as `--help` shows them.

#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use crate::configuration::Connection;
use crate::ledger::LedgerArguments;
use crate::notifications::NotificationsArguments;
use crate::payouts::Payouts;
use crate::reconcile::ReconcileArguments;

/// Checks a set-up, reads statuses, signs and verifies for the AliKassa merchant API
///
/// Settings are read from flags, then from the variables ALIKASSA_…, then from alikassa.toml.
#[derive(Parser)]
#[command(name = "alikassa", version, max_term_width = 100, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) connection: Connection,

    /// Print JSON, one value for a line
    #[arg(long, global = true)]
    pub(crate) json: bool,

    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "Examples:
  alikassa keys inspect cert/payout
  alikassa balance
  alikassa status --payout --order-id B-1
  alikassa history --from 2026-11-01 --to 2026-11-30 --csv > november.csv
  alikassa explain --body request.json --sign @sign.txt";

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Print the balance of the account
    Balance,
    /// Print the canonical JSON of a body: the bytes that are signed and sent
    #[command(after_help = "Example:
  alikassa canonical --body request.json")]
    Canonical(Body),
    /// Print the completions of a shell
    #[command(after_help = "Example:
  alikassa completions bash > ~/.local/share/bash-completion/completions/alikassa")]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Say what is wrong with the settings, with reads alone; exit 1 after warnings, 2 after failures
    #[command(after_help = "Examples:
  alikassa doctor
  alikassa doctor --account 93d5df06-996c-48c3-9847-348d6b580b80 --payout-cert cert/payout
  alikassa doctor --json")]
    Doctor,
    /// Say which key and digest a signature of another program has, or where its bytes differ
    #[command(after_help = "Examples:
  alikassa explain --body request.json --sign @sign.txt
  alikassa explain --body request.json --sign @sign.txt --key cert/other")]
    Explain(Explained),
    /// Print the payments of a period
    #[command(after_help = "Examples:
  alikassa history --from 2026-11-01 --to 2026-11-30
  alikassa history --from 2026-11-01 --csv > november.csv")]
    History(Period),
    /// Print what the account may do, and its methods
    Info,
    /// Look into certificate folders
    Keys(Keys),
    /// Look into a ledger; back up, check and release
    Ledger(LedgerArguments),
    /// Print the manual page
    Man,
    /// Check notifications of the provider
    Notifications(NotificationsArguments),
    /// Pay lists of payouts
    Payouts(Payouts),
    /// Ask the provider about the open orders of the ledger; exit 3 while an outcome is unknown
    #[command(after_help = "Examples:
  alikassa reconcile --ledger payouts.sqlite
  alikassa reconcile --watch 60 --csv report.csv")]
    Reconcile(ReconcileArguments),
    /// Start the sandbox, a stand-in for the provider, if it is installed
    #[command(
        disable_help_flag = true,
        after_help = "Example:
  alikassa sandbox --port 8080"
    )]
    Sandbox {
        /// The arguments of alikassa-sandbox
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Print the Sign header for the bytes of a body, as they are; with SHA-1 unless --digest says
    /// another
    #[command(after_help = "Example:
  alikassa sign --key cert/payout --body request.json > sign.txt")]
    Sign(Signed),
    /// Print the status of a payment or payout
    #[command(after_help = "Examples:
  alikassa status --payout 100000536
  alikassa status --payment --order-id A-1 --json")]
    Status(OrderArguments),
    /// Check the signature of a body; exit 1 if it is not of this key
    #[command(after_help = "Example:
  alikassa verify --key cert/payout --body request.json --sign @sign.txt")]
    Verify(Verified),
    /// Wait until the status of a payment or payout is final; exit 1 if it is not in time
    #[command(after_help = "Examples:
  alikassa wait --payout --order-id B-1
  alikassa wait --payment 112412553 --interval 10 --deadline 600")]
    Wait(Waited),
}

/// Bytes from a file or the standard input.
#[derive(Args)]
pub(crate) struct Body {
    /// The file of the body; - reads the standard input
    #[arg(long, default_value = "-", value_name = "FILE")]
    pub(crate) body: PathBuf,
}

#[derive(Args)]
pub(crate) struct Explained {
    #[command(flatten)]
    pub(crate) body: Body,

    /// The Sign header, or that of a file after @
    #[arg(long, value_name = "SIGN")]
    pub(crate) sign: String,

    /// Folders of keys that may have signed it, besides those of the settings
    #[arg(long, value_name = "FOLDER")]
    pub(crate) key: Vec<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Period {
    /// The first day, such as 2026-11-01
    #[arg(long, value_name = "DAY")]
    pub(crate) from: Option<String>,

    /// The last day
    #[arg(long, value_name = "DAY")]
    pub(crate) to: Option<String>,

    /// Print CSV with a line of names
    #[arg(long, conflicts_with = "json")]
    pub(crate) csv: bool,
}

#[derive(Args)]
pub(crate) struct Keys {
    #[command(subcommand)]
    pub(crate) command: KeysCommand,
}

#[derive(Subcommand)]
pub(crate) enum KeysCommand {
    /// Print what a certificate folder has: size of the key, pair, password, permissions
    #[command(after_help = "Example:
  alikassa keys inspect cert/payout")]
    Inspect {
        /// The folder with private.pem, password.txt and public.pem
        folder: PathBuf,
    },
}

#[derive(Args)]
pub(crate) struct Signed {
    #[command(flatten)]
    pub(crate) body: Body,

    /// The folder of the key
    #[arg(long, value_name = "FOLDER")]
    pub(crate) key: PathBuf,
}

#[derive(Args)]
pub(crate) struct Verified {
    #[command(flatten)]
    pub(crate) body: Body,

    /// The folder of the key; public.pem is enough
    #[arg(long, value_name = "FOLDER")]
    pub(crate) key: PathBuf,

    /// The Sign header, or that of a file after @
    #[arg(long, value_name = "SIGN")]
    pub(crate) sign: String,
}

#[derive(Args)]
#[command(group = clap::ArgGroup::new("resource").required(true).args(["payment", "payout"]))]
#[command(group = clap::ArgGroup::new("order").required(true).args(["id", "order_id"]))]
pub(crate) struct OrderArguments {
    /// It is a payment
    #[arg(long)]
    pub(crate) payment: bool,

    /// It is a payout
    #[arg(long)]
    pub(crate) payout: bool,

    /// AliKassa's id
    pub(crate) id: Option<String>,

    /// The merchant's id of the order
    #[arg(long)]
    pub(crate) order_id: Option<String>,
}

#[derive(Args)]
pub(crate) struct Waited {
    #[command(flatten)]
    pub(crate) order: OrderArguments,

    /// The pause between two requests, in seconds
    #[arg(long, default_value_t = 5.0, value_name = "SECONDS")]
    pub(crate) interval: f64,
}
