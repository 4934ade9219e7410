//! `alikassa-sandbox`: serves until it is told to end.

use std::error::Error;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use alikassa_sandbox::{DigestPolicy, Duplicates, Money, Options, Rule, Sandbox, Status};
use clap::{Parser, ValueEnum};
use serde::Serialize;

/// The provider's stand-in on 127.0.0.1, with throw-away keys and certificates.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Port for plain HTTP; 0 lets the system choose
    #[arg(long, default_value_t = 0)]
    port: u16,

    /// Port for HTTPS; 0 lets the system choose
    #[arg(long, default_value_t = 0)]
    tls_port: u16,

    /// Digests a signature may have
    #[arg(long, value_enum, default_value_t)]
    digest: DigestPolicy,

    /// What a second create with the same `order_id` gets
    #[arg(long, value_enum, default_value_t)]
    duplicates: Duplicates,

    /// The account's balance at the start, instead of 93.84
    #[arg(long)]
    balance: Option<Money>,

    /// How payments and payouts end
    #[arg(long, value_enum, default_value_t = Ending::Paid)]
    settle: Ending,

    /// Milliseconds from a create to that end
    #[arg(long, default_value_t = 1000)]
    settle_after_ms: u64,

    /// Print one line of JSON instead of the environment to paste
    #[arg(long)]
    json: bool,

    /// End when standard input does: nothing outlives the program that holds its other end
    #[arg(long)]
    until_eof: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Ending {
    Paid,
    Cancel,
    Fail,
    Never,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("alikassa-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    // Before anything is made: a signal at any later moment still removes the folder.
    let (end, ended) = mpsc::channel();
    if arguments.until_eof {
        let end = end.clone();
        thread::spawn(move || {
            _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
            end.send(())
        });
    }
    ctrlc::set_handler(move || _ = end.send(()))?;

    let sandbox = Sandbox::start(Options {
        port: arguments.port,
        tls_port: arguments.tls_port,
        digest: arguments.digest,
        duplicates: arguments.duplicates,
        balance: arguments.balance,
        rules: arguments.rules(),
        ..Options::default()
    })?;
    announce(&sandbox, arguments.json)?;
    Ok(ended.recv()?)
}

impl Arguments {
    fn rules(&self) -> Vec<Rule> {
        let status = match self.settle {
            Ending::Paid => Status::Paid,
            Ending::Cancel => Status::Cancel,
            Ending::Fail => Status::Fail,
            Ending::Never => return Vec::new(),
        };
        let time = Duration::from_millis(self.settle_after_ms);
        vec![Rule::new(status).after(time)]
    }
}

fn announce(sandbox: &Sandbox, json: bool) -> Result<(), Box<dyn Error>> {
    let text = if json {
        as_json(sandbox)?
    } else {
        as_environment(sandbox)
    };
    let mut output = io::stdout().lock();
    writeln!(output, "{text}")?;
    Ok(output.flush()?)
}

#[derive(Serialize)]
struct Ready<'a> {
    url: &'a str,
    tls_url: &'a str,
    ca_file: PathBuf,
    account: &'a str,
    payment_cert: &'a Path,
    payout_cert: &'a Path,
    notification_cert: &'a Path,
    notification_private_cert: &'a Path,
}

fn as_json(sandbox: &Sandbox) -> serde_json::Result<String> {
    serde_json::to_string(&Ready {
        url: sandbox.url(),
        tls_url: sandbox.tls_url(),
        ca_file: sandbox.ca_file(),
        account: sandbox.account(),
        payment_cert: sandbox.payment_cert(),
        payout_cert: sandbox.payout_cert(),
        notification_cert: sandbox.notification_cert(),
        notification_private_cert: sandbox.notification_private_cert(),
    })
}

fn as_environment(sandbox: &Sandbox) -> String {
    let path = |path: &Path| path.display().to_string();
    let variables = [
        ("ALIKASSA_ACCOUNT", sandbox.account().to_owned()),
        ("ALIKASSA_PAYMENT_CERT", path(sandbox.payment_cert())),
        ("ALIKASSA_PAYOUT_CERT", path(sandbox.payout_cert())),
        (
            "ALIKASSA_NOTIFICATION_CERT",
            path(sandbox.notification_cert()),
        ),
        ("ALIKASSA_BASE_URL", sandbox.tls_url().to_owned()),
        ("ALIKASSA_CA_FILE", path(&sandbox.ca_file())),
    ];
    let exports = variables.map(|(name, value)| format!("export {name}={}", quoted(&value)));
    exports.join("\n")
}

fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}
