//! Runs to the end, and what is shown before them.

use alikassa_sandbox::FaultKind;
use serde_json::Value;

use super::{Payer, rejection, row};
use crate::program::run;

#[test]
fn each_row_is_paid_once_and_a_second_run_sends_nothing() {
    let payer = Payer::with(&["B-1", "B-2", "B-3"]);
    for _ in 0..2 {
        let paid = payer.pay(&[]);
        assert_eq!(paid.code, 0, "{paid:?}");
        let books = payer.books();
        assert_eq!(books.len(), 3, "{paid:?}");
        assert!(books.values().all(|count| *count == 1));
        let results = payer.results();
        let (state, cells) = &results["B-2"];
        assert_eq!(
            (state.as_str(), &cells[1], &cells[4]),
            ("accepted", &"5.00".into(), &"wait".into())
        );
        assert!(cells[3].starts_with("1000005"), "{cells:?}");
    }
    assert_eq!(payer.creates(), 3);
}

#[test]
fn the_digest_is_detected_over_tls() {
    let payer = Payer::with(&["B-1"]);
    let mut command = payer.program.command(&[
        "payouts",
        "run",
        "list.csv",
        "--ledger",
        "payouts.sqlite",
        "--yes",
    ]);
    let paid = run(&mut command, "");
    assert_eq!(paid.code, 0, "{paid:?}");
    assert_eq!(payer.books().len(), 1);
}

#[test]
fn a_dry_run_sends_nothing_and_shows_the_plan() {
    let payer = Payer::with(&["B-1", "B-2"]);
    payer.pay(&[]);
    payer.write(&format!(
        "{}\n{}{}{}",
        super::HEADER,
        row("B-1", "5.00"),
        row("C-1", "0.10"),
        row("C-2", "999999999999999999.99")
    ));
    let before = std::fs::read(payer.results_file()).unwrap();
    let dry = payer.run(&["--dry-run"]);
    assert_eq!(dry.code, 0, "{dry:?}");
    for line in [
        "to send                   2",
        "accepted before           1",
        "total to send             1000000000000000000.09",
    ] {
        assert!(
            dry.stdout.lines().any(|shown| shown == line),
            "{line}: {dry:?}"
        );
    }
    assert_eq!(payer.creates(), 2);
    assert_eq!(std::fs::read(payer.results_file()).unwrap(), before);
}

#[test]
fn without_a_terminal_the_flag_is_needed() {
    let payer = Payer::with(&["B-1"]);
    let refused = run(&mut payer.command(&[]), "y\n");
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.stderr.contains("--yes"), "{refused:?}");
    assert_eq!(payer.creates(), 0);
    assert!(!payer.results_file().exists());
}

#[test]
fn a_ledger_and_a_certificate_are_needed() {
    let payer = Payer::with(&["B-1"]);
    let mut command = payer.command(&["--yes"]);
    let without = run(command.env_remove("ALIKASSA_LEDGER"), "");
    assert_eq!(without.code, 2, "{without:?}");
    assert!(without.stderr.contains("ALIKASSA_LEDGER"), "{without:?}");
    let mut command = payer.command(&["--yes"]);
    let without = run(command.env_remove("ALIKASSA_PAYOUT_CERT"), "");
    assert_eq!(without.code, 2, "{without:?}");
    assert!(
        without.stderr.contains("ALIKASSA_PAYOUT_CERT"),
        "{without:?}"
    );
    assert_eq!(payer.creates(), 0);
}

#[test]
fn a_run_ends_at_the_first_unknown_row() {
    let payer = Payer::with(&["B-1", "B-2", "B-3"]);
    payer.fail("B-2", FaultKind::CloseAfterAct);
    let ended = payer.pay(&[]);
    assert_eq!(ended.code, 3, "{ended:?}");
    assert_eq!(payer.creates(), 2);
    assert!(ended.stdout.contains("B-2 is unknown: "), "{ended:?}");
    assert_eq!(payer.state("B-2"), "unknown");
    assert!(!payer.results().contains_key("B-3"));
    let continued = payer.pay(&[]);
    assert_eq!(continued.code, 0, "{continued:?}");
    assert_eq!(payer.creates(), 3);
    assert_eq!(payer.state("B-2"), "accepted");
}

#[test]
fn with_the_flag_it_goes_on() {
    let payer = Payer::with(&["B-1", "B-2", "B-3"]);
    payer.fail("B-1", FaultKind::CloseAfterAct);
    payer.fail("B-2", FaultKind::Http500);
    let ended = payer.pay(&["--go-on"]);
    assert_eq!(ended.code, 3, "{ended:?}");
    assert_eq!(payer.creates(), 3);
    assert_eq!(payer.state("B-3"), "accepted");
}

#[test]
fn json_has_an_object_for_each_row_and_the_summary_last() {
    let payer = Payer::with(&["B-1", "B-2", "B-3"]);
    payer.fail("B-2", rejection("no such card"));
    let first = payer.pay(&["--json"]);
    assert_eq!((first.code, first.stderr.as_str()), (1, ""), "{first:?}");
    let again = payer.pay(&["--json"]);
    for run in [first, again] {
        let lines: Vec<Value> = run
            .stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines.len(), 5, "{run:?}");
        assert!(lines[0]["plan"]["to_send"].is_u64(), "{run:?}");
        assert_eq!(
            (&lines[2]["order_id"], &lines[2]["state"]),
            (&"B-2".into(), &"rejected".into())
        );
        assert!(
            lines[2]["message"]
                .as_str()
                .unwrap()
                .contains("no such card"),
            "{run:?}"
        );
        let summary = serde_json::json!({"accepted": 2, "rejected": 1, "unknown": 0, "not_sent": 0, "left": 0});
        assert_eq!(lines[4]["summary"], summary);
    }
    assert_eq!(payer.creates(), 3);
}

#[test]
fn an_optional_field_and_one_of_an_object_are_sent() {
    let payer = Payer::new();
    payer.write(&format!(
        "order_id,extra.card_holder,service,number,amount,customer_code,extra.card_exp_year,notification_endpoint_id\nB-1,\"NAME, \"\"A\"\"\",payment_card_rub,{},5,,24,7\n",
        super::CARD
    ));
    let paid = payer.pay(&[]);
    assert_eq!(paid.code, 0, "{paid:?}");
    let state = payer.program.sandbox.state();
    let request = &state["payouts"][1]["request"];
    let extra = serde_json::json!({"card_exp_year": "24", "card_holder": "NAME, \"A\""});
    assert_eq!(
        (&request["extra"], &request["notification_endpoint_id"]),
        (&extra, &7.into())
    );
    assert!(request.get("customer_code").is_none(), "{request}");
}

#[test]
fn the_texts_of_the_provider_are_no_formulas_and_have_no_card() {
    let payer = Payer::with(&["B-1", "B-2", "-3"]);
    let message = format!(
        "=HYPERLINK(\"http://x\")\r\n+1 {} 4111 1111 1111 1111",
        super::CARD
    );
    payer.fail("B-1", rejection(&message));
    payer.fail(
        "B-2",
        FaultKind::Http {
            status: 200,
            headers: Vec::new(),
            body: br#"{"id": 100000999, "payment_status": "=1+1"}"#.to_vec(),
        },
    );
    let ended = payer.pay(&["--json"]);
    assert_eq!(ended.code, 1, "{ended:?}");
    let results = payer.results();
    assert!(results["B-1"].1[5].contains("HYPERLINK"), "{results:?}");
    assert_eq!(results["B-2"].1[4], "'=1+1");
    assert_eq!(results["'-3"].0, "accepted");
    let text = std::fs::read_to_string(payer.results_file()).unwrap();
    assert_eq!(text.lines().count(), 4, "{text}");
    assert!(
        !text.contains("1111 1111") && !ended.stdout.contains("1111 1111"),
        "{text}"
    );
    for cells in results.values() {
        assert!(
            cells
                .1
                .iter()
                .all(|cell| !cell.starts_with(['=', '+', '-', '@'])),
            "{cells:?}"
        );
    }
    // The order is found again under the name that it has in the file.
    assert_eq!(payer.pay(&[]).code, 1);
    assert_eq!(payer.creates(), 3);
}
