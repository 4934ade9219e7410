//! The options that the environment sets. A process has one environment, so each client that reads
//! it runs in a new one.

use alikassa::{Client, Error, WebhookPayload};
use alikassa_sandbox::Sandbox;

use crate::fixture;

/// In a process of its own: prints what a client of the environment can do, or its error.
#[test]
fn child_process() {
    if std::env::var_os("ENVIRONMENT_TEST").is_some() {
        println!(
            "found: {}.",
            found().unwrap_or_else(|error| error.to_string())
        );
    }
}

fn found() -> Result<String, Error> {
    let client = Client::from_env()?;
    let balance = client.account().balance()?.balance;
    let forged = client
        .notifications()
        .verify(WebhookPayload::query("sign=x"));
    let ledger = client.ledger().map(|ledger| ledger.location().to_owned());
    Ok(format!(
        "{balance}, {}, {ledger:?}",
        forged.unwrap_err().code()
    ))
}

/// What is found with these variables besides those of the sandbox without its certificates.
fn with(sandbox: &Sandbox, environment: &[(&str, &str)]) -> String {
    let mut child = fixture::child_process(module_path!());
    let output = child
        .env("ENVIRONMENT_TEST", "1")
        .env("ALIKASSA_ACCOUNT", sandbox.account())
        .env("ALIKASSA_BASE_URL", sandbox.url())
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let line = printed.lines().find_map(|line| line.split_once("found: "));
    line.unwrap_or_else(|| panic!("{printed}")).1.to_owned()
}

#[test]
fn a_certificate_is_a_folder_or_the_text_of_its_key() {
    let sandbox = fixture::sandbox();
    let folder = sandbox.payout_cert().to_str().unwrap();
    let read = |name| std::fs::read_to_string(sandbox.payout_cert().join(name)).unwrap();
    let (pem, password) = (read("private.pem"), read("password.txt"));
    let one_line = pem.replace('\n', "\\n");
    let public = sandbox.notification_cert().join("public.pem");
    let public = std::fs::read_to_string(public).unwrap();
    let ledger = tempfile::tempdir().unwrap();
    let ledger = ledger.path().join("ledger.sqlite");
    let ledger = ledger.to_str().unwrap();
    let cert = ("ALIKASSA_PAYOUT_CERT", folder);
    let key = ("ALIKASSA_PAYOUT_KEY", pem.as_str());
    let password = ("ALIKASSA_PAYOUT_PASSWORD", password.as_str());
    let with_ledger = format!("93.84000000, signature_mismatch, Some({ledger:?}).");
    let both = "ALIKASSA_PAYOUT_CERT and ALIKASSA_PAYOUT_KEY are both set: set the folder or the key, not both.";
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[cert], "93.84000000, configuration, None."),
        (&[key, password], "93.84000000, configuration, None."),
        (
            &[("ALIKASSA_PAYOUT_KEY", &one_line), password],
            "93.84000000, configuration, None.",
        ),
        (
            &[
                cert,
                ("ALIKASSA_NOTIFICATION_KEY", &public),
                ("ALIKASSA_LEDGER", ledger),
            ],
            &with_ledger,
        ),
        (&[cert, key, password], both),
        (&[cert, key], both),
        (
            &[cert, password],
            "ALIKASSA_PAYOUT_PASSWORD is set without ALIKASSA_PAYOUT_KEY, the key that it belongs to.",
        ),
        (
            &[key],
            "ALIKASSA_PAYOUT_KEY: the key is encrypted and there is no password; pass the password.",
        ),
        // An empty variable counts as not set.
        (
            &[cert, ("ALIKASSA_PAYOUT_KEY", ""), ("ALIKASSA_LEDGER", "")],
            "93.84000000, configuration, None.",
        ),
    ];
    for (environment, expected) in cases {
        let names: Vec<&str> = environment.iter().map(|(name, _)| *name).collect();
        assert_eq!(with(&sandbox, environment), *expected, "{names:?}");
    }
}

#[test]
fn the_proxy_is_a_variable() {
    let sandbox = fixture::sandbox();
    let expected = "proxy: a loopback base_url is never connected to through a proxy \
                    (write the proxy as http://user:password@host:port).";
    let found = with(&sandbox, &[("ALIKASSA_PROXY", "http://127.0.0.1:9")]);
    assert_eq!(found, expected);
}
