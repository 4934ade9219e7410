//! A running sandbox and the resources that scenarios refer to by name: key folders that do not
//! load, ports without a listener.

use std::cell::Cell;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;

use alikassa_sandbox::{BadTls, DigestPolicy, LogEntry, Notify, Options, Sandbox};
use serde_json::{Map, Value, json};
use socket2::{Domain, Socket, Type};
use tempfile::TempDir;

use crate::Result;
use crate::secrets::Secrets;
use crate::store::{SharedLedger, Store};

/// The placeholder for the scenario's ledger in the data.
const LEDGER: &str = "{ledger}";

pub(crate) struct Fixture {
    sandbox: Sandbox,
    control: ureq::Agent,
    /// Placeholders in the data, `{name}`, with their values in this run.
    placeholders: Vec<(&'static str, String)>,
    /// How many times the fixture was reset: each scenario gets its own ledger.
    resets: Cell<usize>,
    shared_ledger: Option<SharedLedger>,
    folder: TempDir,
    /// Accepts connections and sends nothing.
    _silent: TcpListener,
    _closed: Socket,
}

impl Fixture {
    pub(crate) fn start(bad_tls: Option<BadTls>) -> Result<Self> {
        Self::with_store(bad_tls, &Store::Files)
    }

    /// A sandbox, and ledgers in this store.
    pub(crate) fn with_store(bad_tls: Option<BadTls>, store: &Store) -> Result<Self> {
        let sandbox = Sandbox::start(Options {
            bad_tls,
            ..Options::default()
        })?;
        let folder = tempfile::tempdir()?;
        let wrong_password = folder.path().join("wrong_password");
        fs::create_dir(&wrong_password)?;
        fs::copy(
            sandbox.payout_cert().join("private.pem"),
            wrong_password.join("private.pem"),
        )?;
        fs::write(wrong_password.join("password.txt"), "another password")?;

        let silent = TcpListener::bind("127.0.0.1:0")?;
        let (closed, closed_url) = closed_port()?;
        let silent_address = silent.local_addr()?;

        let text = |path: PathBuf| path.to_string_lossy().into_owned();
        let placeholders = vec![
            ("{url}", sandbox.url().to_owned()),
            (
                "{localhost}",
                sandbox.url().replace("127.0.0.1", "localhost"),
            ),
            ("{tls_url}", sandbox.tls_url().to_owned()),
            (
                "{bad_tls_url}",
                sandbox.bad_tls_url().unwrap_or_default().to_owned(),
            ),
            (
                "{tls_to_plain_url}",
                sandbox.url().replace("http:", "https:"),
            ),
            (
                "{plain_to_tls_url}",
                sandbox.tls_url().replace("https:", "http:"),
            ),
            ("{closed_url}", closed_url),
            ("{silent_url}", format!("http://{silent_address}")),
            ("{silent_tls_url}", format!("https://{silent_address}")),
            ("{129_characters}", "x".repeat(129)),
            ("{account}", sandbox.account().to_owned()),
            ("{ca_file}", text(sandbox.ca_file())),
            ("{payment_cert}", text(sandbox.payment_cert().to_owned())),
            ("{payout_cert}", text(sandbox.payout_cert().to_owned())),
            ("{wrong_password_cert}", text(wrong_password)),
            (
                "{notification_cert}",
                text(sandbox.notification_cert().to_owned()),
            ),
            ("{folder}", text(folder.path().to_owned())),
        ];
        let control = ureq::Agent::config_builder().proxy(None).build().into();
        Ok(Self {
            sandbox,
            control,
            placeholders,
            resets: Cell::new(0),
            shared_ledger: store.ledger()?,
            folder,
            _silent: silent,
            _closed: closed,
        })
    }

    /// Restores the initial state of the sandbox, with these faults pending.
    pub(crate) fn reset(&self, digest: DigestPolicy, faults: &[Value]) -> Result<(), String> {
        self.resets.set(self.resets.get() + 1);
        self.sandbox.reset();
        self.sandbox.set_digest(digest);
        if let Some(ledger) = &self.shared_ledger {
            ledger.clear().map_err(|error| error.to_string())?;
        }
        self.control("faults", faults)
    }

    pub(crate) fn set_digest(&self, digest: DigestPolicy) {
        self.sandbox.set_digest(digest);
    }

    /// Posts each body to the sandbox's control route of that name.
    pub(crate) fn control<'a>(
        &self,
        route: &str,
        bodies: impl IntoIterator<Item = &'a Value>,
    ) -> Result<(), String> {
        let url = format!("{}/_sandbox/{route}", self.sandbox.url());
        for body in bodies {
            let posted = self.control.post(&url).send(body.to_string());
            posted.map_err(|error| format!("the sandbox rejected {route} {body}: {error}"))?;
        }
        Ok(())
    }

    /// The query of a notification in the format of the sandbox's control route.
    pub(crate) fn forge(&self, notify: &Value) -> Result<String, String> {
        let notify: Notify = serde_json::from_value(notify.clone()).map_err(|e| e.to_string())?;
        let forged = self.sandbox.forge(&notify).map_err(|e| e.to_string())?;
        Ok(forged.query)
    }

    /// The records that the sandbox holds.
    pub(crate) fn state(&self) -> Value {
        self.sandbox.state()
    }

    /// How many payouts with this order id the sandbox has recorded.
    pub(crate) fn payouts(&self, order_id: &str) -> usize {
        let state = self.state();
        let payouts = state.get("payouts").and_then(Value::as_array);
        let payouts = payouts.into_iter().flatten();
        payouts
            .filter(|payout| payout["order_id"] == order_id)
            .count()
    }

    /// How many requests arrived since the log was last taken.
    pub(crate) fn request_count(&self) -> usize {
        self.sandbox.log().len()
    }

    /// The URL of this scenario's ledger, or its path. The file may not exist yet.
    pub(crate) fn ledger(&self) -> String {
        if let Some(ledger) = &self.shared_ledger {
            return ledger.url();
        }
        let file = format!("ledger-{}.sqlite", self.resets.get());
        self.folder.path().join(file).to_string_lossy().into_owned()
    }

    /// The requests since the log was last taken.
    pub(crate) fn take_log(&self) -> Vec<LogEntry> {
        let log = self.sandbox.log();
        self.sandbox.clear_log();
        log
    }

    /// The options of a client for this sandbox, over TLS or plain HTTP. Entries of `overrides`
    /// replace the defaults; a null removes one.
    pub(crate) fn options(&self, tls: bool, overrides: &Map<String, Value>) -> Value {
        let base_url = if tls { "{tls_url}" } else { "{url}" };
        let mut options = json!({
            "account": "{account}",
            "payment_cert": "{payment_cert}",
            "payout_cert": "{payout_cert}",
            "base_url": base_url,
            "ca_file": "{ca_file}",
        });
        if let Some(options) = options.as_object_mut() {
            options.extend(overrides.clone());
            options.retain(|_, value| !value.is_null());
        }
        self.expand(&options)
    }

    /// Replaces every placeholder in the value's strings.
    pub(crate) fn expand(&self, value: &Value) -> Value {
        let expand = |text: &str| {
            let text = text.replace(LEDGER, &self.ledger());
            let placeholders = self.placeholders.iter();
            placeholders.fold(text, |text, (name, value)| text.replace(name, value))
        };
        map_strings(value, &expand)
    }

    /// The reverse of [`expand`](Self::expand): replaces values of this run by their placeholders.
    pub(crate) fn normalize(&self, value: &Value) -> Value {
        let normalize = |text: &str| {
            let text = text.replace(&self.ledger(), LEDGER);
            let placeholders = self.placeholders.iter();
            let placeholders = placeholders.filter(|(_, value)| !value.is_empty());
            placeholders.fold(text, |text, (name, value)| text.replace(value, name))
        };
        map_strings(value, &normalize)
    }

    pub(crate) fn account(&self) -> &str {
        self.sandbox.account()
    }

    pub(crate) fn tls_url(&self) -> &str {
        self.sandbox.tls_url()
    }

    pub(crate) fn ca_file(&self) -> PathBuf {
        self.sandbox.ca_file()
    }

    pub(crate) fn payout_cert(&self) -> PathBuf {
        self.sandbox.payout_cert().to_owned()
    }

    pub(crate) fn secrets(&self) -> Secrets {
        let mut secrets = Secrets::default();
        secrets.add_folder(self.sandbox.payment_cert());
        secrets.add_folder(self.sandbox.payout_cert());
        secrets.add_password(b"another password");
        secrets
    }
}

/// A port without a listener. It stays reserved as long as the socket lives.
pub(crate) fn closed_port() -> Result<(Socket, String)> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into())?;
    let address = socket.local_addr()?.as_socket();
    let address = address.ok_or("the socket has no address")?;
    Ok((socket, format!("http://{address}")))
}

fn map_strings(value: &Value, change: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(change(text)),
        Value::Array(items) => items.iter().map(|item| map_strings(item, change)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), map_strings(value, change)))
            .collect(),
        other => other.clone(),
    }
}
