//! What is wrong with a set-up, found with reads alone. Each step prints one line.

mod addresses;
mod certificates;
mod clock;
mod finding;
mod ledger;
mod notification;
mod reads;
mod route;
mod settings;
mod tls;

use std::net::SocketAddr;
use std::process::ExitCode;

use alikassa::binding::Server;
use alikassa::{Cert, Client, ClientBuilder};

use crate::configuration::Connection;
use crate::output::Output;
use certificates::Certificate;
use finding::{Finding, Report};
use settings::Settings;

/// A name, the settings without which it cannot run, and what it does.
type Step = (
    &'static str,
    &'static [&'static str],
    fn(&mut Context) -> Finding,
);

/// The steps after the settings. Each uses what those above it left in the context.
const STEPS: &[Step] = &[
    ("account", &["account"], account),
    ("payment_key", &["payment_cert"], |context| {
        certificates::key(context, Cert::Payment)
    }),
    ("payment_pair", &["payment_cert"], |context| {
        certificates::pair(context, Cert::Payment)
    }),
    ("payment_permissions", &["payment_cert"], |context| {
        certificates::permissions(context, Cert::Payment)
    }),
    ("payout_key", &["payout_cert"], |context| {
        certificates::key(context, Cert::Payout)
    }),
    ("payout_pair", &["payout_cert"], |context| {
        certificates::pair(context, Cert::Payout)
    }),
    ("payout_permissions", &["payout_cert"], |context| {
        certificates::permissions(context, Cert::Payout)
    }),
    ("different_keys", &[], certificates::different),
    (
        "notification_key",
        &["notification_cert"],
        notification::key,
    ),
    ("base_url", &["base_url"], route::base_url),
    ("roots", &["roots", "ca_file"], tls::roots),
    ("proxy", &["proxy"], route::proxy),
    ("addresses", &[], addresses::addresses),
    ("tcp", &[], addresses::tcp),
    ("tls", &[], tls::tls),
    ("payment_read", &[], |context| {
        reads::accepted(context, Cert::Payment)
    }),
    ("payout_read", &[], |context| {
        reads::accepted(context, Cert::Payout)
    }),
    ("clock", &[], clock::clock),
    ("digest", &[], reads::digest),
    ("balance", &[], reads::balance),
    ("ledger", &["ledger"], ledger::ledger),
];

/// What the steps have found out.
struct Context {
    settings: Settings,
    /// An account that a client accepts.
    account: Option<String>,
    payment: Certificate,
    payout: Certificate,
    /// The provider's server.
    target: Option<Server>,
    /// The server that is connected to first: the proxy, or the provider's.
    first: Option<Server>,
    /// The addresses of that server, if one of them accepts connections.
    addresses: Vec<SocketAddr>,
    /// The client to read with, as long as no step of its connection failed.
    client: Option<ClientBuilder>,
    /// How far this machine's clock is ahead of the server's, by the last response.
    seconds_ahead: Option<i64>,
}

impl Context {
    fn new(mut settings: Settings) -> Self {
        let mut certificate = |name| Certificate::new(settings.take(name));
        Self {
            payment: certificate("payment_cert"),
            payout: certificate("payout_cert"),
            settings,
            account: None,
            target: None,
            first: None,
            addresses: Vec::new(),
            client: None,
            seconds_ahead: None,
        }
    }

    fn certificate(&mut self, cert: Cert) -> &mut Certificate {
        match cert {
            Cert::Payment => &mut self.payment,
            Cert::Payout => &mut self.payout,
        }
    }
}

/// Runs all steps. The exit code is 2 after a failure, 1 after a warning.
pub(crate) fn run(connection: &Connection, output: &Output) -> ExitCode {
    let mut report = Report::new(output);
    let version = format!("alikassa {}", env!("CARGO_PKG_VERSION"));
    report.add("version", &Finding::ok(version));
    let settings = Settings::read(connection);
    report.add("settings", &settings.finding());
    let mut context = Context::new(settings);
    for (name, needed, step) in STEPS {
        let doubt = needed.iter().find_map(|name| context.settings.doubt(name));
        let finding = match doubt {
            Some(doubt) => {
                // Without its proxy, a client would connect to the wrong server.
                context.client = None;
                Finding::skipped(doubt)
            }
            None => step(&mut context),
        };
        report.add(name, &finding);
    }
    report.exit_code()
}

fn account(context: &mut Context) -> Finding {
    let Some(account) = context.settings.text("account") else {
        return Finding::failed("not set", "pass --account, or set ALIKASSA_ACCOUNT");
    };
    let advice = "copy the account's UUID from the provider's cabinet";
    let checked = Client::builder(account).proxy("none").build();
    // It is not printed before it is known to be an account: it could be a secret.
    let finding = match &checked {
        Err(error) => return Finding::failed(error.message(), advice),
        Ok(client) if client.take_notices().is_empty() => Finding::ok(account),
        Ok(_) => Finding::warning("it is not a UUID", advice),
    };
    context.account = Some(account.to_owned());
    finding
}
