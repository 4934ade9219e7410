//! `alikassa-sandbox`: serves until it is told to end.

use std::error::Error;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc;

use alikassa_sandbox::{DigestPolicy, Options, Sandbox};
use clap::Parser;
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

    /// Print one line of JSON instead of the environment to paste
    #[arg(long)]
    json: bool,
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
    ctrlc::set_handler(move || _ = end.send(()))?;

    let sandbox = Sandbox::start(Options {
        port: arguments.port,
        tls_port: arguments.tls_port,
        digest: arguments.digest,
        ..Options::default()
    })?;
    announce(&sandbox, arguments.json)?;
    Ok(ended.recv()?)
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
