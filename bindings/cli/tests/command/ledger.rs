//! `ledger` and `reconcile`, with a ledger in a file and in a database.

use std::process::Command;

use alikassa_sandbox::{Fault, FaultKind};
use serde_json::Value;

use super::program::{Program, Run, bare, run};

/// A program whose ledger has an order that was paid, and one whose response was lost.
struct Orders {
    program: Program,
    /// A file in the folder of the program, or the URL of a database.
    ledger: String,
}

/// A program with such a ledger in the file ledger.sqlite.
pub(crate) fn with_orders() -> Program {
    Orders::new().program
}

impl Orders {
    fn new() -> Self {
        Self::in_ledger(FILE.to_owned())
    }

    fn in_ledger(name: String) -> Self {
        let program = Program::new();
        let sandbox = &program.sandbox;
        let ledger = if name == FILE {
            alikassa::Ledger::new(program.folder.path().join(FILE))
        } else {
            alikassa::Ledger::connect(&name)
        };
        let client = alikassa::Client::builder(sandbox.account())
            .payout_cert(sandbox.payout_cert())
            .unwrap()
            .base_url(sandbox.url())
            .digest(alikassa::Digest::Sha1)
            .ledger(ledger.unwrap())
            .build()
            .unwrap();
        let create = |order_id: &str| {
            let (number, service) = ("4111111111111111", "payment_card_rub");
            let request = alikassa::PayoutRequest::new("12.50", number, order_id, service);
            client.payouts().create(request)
        };
        create("=B-1").unwrap();
        sandbox.set_fault(Fault::new(FaultKind::CloseAfterAct).path("v1/payout"));
        create("B-2").unwrap_err();
        Self {
            program,
            ledger: name,
        }
    }

    /// With a ledger in each store.
    fn in_each_store() -> Vec<Self> {
        #[cfg_attr(not(unix), allow(unused_mut, reason = "there is one store"))]
        let mut all = vec![Self::new()];
        #[cfg(unix)]
        all.push(Self::in_ledger(super::database::new_ledger()));
        all
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let run = run(&mut self.command(arguments), "");
        for text in [&run.stdout, &run.stderr] {
            assert!(!text.contains("4111111111111111"), "{text}");
            assert!(!text.contains("p@ss") && !text.contains("p%40ss"), "{text}");
        }
        run
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.program.command(arguments);
        command.env("ALIKASSA_LEDGER", &self.ledger);
        command
    }

    fn ledger(&self, arguments: &[&str]) -> Run {
        self.run(&[&["ledger"], arguments].concat())
    }
}

const FILE: &str = "ledger.sqlite";

#[test]
fn rows_and_events_are_printed() {
    for orders in Orders::in_each_store() {
        let listed = orders.ledger(&["list"]);
        assert_eq!(listed.stdout.lines().count(), 2, "{listed:?}");
        let unknown = orders.ledger(&["list", "--state", "unknown"]);
        assert_eq!(unknown.stdout.lines().count(), 1, "{unknown:?}");
        assert!(unknown.stdout.contains("B-2"), "{unknown:?}");
        let open = orders.ledger(&["list", "--open"]);
        assert_eq!(open.stdout.lines().count(), 2, "{open:?}");
        let events = orders.ledger(&["events", "B-2"]);
        assert!(events.stdout.contains("- -> sending"), "{events:?}");
        assert!(events.stdout.contains("sending -> unknown"), "{events:?}");
        let shown = orders.ledger(&["show", "B-2", "--json"]);
        let row: Value = serde_json::from_str(&shown.stdout).unwrap();
        assert_eq!(
            (shown.code, &row["state"], &row["amount"]),
            (0, &"unknown".into(), &"12.50".into())
        );
        let missing = orders.ledger(&["show", "B-9"]);
        assert_eq!(missing.code, 2, "{missing:?}");
    }
}

#[test]
fn the_export_is_a_table_without_formulas() {
    for orders in Orders::in_each_store() {
        let export = orders.ledger(&["export"]);
        assert_eq!(export.code, 0, "{export:?}");
        let mut lines = export.stdout.lines();
        assert!(
            lines
                .next()
                .unwrap()
                .starts_with("account,operation,order_id,state,amount")
        );
        assert_eq!(lines.count(), 2, "{export:?}");
        assert!(export.stdout.contains(",'=B-1,"), "{export:?}");
    }
}

#[test]
fn a_release_allows_another_attempt() {
    for orders in Orders::in_each_store() {
        let reason = ["--reason", "confirmed by support"];
        let released = orders.ledger(&[&["release", "B-2"], &reason[..]].concat());
        assert_eq!(released.code, 0, "{released:?}");
        let shown = orders.ledger(&["show", "B-2"]);
        assert!(shown.stdout.contains("confirmed by support"), "{shown:?}");
        assert!(shown.stdout.contains("released"), "{shown:?}");
        let accepted = orders.ledger(&[&["release", "B-9"], &reason[..]].concat());
        assert_eq!(accepted.code, 2, "{accepted:?}");
        let check = orders.ledger(&["check"]);
        assert_eq!((check.code, check.stdout.as_str()), (0, ""), "{check:?}");
    }
}

#[test]
fn a_copy_refuses_creates() {
    let orders = Orders::new();
    assert_eq!(orders.ledger(&["backup", "copy.sqlite"]).code, 0);
    let copy = orders.ledger(&["check", "--ledger", "copy.sqlite"]);
    assert_eq!(copy.code, 2, "{copy:?}");
    assert!(copy.stderr.contains("copy"), "{copy:?}");
    let again = orders.ledger(&["backup", "copy.sqlite"]);
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

/// The database is set up with what the command prints.
#[cfg(unix)]
#[test]
fn a_database_without_its_tables_or_rights_is_refused() {
    let name = super::database::new_ledger_by("printed", |schema| {
        run(&mut bare(&["ledger", "sql", schema]), "").stdout
    });
    let orders = Orders::in_ledger(name);
    assert_eq!(orders.ledger(&["check"]).code, 0);
    let without = orders.ledger.replace("printed", "elsewhere");
    for command in ["check", "list"] {
        let refused = orders.ledger(&[command, "--ledger", &without]);
        assert_eq!(refused.code, 2, "{refused:?}");
        assert!(refused.stderr.contains("schema=elsewhere"), "{refused:?}");
    }
}

#[test]
fn reconcile_asks_about_open_orders_and_tells_what_is_unknown() {
    for orders in Orders::in_each_store() {
        let fault = Fault::new(FaultKind::Html502).path("v1/payout/status");
        orders.program.sandbox.set_fault(fault.always());
        let failing = ["reconcile", "--csv", "report.csv"];
        let unknown = orders.run(&failing);
        assert_eq!(unknown.code, 3, "{unknown:?}");
        assert!(
            unknown.stdout.contains("the outcome of 1 is unknown"),
            "{unknown:?}"
        );
        orders.program.sandbox.clear_faults();
        let settled = orders.run(&failing);
        assert_eq!(settled.code, 0, "{settled:?}");
        assert!(settled.stdout.contains("25.00 in total"), "{settled:?}");
        let report = orders.program.folder.path().join("report.csv");
        let report = std::fs::read_to_string(report).unwrap();
        assert!(report.contains("B-2,payouts.create,accepted"), "{report}");
        let shown = orders.ledger(&["show", "B-2"]);
        assert!(shown.stdout.contains("accepted"), "{shown:?}");
    }
    let without = Program::new().run(&["reconcile"]);
    assert_eq!(without.code, 2, "{without:?}");
}
