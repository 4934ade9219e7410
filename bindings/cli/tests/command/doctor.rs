//! `alikassa doctor`: each fault is made for real and has its own line.

mod connection;
mod files;
mod ledger;
mod replies;
mod setup;
#[cfg(unix)]
mod terminals;

use serde_json::Value;

use self::setup::{Case, Setup};

/// The steps in their order.
const STEPS: [&str; 23] = [
    "version",
    "settings",
    "account",
    "payment_key",
    "payment_pair",
    "payment_permissions",
    "payout_key",
    "payout_pair",
    "payout_permissions",
    "different_keys",
    "notification_key",
    "base_url",
    "roots",
    "proxy",
    "addresses",
    "tcp",
    "tls",
    "payment_read",
    "payout_read",
    "clock",
    "digest",
    "balance",
    "ledger",
];

/// Makes a test of each case, and the list of all.
macro_rules! cases {
    ($($module:ident: $($case:ident)*;)*) => {
        $($(
            #[test]
            fn $case() {
                check(&$module::$case());
            }
        )*)*

        const CASES: &[fn() -> Case] = &[$($($module::$case),*),*];
    };
}

cases! {
    files:
        everything_is_right
        nothing_is_set
        account_is_missing
        account_is_not_a_uuid
        account_cannot_be_sent
        folder_is_missing
        private_key_is_missing
        password_is_wrong
        password_is_missing
        public_key_is_of_another_pair
        public_key_is_missing
        key_is_too_small
        key_is_small
        key_is_readable_by_others
        closed_folder_protects_its_files
        folder_is_given_twice
        notification_key_is_missing
        notification_key_is_broken
        key_of_a_variable_does_not_open
        file_cannot_be_parsed
        proxy_of_the_file_has_a_password
        setting_is_unknown
        several_settings_are_wrong
        time_limit_is_out_of_range;
    connection:
        base_url_has_a_password
        host_name_does_not_resolve
        port_is_closed
        port_never_answers
        deadline_passes_before_the_handshake
        server_has_no_tls
        certificate_is_of_another_host
        certificate_is_of_an_unknown_authority
        certificate_has_expired
        file_of_authorities_is_missing
        proxy_is_unreachable
        proxy_of_the_environment_is_unreachable
        proxy_is_unreadable
        proxy_of_the_environment_is_unreadable
        proxy_wants_a_password
        host_is_an_exception_to_the_proxy
        host_is_no_exception_to_the_proxy
        clock_is_behind
        clock_is_ahead
        clock_is_unknown;
    replies:
        folders_are_swapped
        certificate_is_of_another_account
        certificate_is_not_saved
        provider_takes_sha256_alone
        provider_takes_sha1_alone
        pinned_digest_is_refused
        pinned_digest_is_taken
        gateway_answers_with_html
        page_of_html_is_no_balance
        provider_fails
        text_of_the_provider_is_one_line;
    ledger:
        ledger_is_new
        ledger_has_open_rows
        ledger_is_no_ledger
        ledger_is_in_a_missing_folder
        ledger_is_a_copy
        ledger_is_an_unreachable_database
        ledger_is_another_url;
}

/// Runs a case with and without `--json`, and looks for its lines in both outputs.
fn check(case: &Case) {
    let (text, json) = (case.setup.run(&[]), case.setup.run(&["--json"]));
    assert_eq!(text.code, case.code, "{text:?}");
    assert_eq!(json.code, case.code, "{json:?}");
    assert_eq!((text.stderr.as_str(), json.stderr.as_str()), ("", ""));
    let steps: Vec<Value> = json.stdout.lines().map(parse).collect();
    let names: Vec<&str> = steps
        .iter()
        .map(|step| step["step"].as_str().unwrap())
        .collect();
    assert_eq!(names, STEPS);
    let worst = steps.iter().map(exit_code).max();
    assert_eq!(worst, Some(case.code), "{steps:?}");
    for (step, result, words) in &case.lines {
        let position = STEPS.iter().position(|name| name == step).unwrap();
        let found = &steps[position];
        assert_eq!(found["result"], *result, "{found}");
        assert!(found.to_string().contains(words), "{words}: {found}");
        let line = text.stdout.lines().nth(position).unwrap();
        let mark = mark(result);
        assert!(line.starts_with(&format!("{mark} {step} ")), "{line}");
        assert!(line.contains(words), "{words}: {line}");
    }
    no_creates(&case.setup);
    for secret in case.setup.secrets() {
        for output in [&text, &json] {
            assert!(!output.stdout.contains(&secret), "{secret}: {output:?}");
        }
    }
}

/// A line of `--json`, which always has the same members.
fn parse(line: &str) -> Value {
    let step: Value = serde_json::from_str(line).unwrap();
    let members: Vec<&String> = step.as_object().unwrap().keys().collect();
    assert_eq!(members, ["advice", "result", "seen", "step"], "{line}");
    assert!(step["seen"].as_str().is_some_and(|seen| !seen.is_empty()));
    match step["result"].as_str().unwrap() {
        "warning" | "failed" => assert!(step["advice"].is_string(), "{line}"),
        "ok" | "skipped" => assert!(step["advice"].is_string() || step["advice"].is_null()),
        result => panic!("{result}"),
    }
    step
}

fn exit_code(step: &Value) -> i32 {
    match step["result"].as_str().unwrap() {
        "failed" => 2,
        "warning" => 1,
        _ => 0,
    }
}

fn mark(result: &str) -> char {
    match result {
        "ok" => '✓',
        "warning" => '!',
        "failed" => '✗',
        _ => '-',
    }
}

fn no_creates(setup: &Setup) {
    for request in setup.program.sandbox.log() {
        let is_read = ["/v1/payment/history", "/v1/account/balance", "/"];
        assert!(is_read.contains(&request.path.as_str()), "{request:?}");
    }
}

#[test]
fn no_output_has_a_secret() {
    for case in CASES {
        let setup = case().setup;
        let outputs = [setup.run(&[]), setup.run(&["--json"])];
        let secrets = setup.secrets();
        assert!(!secrets.is_empty());
        for (secret, output) in secrets
            .iter()
            .flat_map(|secret| outputs.iter().map(move |output| (secret, output)))
        {
            assert!(
                !output.stdout.contains(secret.as_str()),
                "{secret}: {output:?}"
            );
            assert!(
                !output.stderr.contains(secret.as_str()),
                "{secret}: {output:?}"
            );
        }
    }
}
