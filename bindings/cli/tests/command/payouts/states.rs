//! What is done with a row in each state of the ledger.

use alikassa_sandbox::FaultKind;

use super::{HEADER, Payer, rejection, row};
use crate::program::run;

#[test]
fn a_row_that_stays_unknown_is_never_sent_again() {
    let payer = Payer::with(&["B-1", "B-2"]);
    payer.fail("B-1", FaultKind::Html502);
    assert_eq!(payer.pay(&[]).code, 3);
    let still = payer.pay(&[]);
    assert_eq!(still.code, 3, "{still:?}");
    assert!(still.stdout.contains("does not prove"), "{still:?}");
    assert_eq!((payer.creates(), payer.state("B-1")), (1, "unknown".into()));
    let others = payer.pay(&["--go-on"]);
    assert_eq!(others.code, 3, "{others:?}");
    assert_eq!(
        (payer.creates(), payer.state("B-2")),
        (2, "accepted".into())
    );
    let retried = payer.pay(&["--go-on", "--retry-rejected"]);
    assert_eq!((retried.code, payer.creates()), (3, 2));

    let ledger = payer.ledger();
    ledger
        .release("payouts.create", "B-1", "ticket 42")
        .unwrap();
    let released = payer.pay(&[]);
    assert_eq!(released.code, 0, "{released:?}");
    assert_eq!((payer.creates(), payer.books()["B-1"]), (3, 1));
}

#[test]
fn a_row_whose_process_was_killed_is_resolved() {
    let payer = Payer::with(&["B-1"]);
    payer.fail("B-1", FaultKind::Silence);
    let mut child = payer.start(&["--deadline", "60"], 1);
    child.kill().unwrap();
    assert_eq!(payer.wait(child), None);
    let row = payer
        .ledger()
        .get("payouts.create", "B-1")
        .unwrap()
        .unwrap();
    assert_eq!(row.state.as_str(), "sending");
    let plan = payer.run(&["--dry-run", "--json"]);
    assert!(plan.stdout.contains(r#""open":1"#), "{plan:?}");
    let resolved = payer.pay(&[]);
    assert_eq!(resolved.code, 0, "{resolved:?}");
    assert_eq!(
        (payer.creates(), payer.state("B-1")),
        (1, "accepted".into())
    );
}

#[test]
fn a_rejected_row_is_sent_again_with_the_flag_only() {
    let payer = Payer::with(&["B-1", "B-2"]);
    payer.fail("B-1", rejection("no such card"));
    assert_eq!(payer.pay(&[]).code, 1);
    let reported = payer.pay(&[]);
    assert_eq!((reported.code, payer.creates()), (1, 2));
    assert!(
        reported.stdout.contains("B-1 is rejected: "),
        "{reported:?}"
    );
    assert!(payer.results()["B-1"].1[5].contains("no such card"));
    // It may be corrected.
    payer.write(&format!(
        "{HEADER}\n{}{}",
        row("B-1", "4.00"),
        row("B-2", "5.00")
    ));
    let retried = payer.pay(&["--retry-rejected"]);
    assert_eq!((retried.code, payer.creates()), (0, 3), "{retried:?}");
    assert_eq!(payer.books()["B-1"], 1);
}

#[test]
fn a_row_that_was_not_sent_is_sent() {
    let payer = Payer::with(&["B-1", "B-2"]);
    let mut command = payer.command(&["--yes"]);
    let nobody = run(command.env("ALIKASSA_BASE_URL", "http://127.0.0.1:1"), "");
    assert_eq!(nobody.code, 2, "{nobody:?}");
    assert!(nobody.stdout.contains("B-1 is not_sent: "), "{nobody:?}");
    assert_eq!(payer.state("B-1"), "not_sent");
    assert!(!payer.results().contains_key("B-2"));
    let paid = payer.pay(&["--json"]);
    assert_eq!((paid.code, payer.creates()), (0, 2), "{paid:?}");
    assert!(paid.stdout.contains(r#""not_sent":1"#), "{paid:?}");
}

#[test]
fn so_is_one_that_failed_before_it_was_recorded() {
    let payer = Payer::with(&["B-1"]);
    // The read that detects the digest fails, so the ledger has nothing.
    let arguments = [
        "payouts",
        "run",
        "list.csv",
        "--yes",
        "--ledger",
        "payouts.sqlite",
    ];
    let mut command = payer.program.command(&arguments);
    let nobody = run(command.env("ALIKASSA_BASE_URL", "http://127.0.0.1:1"), "");
    assert_eq!(nobody.code, 2, "{nobody:?}");
    assert!(
        payer
            .ledger()
            .get("payouts.create", "B-1")
            .unwrap()
            .is_none()
    );
    assert_eq!(payer.state("B-1"), "not_sent");
    let paid = payer.pay(&[]);
    assert_eq!((paid.code, payer.creates()), (0, 1), "{paid:?}");
}

#[test]
fn a_list_that_contradicts_the_ledger_is_refused() {
    let payer = Payer::with(&["B-1", "B-2"]);
    payer.fail("B-2", FaultKind::Html502);
    assert_eq!(payer.pay(&[]).code, 3);
    let first = row("B-1", "5.00");
    for (changed, line) in [
        (first.replace("5.00", "6.00"), 2),
        (first.replace("5.00", "5"), 2),
        (first.replace("4111111111111111", "5555555555554444"), 2),
        (format!("{first}{}", row("B-2", "5.01")), 3),
    ] {
        payer.write(&format!("{HEADER}\n{changed}{}", row("B-9", "1.00")));
        for arguments in [
            &["--dry-run"][..],
            &["--yes", "--go-on", "--retry-rejected"],
        ] {
            let refused = payer.run(arguments);
            assert_eq!(refused.code, 2, "{changed}: {refused:?}");
            assert!(
                refused
                    .stderr
                    .contains(&format!("line {line}: the ledger has B-")),
                "{refused:?}"
            );
            assert!(refused.stderr.contains("sent with other fields"));
            assert!(!refused.stderr.contains("key"), "{refused:?}");
            assert!(!refused.stderr.contains("4444"), "{refused:?}");
        }
    }
    assert_eq!(payer.creates(), 2);
}

#[test]
fn another_ledger_is_refused() {
    let payer = Payer::with(&["B-1"]);
    assert_eq!(payer.pay(&[]).code, 0);
    let refused = payer.pay(&["--ledger", "other.sqlite"]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(
        refused
            .stderr
            .contains("line 2: an earlier run has a result of B-1"),
        "{refused:?}"
    );
    let removed = payer.program.folder.path().join("payouts.sqlite");
    std::fs::remove_file(removed).unwrap();
    assert_eq!(payer.pay(&[]).code, 2);
    assert_eq!(payer.creates(), 1);
}

#[test]
fn a_restored_ledger_sends_nothing() {
    let payer = Payer::with(&["B-1"]);
    assert_eq!(payer.pay(&[]).code, 0);
    payer
        .ledger()
        .backup(payer.program.folder.path().join("copy.sqlite"))
        .unwrap();
    payer.list(&["B-1", "B-2"]);
    let refused = payer.pay(&["--ledger", "copy.sqlite"]);
    assert_eq!((refused.code, payer.creates()), (2, 1), "{refused:?}");
}
