use alikassa_sandbox::{Fault, FaultKind};

use super::program::{Program, bare, run};

/// A program whose ledger has an order that was paid, and one whose response was lost.
fn with_orders() -> Program {
    let program = Program::new();
    let sandbox = &program.sandbox;
    let client = alikassa::Client::builder(sandbox.account())
        .payout_cert(sandbox.payout_cert())
        .unwrap()
        .base_url(sandbox.url())
        .digest(alikassa::Digest::Sha1)
        .ledger(alikassa::Ledger::new(program.folder.path().join("ledger.sqlite")).unwrap())
        .build()
        .unwrap();
    let create = |order_id: &str| {
        let number = "4111111111111111";
        let request = alikassa::PayoutRequest::new("12.50", number, order_id, "payment_card_rub");
        client.payouts().create(request)
    };
    create("=B-1").unwrap();
    sandbox.set_fault(Fault::new(FaultKind::CloseAfterAct).path("v1/payout"));
    create("B-2").unwrap_err();
    program
}

const LEDGER: [&str; 2] = ["--ledger", "ledger.sqlite"];

fn ledger(program: &Program, arguments: &[&str]) -> super::program::Run {
    program.run(&[&["ledger"], arguments, &LEDGER].concat())
}

#[test]
fn rows_and_events_are_printed() {
    let program = with_orders();
    let listed = ledger(&program, &["list"]);
    assert_eq!(listed.stdout.lines().count(), 2, "{listed:?}");
    let open = ledger(&program, &["list", "--state", "unknown"]);
    assert_eq!(open.stdout.lines().count(), 1, "{open:?}");
    assert!(open.stdout.contains("B-2"), "{open:?}");
    let events = ledger(&program, &["events", "B-2"]);
    assert!(events.stdout.contains("- -> sending"), "{events:?}");
    assert!(events.stdout.contains("sending -> unknown"), "{events:?}");
    let (code, row) = program.json(&[&["ledger", "show", "B-2"][..], &LEDGER].concat());
    assert_eq!(
        (code, &row["state"], &row["amount"]),
        (0, &"unknown".into(), &"12.50".into())
    );
    let missing = ledger(&program, &["show", "B-9"]);
    assert_eq!(missing.code, 2, "{missing:?}");
}

#[test]
fn the_export_is_a_table_without_formulas() {
    let program = with_orders();
    let export = ledger(&program, &["export"]);
    assert_eq!(export.code, 0, "{export:?}");
    let mut lines = export.stdout.lines();
    assert!(
        lines
            .next()
            .unwrap()
            .starts_with("account,operation,order_id,state,amount")
    );
    assert!(export.stdout.contains(",'=B-1,"), "{export:?}");
    assert!(!export.stdout.contains("4111"), "{export:?}");
}

#[test]
fn a_release_allows_another_attempt_and_a_copy_refuses_creates() {
    let program = with_orders();
    let released = ledger(
        &program,
        &["release", "B-2", "--reason", "confirmed by support"],
    );
    assert_eq!(released.code, 0, "{released:?}");
    let shown = ledger(&program, &["show", "B-2"]);
    assert!(shown.stdout.contains("confirmed by support"), "{shown:?}");
    assert_eq!(ledger(&program, &["check"]).code, 0);
    assert_eq!(ledger(&program, &["backup", "copy.sqlite"]).code, 0);
    let copy = program.run(&["ledger", "check", "--ledger", "copy.sqlite"]);
    assert_eq!(copy.code, 2, "{copy:?}");
    assert!(copy.stderr.contains("copy"), "{copy:?}");
    let again = ledger(&program, &["backup", "copy.sqlite"]);
    assert_eq!(again.code, 2, "{again:?}");
}

#[test]
fn the_statements_for_postgresql_need_no_settings() {
    let sql = run(&mut bare(&["ledger", "sql", "pay"]), "");
    assert_eq!(sql.code, 0, "{sql:?}");
    assert!(sql.stdout.contains("CREATE TABLE"), "{sql:?}");
    let without = run(&mut bare(&["ledger", "list"]), "");
    assert_eq!(without.code, 2, "{without:?}");
}

#[test]
fn reconcile_asks_about_open_orders_and_tells_what_is_unknown() {
    let program = with_orders();
    let fault = Fault::new(FaultKind::Html502).path("v1/payout/status");
    program.sandbox.set_fault(fault.always());
    let failing = [
        "reconcile",
        "--ledger",
        "ledger.sqlite",
        "--csv",
        "report.csv",
    ];
    let unknown = program.run(&failing);
    assert_eq!(unknown.code, 3, "{unknown:?}");
    assert!(
        unknown.stdout.contains("the outcome of 1 is unknown"),
        "{unknown:?}"
    );
    program.sandbox.clear_faults();
    let settled = program.run(&failing);
    assert_eq!(settled.code, 0, "{settled:?}");
    assert!(settled.stdout.contains("25.00 in total"), "{settled:?}");
    let report = std::fs::read_to_string(program.folder.path().join("report.csv")).unwrap();
    assert!(report.contains("B-2,payouts.create,accepted"), "{report}");
    let without = program.run(&["reconcile"]);
    assert_eq!(without.code, 2, "{without:?}");
}
