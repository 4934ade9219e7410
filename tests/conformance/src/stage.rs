//! The sandbox with what the scenarios name around it: folders that do not open, ports where nobody listens.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;

use alikassa_sandbox::{BadTls, DigestPolicy, LogEntry, Options, Sandbox};
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::Fallible;
use crate::secrets::Secrets;

pub(crate) struct Stage {
    sandbox: Sandbox,
    control: ureq::Agent,
    /// What stands in the data as `{name}`, and its value here.
    names: Vec<(&'static str, String)>,
    _folder: TempDir,
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
            ("{closed_url}", closed_url()?),
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
            _folder: folder,
        })
    }

    /// Puts everything back to how it was, with these faults waiting.
    pub(crate) fn prepare(&self, digest: DigestPolicy, faults: &[Value]) -> Result<(), String> {
        self.sandbox.reset();
        self.sandbox.set_digest(digest);
        self.add_faults(faults)
    }

    pub(crate) fn set_digest(&self, digest: DigestPolicy) {
        self.sandbox.set_digest(digest);
    }

    pub(crate) fn add_faults(&self, faults: &[Value]) -> Result<(), String> {
        let url = format!("{}/_sandbox/faults", self.sandbox.url());
        for fault in faults {
            let posted = self.control.post(&url).send(fault.to_string());
            posted.map_err(|error| format!("the sandbox refused the fault {fault}: {error}"))?;
        }
        Ok(())
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
            let names = self.names.iter();
            names.fold(text.to_owned(), |text, (name, value)| {
                text.replace(name, value)
            })
        };
        in_texts(value, &fill)
    }

    /// The reverse: what belongs to this run alone is replaced by its name.
    pub(crate) fn anonymous(&self, value: &Value) -> Value {
        let hide = |text: &str| {
            let names = self.names.iter().filter(|(_, value)| !value.is_empty());
            names.fold(text.to_owned(), |text, (name, value)| {
                text.replace(value, name)
            })
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

/// A port that was free a moment ago.
fn closed_url() -> Fallible<String> {
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    Ok(format!("http://127.0.0.1:{port}"))
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
