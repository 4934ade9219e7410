//! `alikassa-sandbox`: serves until it is stopped.

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

/// A stand-in for the provider on 127.0.0.1, with temporary keys and certificates
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Port for plain HTTP; 0 selects a free port
    #[arg(long, default_value_t = 0)]
    port: u16,

    /// Port for HTTPS; 0 selects a free port
    #[arg(long, default_value_t = 0)]
    tls_port: u16,

    /// Serve other machines too, under this name
    #[arg(long)]
    host: Option<String>,

    /// Digests a signature may have
    #[arg(long, value_enum, default_value_t)]
    digest: DigestPolicy,

    /// Response to a create with a repeated `order_id`
    #[arg(long, value_enum, default_value_t)]
    duplicates: Duplicates,

    /// The account's initial balance, instead of 93.84
    #[arg(long)]
    balance: Option<Money>,

    /// Final status of payments and payouts
    #[arg(long, value_enum, default_value_t = FinalStatus::Paid)]
    settle: FinalStatus,

    /// Milliseconds from a create to its final status
    #[arg(long, default_value_t = 1000)]
    settle_after_ms: u64,

    /// Print one line of JSON instead of shell exports
    #[arg(long)]
    json: bool,

    /// Stop at the end of standard input, so that the sandbox does not outlive its parent
    #[arg(long)]
    until_eof: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum FinalStatus {
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
    // Installed first, so that a signal at any later time still removes the folder.
    let (stop, stopped) = mpsc::channel();
    if arguments.until_eof {
        let stop = stop.clone();
        thread::spawn(move || {
            _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
            stop.send(())
        });
    }
    ctrlc::set_handler(move || _ = stop.send(()))?;

    let sandbox = Sandbox::start(Options {
        port: arguments.port,
        tls_port: arguments.tls_port,
        host: arguments.host.clone(),
        digest: arguments.digest,
        duplicates: arguments.duplicates,
        balance: arguments.balance,
        rules: arguments.rules(),
        ..Options::default()
    })?;
    print_ready(&sandbox, arguments.json)?;
    Ok(stopped.recv()?)
}

impl Arguments {
    fn rules(&self) -> Vec<Rule> {
        let status = match self.settle {
            FinalStatus::Paid => Status::Paid,
            FinalStatus::Cancel => Status::Cancel,
            FinalStatus::Fail => Status::Fail,
            FinalStatus::Never => return Vec::new(),
        };
        let time = Duration::from_millis(self.settle_after_ms);
        vec![Rule::new(status).after(time)]
    }
}

fn print_ready(sandbox: &Sandbox, json: bool) -> Result<(), Box<dyn Error>> {
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
    version: &'a str,
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
        version: env!("CARGO_PKG_VERSION"),
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
