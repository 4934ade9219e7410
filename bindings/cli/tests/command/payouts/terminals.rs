//! The question and the progress on a terminal.

use std::time::Duration;

use alikassa_sandbox::FaultKind;

use super::{CARD, Payer};
use crate::terminal::Terminal;

#[test]
fn the_question_has_the_count_and_the_total() {
    for (answer, code, creates) in [
        ("n\n", 2, 0),
        ("\n", 2, 0),
        ("yes please\n", 2, 0),
        ("\u{4}", 2, 0),
        ("y\n", 0, 2),
        ("Yes\n", 0, 2),
    ] {
        let payer = Payer::with(&["B-1", "B-2"]);
        let terminal = Terminal::start(payer.command(&[]));
        let (ended, screen) = terminal.answer(answer);
        assert_eq!(
            (ended, payer.creates()),
            (code, creates),
            "{answer:?}: {screen}"
        );
        assert!(
            screen.contains("Send 2 payouts, 10.00 in total? [y/N]"),
            "{screen}"
        );
        assert_eq!(payer.results_file().exists(), creates > 0);
        payer.assert_no_card(&[&screen]);
    }
}

#[test]
fn nothing_to_send_needs_no_question() {
    let payer = Payer::with(&["B-1"]);
    payer.pay(&[]);
    let (code, screen) = Terminal::start(payer.command(&[])).answer("");
    assert_eq!((code, payer.creates()), (0, 1), "{screen}");
    assert!(!screen.contains("[y/N]"), "{screen}");
}

#[test]
fn the_progress_is_shown_on_a_terminal_only() {
    let payer = Payer::with(&["B-1", "B-2", "B-3"]);
    payer.fail("B-1", FaultKind::Stall(Duration::from_millis(500)));
    let (code, screen) = Terminal::start(payer.command(&["--yes"])).answer("");
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains(" of 3, "), "{screen:?}");
    assert!(!screen.contains(CARD));

    payer.list(&["C-1", "C-2"]);
    let piped = payer.pay(&[]);
    assert_eq!((piped.code, piped.stderr.as_str()), (0, ""), "{piped:?}");
}
