//! The sandbox with what the scenarios name around it: folders that do not open, ports where nobody listens.

use std::cell::Cell;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;

use alikassa_sandbox::{BadTls, DigestPolicy, LogEntry, Options, Sandbox};
use serde_json::{Map, Value, json};
use socket2::{Domain, Socket, Type};
use tempfile::TempDir;

use crate::Fallible;
use crate::secrets::Secrets;

/// The name of the scenario's ledger in the data.
const LEDGER: &str = "{ledger}";

pub(crate) struct Stage {
    sandbox: Sandbox,
    control: ureq::Agent,
    /// What stands in the data as `{name}`, and its value here.
    names: Vec<(&'static str, String)>,
    /// How many times the stage was prepared: each scenario gets a ledger of its own.
    prepared: Cell<usize>,
    folder: TempDir,
    /// Takes connections and says nothing.
    _silent: TcpListener,
    _closed: Socket,
}

impl Stage {
    pub(crate) fn set_up(bad_tls: Option<BadTls>) -> Fallible<Self> {
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
        let names = vec![
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
            ("{folder}", text(folder.path().to_owned())),
        ];
        let control = ureq::Agent::config_builder().proxy(None).build().into();
        Ok(Self {
            sandbox,
            control,
            names,
            prepared: Cell::new(0),
            folder,
            _silent: silent,
            _closed: closed,
        })
    }

    /// Puts everything back to how it was, with these faults waiting.
    pub(crate) fn prepare(&self, digest: DigestPolicy, faults: &[Value]) -> Result<(), String> {
        self.prepared.set(self.prepared.get() + 1);
        self.sandbox.reset();
        self.sandbox.set_digest(digest);
        self.control("faults", faults)
    }

    pub(crate) fn set_digest(&self, digest: DigestPolicy) {
        self.sandbox.set_digest(digest);
    }

    /// Posts each to the sandbox's control route of that name.
    pub(crate) fn control<'a>(
        &self,
        route: &str,
        bodies: impl IntoIterator<Item = &'a Value>,
    ) -> Result<(), String> {
        let url = format!("{}/_sandbox/{route}", self.sandbox.url());
        for body in bodies {
            let posted = self.control.post(&url).send(body.to_string());
            posted.map_err(|error| format!("the sandbox refused {route} {body}: {error}"))?;
        }
        Ok(())
    }

    /// What the sandbox's book says.
    pub(crate) fn state(&self) -> Value {
        self.sandbox.state()
    }

    /// How many payouts of that order its book has.
    pub(crate) fn payouts(&self, order_id: &str) -> usize {
        let state = self.state();
        let payouts = state.get("payouts").and_then(Value::as_array);
        let payouts = payouts.into_iter().flatten();
        payouts
            .filter(|payout| payout["order_id"] == order_id)
            .count()
    }

    /// How many requests came since the last asking.
    pub(crate) fn seen(&self) -> usize {
        self.sandbox.log().len()
    }

    /// The ledger of this scenario, which may not exist yet.
    pub(crate) fn ledger(&self) -> PathBuf {
        let file = format!("ledger-{}.sqlite", self.prepared.get());
        self.folder.path().join(file)
    }

    /// The requests since the last asking.
    pub(crate) fn take_log(&self) -> Vec<LogEntry> {
        let log = self.sandbox.log();
        self.sandbox.clear_log();
        log
    }

    /// The options of a client for this sandbox, over TLS or not, with `own` over them; a null leaves one out.
    pub(crate) fn options(&self, tls: bool, own: &Map<String, Value>) -> Value {
        let base_url = if tls { "{tls_url}" } else { "{url}" };
        let mut options = json!({
            "account": "{account}",
            "payment_cert": "{payment_cert}",
            "payout_cert": "{payout_cert}",
            "base_url": base_url,
            "ca_file": "{ca_file}",
        });
        if let Some(options) = options.as_object_mut() {
            options.extend(own.clone());
            options.retain(|_, value| !value.is_null());
        }
        self.filled(&options)
    }

    /// The value with every `{name}` in its texts replaced.
    pub(crate) fn filled(&self, value: &Value) -> Value {
        let fill = |text: &str| {
            let text = text.replace(LEDGER, &self.ledger().to_string_lossy());
            let names = self.names.iter();
            names.fold(text, |text, (name, value)| text.replace(name, value))
        };
        in_texts(value, &fill)
    }

    /// The reverse: what belongs to this run alone is replaced by its name.
    pub(crate) fn anonymous(&self, value: &Value) -> Value {
        let hide = |text: &str| {
            let text = text.replace(&*self.ledger().to_string_lossy(), LEDGER);
            let names = self.names.iter().filter(|(_, value)| !value.is_empty());
            names.fold(text, |text, (name, value)| text.replace(value, name))
        };
        in_texts(value, &hide)
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

/// A port where nobody listens, and nobody else can: it is taken as long as the socket lives.
pub(crate) fn closed_port() -> Fallible<(Socket, String)> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into())?;
    let address = socket.local_addr()?.as_socket();
    let address = address.ok_or("a socket without an address")?;
    Ok((socket, format!("http://{address}")))
}

fn in_texts(value: &Value, change: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(change(text)),
        Value::Array(items) => items.iter().map(|item| in_texts(item, change)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), in_texts(value, change)))
            .collect(),
        other => other.clone(),
    }
}
