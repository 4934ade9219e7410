//! Runs the C programs, with and without valgrind.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use alikassa::{Client, Ledger, PayoutRequest};
use alikassa_sandbox::{
    Digest, Duplicates, Fault, FaultKind, Notify, Redirect, Rule, Sandbox, SignatureKind, Status,
};

use crate::fixture::{Execute, NO_ARGUMENTS, empty_folder, environment, payouts, sandbox};
use crate::toolchain::{
    CRATE, TMP, compile, compile_statically, execute, execute_under_valgrind, run,
};

#[test]
fn misuse_returns_an_error_status() {
    let program = compile("tests/c/misuse.c");
    execute(&program, &NO_ARGUMENTS, &[]);
    execute_under_valgrind(&program, &NO_ARGUMENTS, &[]);
}

#[test]
fn invalid_handles_return_an_error_status() {
    let key = [Path::new(CRATE).join("../../tests/vectors/keys/rsa2048")];
    let program = compile("tests/c/handles.c");
    execute(&program, &key, &[]);
    execute_under_valgrind(&program, &key, &[]);
}

#[test]
fn invalid_values_return_an_error_and_change_nothing_else() {
    let program = compile("tests/c/invalid_values.c");
    execute(&program, &NO_ARGUMENTS, &[]);
    execute_under_valgrind(&program, &NO_ARGUMENTS, &[]);
}

#[test]
fn keys_sign_and_verify() {
    let sandbox = sandbox();
    let folders = [sandbox.payment_cert(), sandbox.payout_cert()];
    let program = compile("tests/c/keys.c");
    execute(&program, &folders, &[]);
    execute_under_valgrind(&program, &folders, &[]);
}

#[test]
fn calls_use_tls_and_errors_have_their_statuses() {
    let sandbox = sandbox();
    let program = compile("tests/c/calls.c");
    for execute in [execute::<&str>, execute_under_valgrind::<&str>] {
        sandbox.reset();
        set_faults(&sandbox);
        execute(&program, &NO_ARGUMENTS, &environment(&sandbox));
        let log = sandbox.log();
        assert!(log.iter().all(|entry| entry.tls));
        assert_eq!(
            log[0].headers["user-agent"],
            format!("alikassa-c/{}", env!("CARGO_PKG_VERSION"))
        );
    }
}

#[test]
fn the_environment_may_have_the_text_of_a_key() {
    let sandbox = sandbox();
    let program = compile("tests/c/calls.c");
    let read = |name| std::fs::read_to_string(sandbox.payment_cert().join(name)).unwrap();
    let environment = environment(&sandbox);
    let mut environment: Vec<_> = environment.into_iter().collect();
    environment.retain(|(name, _)| *name != "ALIKASSA_PAYMENT_CERT");
    environment.extend([
        (
            "ALIKASSA_PAYMENT_KEY",
            read("private.pem").replace('\n', "\\n"),
        ),
        ("ALIKASSA_PAYMENT_PASSWORD", read("password.txt")),
    ]);
    set_faults(&sandbox);
    execute(&program, &NO_ARGUMENTS, &environment);
    assert!(!sandbox.log().is_empty());
}

#[test]
fn creates_are_sent_once_and_recorded() {
    let sandbox = sandbox();
    let folder = empty_folder("creates");
    let program = compile("tests/c/creates.c");
    for (execute, ledger) in [
        (execute::<PathBuf> as Execute, "plain.sqlite"),
        (execute_under_valgrind::<PathBuf>, "valgrind.sqlite"),
    ] {
        sandbox.reset();
        for (order_id, kind) in [
            ("lost", FaultKind::CloseAfterAct),
            ("html", FaultKind::Html502),
        ] {
            let fault = Fault::new(kind).path("v1/payout").order_id(order_id);
            sandbox.set_fault(fault.times(1));
        }
        sandbox.add_rule(Rule::new(Status::Paid).order_id("slow").at_read(4));
        execute(&program, &[folder.join(ledger)], &environment(&sandbox));
        assert_eq!(
            payouts(&sandbox),
            ["B-1", "lost", "html", "too-much", "slow", "html"]
        );
    }
}

#[test]
fn two_processes_with_one_ledger_send_each_order_once() {
    let sandbox = sandbox();
    sandbox.set_duplicates(Duplicates::Allow);
    let folder = empty_folder("processes");
    let program = compile("tests/c/processes.c");
    let ledger = folder.join("shared.sqlite");
    execute(&program, &[ledger], &environment(&sandbox));
    let mut sent = payouts(&sandbox);
    sent.sort();
    let expected: Vec<String> = (0..8).map(|order| format!("order-{order}")).collect();
    assert_eq!(sent, expected);
}

#[test]
fn a_ledger_is_read_copied_and_resumed() {
    let sandbox = sandbox();
    let folder = empty_folder("ledger");
    let program = compile("tests/c/ledger.c");
    let query = sandbox.forge(&Notify::order_id("6422494")).unwrap().query;
    for (execute, name) in [
        (
            execute::<String> as fn(&Path, &[String], &[_]) -> _,
            "plain",
        ),
        (execute_under_valgrind::<String>, "valgrind"),
    ] {
        sandbox.reset();
        let created = FaultKind::Http {
            status: 200,
            headers: Vec::new(),
            body: br#"{"id":7,"payment_status":"wait"}"#.to_vec(),
        };
        sandbox.set_fault(Fault::new(created).path("v1/payout"));
        let ledger = folder.join(name).to_str().unwrap().to_owned();
        let arguments = [ledger.clone(), format!("{ledger}.copy"), query.clone()];
        execute(&program, &arguments, &environment(&sandbox));
        assert_eq!(payouts(&sandbox), ["6422494", "new"]);
    }
}

#[test]
fn more_rows_than_a_page_are_read_one_by_one() {
    let sandbox = sandbox();
    let folder = empty_folder("rows");
    let program = compile("tests/c/rows.c");
    for (execute, orders) in [
        (
            execute::<String> as fn(&Path, &[String], &[_]) -> _,
            30_000_u32,
        ),
        (execute_under_valgrind::<String>, 600),
    ] {
        sandbox.reset();
        let ledger = folder.join(format!("{orders}.sqlite"));
        fill(&ledger, orders, &sandbox);
        let arguments = [ledger.to_str().unwrap().to_owned(), orders.to_string()];
        execute(&program, &arguments, &[]);
    }
}

/// Fills a ledger with the orders `B-000001`, `B-000002` and so on.
fn fill(ledger: &Path, orders: u32, sandbox: &Sandbox) {
    let client = Client::builder(sandbox.account())
        .base_url(sandbox.url())
        .payout_cert(sandbox.payout_cert())
        .unwrap()
        .ledger(Ledger::new(ledger).unwrap())
        .build()
        .unwrap();
    let order = PayoutRequest::new("5.00", "4111111111111111", "B-000001", "payment_card_rub");
    client.payouts().create(order).unwrap();
    drop(client);
    let copy_rows = Path::new(CRATE).join("../../tests/copy-rows");
    run(Command::new(copy_rows).arg(ledger).arg(orders.to_string()));
}

#[test]
fn notifications_are_verified_and_recorded_without_a_request() {
    let sandbox = sandbox();
    let folder = empty_folder("notifications");
    let program = compile("tests/c/notifications.c");
    for (execute, ledger) in [
        (
            execute::<String> as fn(&Path, &[String], &[_]) -> _,
            "plain",
        ),
        (execute_under_valgrind::<String>, "valgrind"),
    ] {
        let ledger = folder.join(ledger).to_str().unwrap().to_owned();
        let messages = messages(&sandbox, ledger);
        execute(&program, &messages, &environment(&sandbox));
    }
    assert!(sandbox.log().is_empty());
}

/// The arguments of `tests/c/notifications.c`.
fn messages(sandbox: &Sandbox, ledger: String) -> Vec<String> {
    let notify = || Notify::order_id("1756900030");
    let query = |notify: Notify| sandbox.forge(&notify).unwrap().query;
    let json = sandbox
        .forge(&notify().digest(Digest::Sha256))
        .unwrap()
        .json;
    let redirect = Redirect::order_id("1756900030");
    vec![
        ledger,
        format!("?{}", query(notify().extra("bonus", "1"))),
        json,
        query(notify().signature(SignatureKind::Flipped)),
        query(notify().account("somebody-else")),
        query(notify().status("wait")),
        sandbox.redirect(&redirect).unwrap().form,
    ]
}

#[test]
fn a_panic_returns_a_status_and_the_next_call_works() {
    let sandbox = sandbox();
    let program = compile("tests/c/panic.c");
    execute(&program, &NO_ARGUMENTS, &environment(&sandbox));
    execute_under_valgrind(&program, &NO_ARGUMENTS, &environment(&sandbox));
}

#[test]
fn eight_threads_share_a_client_that_is_freed_or_closed_concurrently() {
    let sandbox = sandbox();
    let program = compile("tests/c/threads.c");
    execute(&program, &["25"], &environment(&sandbox));
    execute_under_valgrind(&program, &["2"], &environment(&sandbox));
}

#[test]
fn events_reach_a_callback_that_may_do_what_it_likes_with_its_client() {
    let sandbox = sandbox();
    let program = compile("tests/c/events.c");
    execute(&program, &["fork"], &environment(&sandbox));
    execute_under_valgrind(&program, &NO_ARGUMENTS, &environment(&sandbox));
}

#[test]
fn a_function_decides_about_numbers_and_may_do_what_it_likes_with_its_client() {
    let sandbox = sandbox();
    let folder = empty_folder("limits");
    let program = compile("tests/c/limits.c");
    for (execute, ledger) in [
        (execute::<PathBuf> as Execute, "plain.sqlite"),
        (execute_under_valgrind::<PathBuf>, "valgrind.sqlite"),
    ] {
        sandbox.reset();
        execute(&program, &[folder.join(ledger)], &environment(&sandbox));
        assert_eq!(payouts(&sandbox), ["allowed", "calls", "frees"]);
    }
}

#[test]
fn clients_with_external_signers_send_and_close() {
    let sandbox = sandbox();
    let folder = empty_folder("signers");
    let program = compile("tests/c/signers.c");
    for (execute, ledger) in [
        (execute::<PathBuf> as Execute, "plain.sqlite"),
        (execute_under_valgrind::<PathBuf>, "valgrind.sqlite"),
    ] {
        sandbox.reset();
        let arguments = [sandbox.payout_cert().to_owned(), folder.join(ledger)];
        execute(&program, &arguments, &environment(&sandbox));
        assert_eq!(payouts(&sandbox), ["external"]);
    }
}

#[test]
fn children_of_fork_find_every_lock_free() {
    let sandbox = sandbox();
    let program = compile("tests/c/fork.c");
    execute(&program, &NO_ARGUMENTS, &environment(&sandbox));
}

#[test]
fn the_status_example_prints_a_payout_and_the_balance() {
    let sandbox = sandbox();
    for program in [
        compile("examples/status.c"),
        compile_statically("examples/status.c"),
    ] {
        let output = execute(&program, &["100000536"], &environment(&sandbox));
        let output_text = String::from_utf8(output.stdout).unwrap();
        assert!(output_text.contains("payment_status: paid\namount: 300.00\n"));
        assert!(output_text.contains("balance: 93.84000000\ncurrency: RUB\n"));
    }
}

#[test]
fn the_terminal_example_sends_each_payout_once() {
    let sandbox = sandbox();
    let ledger = empty_folder("terminal").join("payouts.sqlite");
    let fault = Fault::new(FaultKind::CloseAfterAct).order_id("B-1");
    sandbox.set_fault(fault.times(1));
    let program = compile("examples/terminal.c");
    let environment = environment(&sandbox);
    let ledger = ledger.to_str().unwrap();
    let pay = |order_id| {
        let order = [ledger, "payout", "3.00", "4111111111111111", order_id];
        let shown = execute(
            &program,
            &[&order[..], &["payment_card_rub"]].concat(),
            &environment,
        );
        String::from_utf8(shown.stdout).unwrap()
    };
    assert!(pay("B-1").starts_with(r#"{"found":true,"matched_by":"amount","#));
    assert!(pay("B-2").starts_with(r#"{"payment_status":"wait","id":100000538"#));
    assert_eq!(payouts(&sandbox), ["B-1", "B-2"]);
}

#[test]
fn the_programs_in_the_readme_work() {
    let sandbox = sandbox();
    let readme = include_str!("../../README.md");
    let programs = readme.split("```c\n").skip(1).enumerate();
    let outputs = programs.map(|(number, after)| {
        let (program, _) = after.split_once("```").unwrap();
        let source = Path::new(TMP).join(format!("readme-{number}.c"));
        std::fs::write(&source, program).unwrap();
        let program = compile(source.to_str().unwrap());
        let output = execute(&program, &NO_ARGUMENTS, &environment(&sandbox));
        String::from_utf8(output.stdout).unwrap()
    });
    let [status, events, resolve] = outputs.collect::<Vec<_>>().try_into().unwrap();
    assert_eq!(status, "paid\n");
    assert_eq!(resolve, "cancelled\n");
    let is_event = |line: &str| line.starts_with(r#"{"kind":""#) && line.ends_with('}');
    assert!(events.lines().all(is_event), "{events}");
    assert!(events.lines().last().unwrap().contains(r#""outcome""#));
}

/// Sets a fault for each `order_id` that `tests/c/calls.c` requests.
fn set_faults(sandbox: &Sandbox) {
    let response = |status, headers: &[(&str, &str)], body: &str| FaultKind::Http {
        status,
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        body: body.into(),
    };
    let invalid = r#"{"message": "Invalid data", "errors": {"id": ["bad"]}}"#;
    for (order_id, kind) in [
        ("not-json", response(200, &[], "<html>")),
        ("validation", response(400, &[], invalid)),
        ("rate", response(429, &[("Retry-After", "60")], "{}")),
        ("closed", FaultKind::CloseAfterRead),
        ("refused", response(401, &[], r#"{"message": "no"}"#)),
        ("other", response(418, &[], "{}")),
        ("html", response(200, &[], "<html>")),
        ("server", FaultKind::Http500),
        ("stall", FaultKind::Stall(Duration::from_secs(10))),
        ("once", FaultKind::Http500),
    ] {
        sandbox.set_fault(Fault::new(kind).order_id(order_id).always());
    }
}
