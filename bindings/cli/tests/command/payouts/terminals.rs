//! The question and the progress on a terminal.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::Child;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use alikassa_sandbox::FaultKind;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use super::{CARD, Payer};

/// The command on a terminal of its own.
struct Terminal {
    keyboard: File,
    screen: JoinHandle<String>,
    child: Child,
}

impl Terminal {
    fn start(payer: &Payer, arguments: &[&str]) -> Self {
        let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&controller).unwrap();
        unlockpt(&controller).unwrap();
        let path = ptsname(&controller, Vec::new()).unwrap();
        let terminal = || -> OwnedFd {
            let path = path.to_str().unwrap();
            File::options()
                .read(true)
                .write(true)
                .open(path)
                .unwrap()
                .into()
        };
        let mut command = payer.command(arguments);
        command
            .stdin(terminal())
            .stdout(terminal())
            .stderr(terminal());
        let child = command.env("TERM", "xterm").spawn().unwrap();
        drop(command);
        let keyboard = File::from(controller);
        let mut output = keyboard.try_clone().unwrap();
        let screen = thread::spawn(move || {
            let mut bytes = Vec::new();
            // It ends with an error when the terminal is closed.
            _ = output.read_to_end(&mut bytes);
            String::from_utf8_lossy(&bytes).into_owned()
        });
        Self {
            keyboard,
            screen,
            child,
        }
    }

    /// Types the answer. Returns the exit code and what was shown.
    fn answer(mut self, answer: &str) -> (i32, String) {
        self.keyboard.write_all(answer.as_bytes()).unwrap();
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        (code, self.screen.join().unwrap())
    }
}

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
        let terminal = Terminal::start(&payer, &[]);
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
    let (code, screen) = Terminal::start(&payer, &[]).answer("");
    assert_eq!((code, payer.creates()), (0, 1), "{screen}");
    assert!(!screen.contains("[y/N]"), "{screen}");
}

#[test]
fn the_progress_is_shown_on_a_terminal_only() {
    let payer = Payer::with(&["B-1", "B-2", "B-3"]);
    payer.fail("B-1", FaultKind::Stall(Duration::from_millis(500)));
    let (code, screen) = Terminal::start(&payer, &["--yes"]).answer("");
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains(" of 3, "), "{screen:?}");
    assert!(!screen.contains(CARD));

    payer.list(&["C-1", "C-2"]);
    let piped = payer.pay(&[]);
    assert_eq!((piped.code, piped.stderr.as_str()), (0, ""), "{piped:?}");
}
