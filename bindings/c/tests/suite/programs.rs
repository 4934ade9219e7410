//! C programs that check themselves, run as they are and under valgrind.

use std::path::Path;
use std::time::Duration;

use alikassa_sandbox::{Fault, FaultKind, Options, Sandbox};

use crate::toolchain::{TMP, compile, compile_statically, execute, execute_checked};

const NOTHING: [&str; 0] = [];

#[test]
fn misuse_gives_statuses_and_harms_nothing() {
    let program = compile("tests/c/misuse.c");
    execute(&program, &NOTHING, &[]);
    execute_checked(&program, &NOTHING, &[]);
}

#[test]
fn keys_sign_and_verify() {
    let sandbox = sandbox();
    let folders = [sandbox.payment_cert(), sandbox.payout_cert()];
    let program = compile("tests/c/keys.c");
    execute(&program, &folders, &[]);
    execute_checked(&program, &folders, &[]);
}

#[test]
fn calls_go_over_tls_and_errors_carry_their_numbers() {
    let sandbox = sandbox();
    let program = compile("tests/c/calls.c");
    for execute in [execute::<&str>, execute_checked::<&str>] {
        sandbox.reset();
        set_faults(&sandbox);
        execute(&program, &NOTHING, &environment(&sandbox));
        let log = sandbox.log();
        assert!(log.iter().all(|entry| entry.tls));
        assert_eq!(
            log[0].headers["user-agent"],
            format!("alikassa-c/{}", env!("CARGO_PKG_VERSION"))
        );
    }
}

#[test]
fn a_panic_is_a_status_and_the_next_call_works() {
    let sandbox = sandbox();
    let program = compile("tests/c/panic.c");
    execute(&program, &NOTHING, &environment(&sandbox));
    execute_checked(&program, &NOTHING, &environment(&sandbox));
}

#[test]
fn eight_threads_share_a_client_that_is_freed_and_closed_meanwhile() {
    let sandbox = sandbox();
    let program = compile("tests/c/threads.c");
    execute(&program, &["25"], &environment(&sandbox));
    execute_checked(&program, &["2"], &environment(&sandbox));
}

#[test]
fn children_of_fork_find_no_lock_held() {
    let sandbox = sandbox();
    let program = compile("tests/c/fork.c");
    execute(&program, &NOTHING, &environment(&sandbox));
}

#[test]
fn the_example_shows_a_payout_and_the_balance() {
    let sandbox = sandbox();
    for program in [
        compile("examples/status.c"),
        compile_statically("examples/status.c"),
    ] {
        let output = execute(&program, &["100000536"], &environment(&sandbox));
        let shown = String::from_utf8(output.stdout).unwrap();
        assert!(shown.contains("payment_status: paid\namount: 300.00\n"));
        assert!(shown.contains("balance: 93.84000000\ncurrency: RUB\n"));
    }
}

#[test]
fn the_call_in_the_readme_works() {
    let sandbox = sandbox();
    let readme = include_str!("../../README.md");
    let (_, after) = readme.split_once("```c\n").unwrap();
    let (program, _) = after.split_once("```").unwrap();
    let source = Path::new(TMP).join("readme.c");
    std::fs::write(&source, program).unwrap();
    let program = compile(source.to_str().unwrap());
    let output = execute(&program, &NOTHING, &environment(&sandbox));
    assert_eq!(output.stdout, b"paid\n");
}

fn sandbox() -> Sandbox {
    Sandbox::start(Options::default()).unwrap()
}

fn environment(sandbox: &Sandbox) -> [(&'static str, String); 5] {
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    [
        ("ALIKASSA_ACCOUNT", sandbox.account().to_owned()),
        ("ALIKASSA_PAYMENT_CERT", text(sandbox.payment_cert())),
        ("ALIKASSA_PAYOUT_CERT", text(sandbox.payout_cert())),
        ("ALIKASSA_BASE_URL", sandbox.tls_url().to_owned()),
        ("ALIKASSA_CA_FILE", text(&sandbox.ca_file())),
    ]
}

/// Each `order_id` that `tests/c/calls.c` asks for, with what befalls them.
fn set_faults(sandbox: &Sandbox) {
    let answer = |status, headers: &[(&str, &str)], body: &str| FaultKind::Http {
        status,
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        body: body.into(),
    };
    let invalid = r#"{"message": "Invalid data", "errors": {"id": ["bad"]}}"#;
    for (order_id, kind) in [
        ("not-json", answer(200, &[], "<html>")),
        ("validation", answer(400, &[], invalid)),
        ("rate", answer(429, &[("Retry-After", "60")], "{}")),
        ("closed", FaultKind::CloseAfterRead),
        ("refused", answer(401, &[], r#"{"message": "no"}"#)),
        ("other", answer(418, &[], "{}")),
        ("html", answer(200, &[], "<html>")),
        ("server", FaultKind::Http500),
        ("stall", FaultKind::Stall(Duration::from_secs(10))),
        ("once", FaultKind::Http500),
    ] {
        sandbox.set_fault(Fault::new(kind).order_id(order_id).always());
    }
}
