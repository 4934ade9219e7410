//! A list that was begun with another payout key than it is continued with.

use std::process::Command;

use alikassa_sandbox::{FaultKind, Sandbox};

use super::{HEADER, Payer, rejection, row};
use crate::program::{Run, run};

/// A list whose rows are in each state, and the provider with the next key.
struct Rotation {
    payer: Payer,
    next: Payer,
}

const ORDERS: [&str; 5] = ["accepted", "unknown", "rejected", "not-sent", "new"];

impl Rotation {
    fn new() -> Self {
        let payer = Payer::with(&ORDERS[..3]);
        payer.fail("unknown", FaultKind::CloseAfterAct);
        payer.fail("rejected", rejection("no such card"));
        assert_eq!(payer.pay(&["--go-on"]).code, 3);
        payer.list(&ORDERS[3..4]);
        let mut command = payer.command(&["--yes"]);
        let nobody = run(command.env("ALIKASSA_BASE_URL", "http://127.0.0.1:1"), "");
        assert!(nobody.stdout.contains("not_sent"), "{nobody:?}");
        std::fs::remove_file(payer.results_file()).unwrap();
        payer.list(&ORDERS);
        // It has the payout whose response was lost, under the id that it had.
        let next = Payer::with(&["first-of-sandbox", "unknown"]);
        assert_eq!(next.pay(&[]).code, 0);
        Self { payer, next }
    }

    fn sandbox(&self) -> &Sandbox {
        &self.next.program.sandbox
    }

    /// Continues the list with the next key.
    fn run(&self, arguments: &[&str]) -> Run {
        let mut command: Command = self.payer.command(&[&["--yes"], arguments].concat());
        command
            .env("ALIKASSA_BASE_URL", self.sandbox().url())
            .env("ALIKASSA_PAYOUT_CERT", self.sandbox().payout_cert());
        let run = run(&mut command, "");
        self.payer.assert_no_card(&[&run.stdout, &run.stderr]);
        run
    }

    /// The orders that were sent with the next key.
    fn sent(&self) -> Vec<String> {
        let books = self.next.books();
        let orders = books
            .into_keys()
            .filter(|order| order != "first-of-sandbox");
        orders.collect()
    }
}

#[test]
fn rows_of_another_key_are_refused_and_named() {
    let rotation = Rotation::new();
    for arguments in [&["--go-on"][..], &["--go-on", "--retry-rejected"]] {
        let refused = rotation.run(arguments);
        assert_eq!(refused.code, 2, "{refused:?}");
        for line in [
            "line 2: the ledger has accepted as accepted, sent with another payout key",
            "line 3: the ledger has unknown as unknown, sent with another payout key",
        ] {
            assert!(refused.stderr.contains(line), "{line}: {refused:?}");
        }
        assert!(refused.stderr.contains("--allow-other-key"), "{refused:?}");
        assert_eq!(refused.stderr.lines().count(), 3, "{refused:?}");
    }
    assert_eq!(rotation.sent(), ["unknown"]);
}

#[test]
fn with_the_flag_no_row_that_was_sent_is_sent_again() {
    let rotation = Rotation::new();
    let plan = rotation.run(&["--allow-other-key", "--dry-run", "--json"]);
    assert!(plan.stdout.contains(r#""other_key":2"#), "{plan:?}");
    let continued = rotation.run(&["--allow-other-key"]);
    assert_eq!(continued.code, 1, "{continued:?}");
    assert_eq!(rotation.sent(), ["new", "not-sent", "unknown"]);
    assert!(rotation.next.books().values().all(|count| *count == 1));
    for (order, state) in [
        ("accepted", "accepted"),
        ("unknown", "accepted"),
        ("rejected", "rejected"),
        ("not-sent", "accepted"),
        ("new", "accepted"),
    ] {
        assert_eq!(rotation.payer.state(order), state, "{order}");
    }
    // The rows that were sent now have the next key.
    assert_eq!(rotation.run(&["--allow-other-key"]).code, 1);
    assert_eq!(rotation.sent().len(), 3);
}

#[test]
fn an_open_row_of_another_key_that_is_not_found_stays_open() {
    let rotation = Rotation::new();
    let status = alikassa_sandbox::Fault::new(FaultKind::Html502).path("v1/payout/status");
    rotation.sandbox().set_fault(status.always());
    let ended = rotation.run(&["--allow-other-key"]);
    assert_eq!(ended.code, 3, "{ended:?}");
    assert_eq!(rotation.sent(), ["unknown"]);
    let others = rotation.run(&["--allow-other-key", "--go-on"]);
    assert_eq!(others.code, 3, "{others:?}");
    assert_eq!(rotation.sent(), ["new", "not-sent", "unknown"]);
    assert!(rotation.next.books().values().all(|count| *count == 1));
    assert_eq!(rotation.payer.state("unknown"), "unknown");
}

#[test]
fn another_amount_or_service_is_refused_with_the_flag_too() {
    let rotation = Rotation::new();
    for changed in [
        row("accepted", "5.01"),
        row("unknown", "50.00"),
        row("accepted", "5.00").replace("payment_card_rub", "payment_sbp_rub"),
    ] {
        rotation
            .payer
            .write(&format!("{HEADER}\n{changed}{}", row("new", "5.00")));
        let refused = rotation.run(&["--allow-other-key", "--go-on"]);
        assert_eq!(refused.code, 2, "{refused:?}");
        assert!(refused.stderr.contains("with other fields"), "{refused:?}");
    }
    assert_eq!(rotation.sent(), ["unknown"]);
}
