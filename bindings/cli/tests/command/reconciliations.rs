//! The page about a reconciliation.

use std::path::PathBuf;
use std::process::Stdio;

use alikassa_sandbox::{Fault, FaultKind};

use super::pages::{HOSTILE, Page, last_object};
use super::program::Program;

/// A program whose ledger has orders of these ids, 1.50 each. The first has a status that would be
/// markup, and the response to the last was lost.
fn with_orders(orders: &[&str]) -> Program {
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
    let (first, last) = (orders.first().unwrap(), orders.last().unwrap());
    if first != last {
        let body = serde_json::json!({"id": 100_000_999, "payment_status": HOSTILE[1]});
        let body = body.to_string().into_bytes();
        let fault = Fault::new(FaultKind::Http {
            status: 200,
            headers: Vec::new(),
            body,
        });
        sandbox.set_fault(fault.path("v1/payout").order_id(*first));
    }
    let fault = Fault::new(FaultKind::CloseAfterAct).path("v1/payout");
    sandbox.set_fault(fault.order_id(*last));
    for order in orders {
        let number = "4111111111111111";
        let request = alikassa::PayoutRequest::new("1.50", number, *order, "payment_card_rub");
        let created = client.payouts().create(request);
        assert_eq!(created.is_err(), order == last);
    }
    program
}

const RECONCILE: [&str; 5] = [
    "reconcile",
    "--ledger",
    "ledger.sqlite",
    "--html",
    "report.html",
];

fn page_file(program: &Program) -> PathBuf {
    program.folder.path().join("report.html")
}

#[test]
fn the_page_has_the_rows_and_totals_that_are_printed() {
    let orders = [&HOSTILE[..], &["a\u{2028}b\u{202e}", "B-1"]].concat();
    let program = with_orders(&orders);
    let fault = Fault::new(FaultKind::WrongType).path("v1/payout/status");
    program.sandbox.set_fault(fault.order_id("B-1").always());
    let run = program.run(&[&RECONCILE[..], &["--json", "--csv", "report.csv"]].concat());
    let page = Page::read(&page_file(&program));
    let printed = last_object(&run.stdout);
    let totals = page.totals();
    assert_eq!(totals.len(), printed["totals"].as_object().unwrap().len());
    for (name, (count, sum)) in &totals {
        assert_eq!(printed["totals"][name]["count"], *count, "{printed}");
        assert_eq!(printed["totals"][name]["amount"], sum.as_str(), "{printed}");
    }
    let mut table = csv::Reader::from_path(program.folder.path().join("report.csv")).unwrap();
    let records: Vec<_> = table.records().map(Result::unwrap).collect();
    let shown = page.orders();
    assert_eq!(
        (records.len(), shown.len()),
        (orders.len(), orders.len()),
        "{run:?}"
    );
    for (record, cells) in records.iter().zip(&shown) {
        // A cell of CSV that begins like a formula has an apostrophe.
        let names = [0, 1, 4, 2, 3, 5].map(|column| record[column].trim_start_matches('\''));
        let same = [0, 1, 2, 3, 4, 5].map(|column| cells[column].trim_start_matches('\''));
        assert_eq!(names, same);
        assert_eq!(record[6], cells[7]);
    }
    assert_ne!(page.order("B-1")[7], "", "{run:?}");
    assert_eq!(page.charted(), orders.len() as u64);
    assert!(page.has("of which the outcome of 1 is unknown"), "{run:?}");
    assert!(!page.has("4111") && !page.has("payment_card_rub"));
}

#[test]
fn an_error_that_ends_the_reconciliation_is_on_the_page() {
    let program = with_orders(&["B-1"]);
    let body = br#"{"message": "<script>alert(1)</script>"}"#.to_vec();
    let fault = Fault::new(FaultKind::Http {
        status: 503,
        headers: Vec::new(),
        body,
    });
    let fault = fault.path("v1/payout/status").always();
    program.sandbox.set_fault(fault);
    let run = program.run(&RECONCILE);
    assert_eq!(run.code, 3, "{run:?}");
    let page = Page::read_without_chart(&page_file(&program));
    assert!(page.has("The reconciliation ended: "), "{run:?}");
    assert!(page.has("alert(1)") && page.has("open: 1, "), "{run:?}");
}

#[test]
fn a_page_that_cannot_be_written_asks_nothing() {
    let program = with_orders(&["B-1"]);
    let requests = program.sandbox.log().len();
    for path in ["missing/report.html", "ledger.sqlite"] {
        let refused = program.run(&["reconcile", "--ledger", "ledger.sqlite", "--html", path]);
        assert_eq!(refused.code, 2, "{refused:?}");
        assert!(refused.stderr.contains(&format!("{path}: ")), "{refused:?}");
        assert_eq!(program.sandbox.log().len(), requests);
    }
}

#[test]
fn a_reader_of_a_page_that_is_written_again_sees_it_whole() {
    let program = with_orders(&["B-1"]);
    let fault = Fault::new(FaultKind::Html502).path("v1/payout/status");
    program.sandbox.set_fault(fault.always());
    let mut command = program.command(&[&RECONCILE[..], &["--watch", "0"]].concat());
    let command = command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut versions = std::collections::BTreeSet::new();
    while versions.len() < 3 {
        assert!(child.try_wait().unwrap().is_none());
        if page_file(&program).exists() {
            versions.insert(Page::read_without_chart(&page_file(&program)).written());
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
}
