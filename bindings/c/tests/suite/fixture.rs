//! The sandbox of a test, and what a program is run with.

use std::path::{Path, PathBuf};

use alikassa_sandbox::{Options, Sandbox};

use crate::toolchain::TMP;

pub(crate) const NO_ARGUMENTS: [&str; 0] = [];

pub(crate) type Execute = fn(&Path, &[PathBuf], &[(&str, String)]) -> std::process::Output;

pub(crate) fn sandbox() -> Sandbox {
    Sandbox::start(Options::default()).unwrap()
}

pub(crate) fn environment(sandbox: &Sandbox) -> [(&'static str, String); 6] {
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    [
        ("ALIKASSA_ACCOUNT", sandbox.account().to_owned()),
        ("ALIKASSA_PAYMENT_CERT", text(sandbox.payment_cert())),
        ("ALIKASSA_PAYOUT_CERT", text(sandbox.payout_cert())),
        (
            "ALIKASSA_NOTIFICATION_CERT",
            text(sandbox.notification_cert()),
        ),
        ("ALIKASSA_BASE_URL", sandbox.tls_url().to_owned()),
        ("ALIKASSA_CA_FILE", text(&sandbox.ca_file())),
    ]
}

/// A folder for ledgers, without the files of an earlier run.
pub(crate) fn empty_folder(name: &str) -> PathBuf {
    let folder = Path::new(TMP).join(format!("ledgers-{name}"));
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir(&folder).unwrap();
    folder
}

/// The `order_id` of each payout that was sent, in order.
pub(crate) fn payouts(sandbox: &Sandbox) -> Vec<String> {
    let log = sandbox.log().into_iter();
    let payouts = log.filter(|entry| entry.path == "/v1/payout");
    payouts
        .map(|entry| {
            let body: serde_json::Value = serde_json::from_slice(&entry.body).unwrap();
            body["order_id"].as_str().unwrap().to_owned()
        })
        .collect()
}
