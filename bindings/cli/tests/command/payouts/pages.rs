//! The page about a list.

use std::path::PathBuf;
use std::time::Duration;

use alikassa_sandbox::FaultKind;

use super::{CARD, HEADER, Payer, rejection, row};
use crate::pages::{HOSTILE, Page, last_object};

impl Payer {
    fn page_file(&self) -> PathBuf {
        self.program.folder.path().join("report.html")
    }

    fn page(&self) -> Page {
        let page = Page::read(&self.page_file());
        assert!(!page.has(CARD) && !page.has("payment_card_rub"));
        page
    }

    fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.program.folder.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names
            .filter(|name| !name.starts_with("payouts.sqlite"))
            .collect();
        names.sort();
        names
    }
}

#[test]
fn the_texts_of_others_are_text_on_the_page() {
    let payer = Payer::new();
    let long = "L".repeat(128);
    let orders: Vec<&str> = HOSTILE
        .into_iter()
        .chain([long.as_str(), "B-1", "B-2"])
        .collect();
    let rows = orders.iter().map(|order| {
        let quoted = format!("\"{}\"", order.replace('"', "\"\""));
        row(&quoted, "5.10")
    });
    payer.write(&format!("{HEADER}\n{}", rows.collect::<String>()));
    let message = format!(
        "{}\u{2028}\0 {CARD} {}",
        HOSTILE.concat(),
        "no blank ".repeat(1000)
    );
    payer.fail("B-1", rejection(&message));
    let status = serde_json::json!({"id": 100_000_999, "payment_status": HOSTILE[1]});
    let accepted = FaultKind::Http {
        status: 200,
        headers: Vec::new(),
        body: status.to_string().into_bytes(),
    };
    payer.fail("B-2", accepted);
    let ended = payer.pay(&["--html", "report.html", "--json"]);
    assert_eq!(ended.code, 1, "{ended:?}");

    let page = payer.page();
    let shown: Vec<_> = page
        .orders()
        .into_iter()
        .map(|cells| cells[0].clone())
        .collect();
    assert_eq!(shown, orders);
    let rejected = page.order("B-1");
    assert_eq!(
        rejected[1..6],
        ["payouts.create", "5.10", "rejected", "", ""]
    );
    assert!(rejected[7].contains(&HOSTILE.concat()), "{rejected:?}");
    assert_eq!(page.order("B-2")[4..6], [HOSTILE[1], "100000999"]);
    assert_eq!(page.charted(), 8);
    assert_eq!(
        payer.files(),
        ["list.csv", "list.results.csv", "report.html"]
    );
}

#[test]
fn a_run_that_ends_early_shows_what_is_open() {
    let payer = Payer::with(&["B-1", "B-2", "B-3", "B-4", "B-5"]);
    payer.fail("B-1", rejection("no such card"));
    payer.fail("B-3", FaultKind::CloseAfterAct);
    let ended = payer.pay(&["--html", "report.html", "--json"]);
    assert_eq!(ended.code, 3, "{ended:?}");
    let page = payer.page();
    let states: Vec<_> = page
        .orders()
        .into_iter()
        .map(|cells| cells[3].clone())
        .collect();
    assert_eq!(states, ["rejected", "accepted", "unknown", "left", "left"]);
    assert!(page.has("Orders whose outcome is unknown: 1."));
    assert!(page.has("Orders that the run ended before: 2."));
    let summary = last_object(&ended.stdout)["summary"].clone();
    let totals = page.totals();
    assert_eq!(totals.len(), 4);
    for (state, (count, sum)) in totals {
        assert_eq!(summary[&state], count, "{summary}");
        assert_eq!(sum, format!("{}.00", count * 5));
    }
    for (order_id, (state, cells)) in payer.results() {
        let shown = page.order(&order_id);
        assert_eq!(
            [&shown[3], &shown[5], &shown[4]],
            [&state, &cells[3], &cells[4]]
        );
        assert_eq!(shown[7], cells[5]);
    }

    let continued = payer.pay(&["--html", "report.html"]);
    assert_eq!(continued.code, 1, "{continued:?}");
    let page = payer.page();
    assert_eq!(page.totals()["accepted"], (4, "20.00".to_owned()));
    assert!(!page.has("outcome is unknown") && !page.has("ended before"));
}

#[test]
fn the_page_of_a_run_that_was_killed_says_so() {
    let payer = Payer::with(&["B-1", "B-2"]);
    payer.fail("B-2", FaultKind::Silence);
    let mut child = payer.start(&["--html", "report.html", "--deadline", "60"], 2);
    child.kill().unwrap();
    child.wait().unwrap();
    let page = Page::read_without_chart(&payer.page_file());
    assert!(page.has("The run had not ended when this page was written."));
    assert_eq!(page.totals()["left"], (2, "10.00".to_owned()));
}

#[test]
fn a_page_that_cannot_be_written_sends_nothing() {
    let payer = Payer::with(&["B-1"]);
    let list = std::fs::read(payer.program.folder.path().join("list.csv")).unwrap();
    payer.ledger().check().unwrap();
    std::fs::create_dir(payer.program.folder.path().join("folder")).unwrap();
    let before = payer.files();
    for (path, problem) in [
        ("missing/report.html", "missing/report.html: No such file"),
        ("folder", "folder: this exists and is not an HTML page"),
        ("list.csv", "list.csv: this exists and is not an HTML page"),
        ("payouts.sqlite", "payouts.sqlite: this exists and is not"),
    ] {
        let refused = payer.pay(&["--html", path]);
        assert_eq!(refused.code, 2, "{refused:?}");
        assert!(refused.stderr.contains(problem), "{refused:?}");
        assert_eq!((payer.creates(), payer.files()), (0, before.clone()));
    }
    let dry = payer.run(&["--dry-run", "--html", "report.html"]);
    assert_eq!(dry.code, 2, "{dry:?}");
    assert_eq!(
        std::fs::read(payer.program.folder.path().join("list.csv")).unwrap(),
        list
    );
    assert_eq!(payer.pay(&[]).code, 0);
}

#[test]
fn a_page_that_cannot_be_written_in_the_end_fails_the_run() {
    let payer = Payer::with(&["B-1"]);
    payer.fail("B-1", FaultKind::Stall(Duration::from_millis(500)));
    let child = payer.start(&["--html", "report.html", "--deadline", "60"], 1);
    std::fs::remove_file(payer.page_file()).unwrap();
    std::fs::create_dir(payer.page_file()).unwrap();
    let output = child.wait_with_output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(message.contains("report.html: "), "{message}");
    assert_eq!(payer.state("B-1"), "accepted");
}
