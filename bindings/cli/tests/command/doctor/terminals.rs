//! The colours of the marks.

use super::setup::Setup;
use crate::terminal::Terminal;

const ESCAPE: char = '\u{1b}';

/// A set-up with every mark: no notification key is a warning, and a port without a server a fault.
fn setup() -> Setup {
    Setup::new()
        .unset("ALIKASSA_NOTIFICATION_CERT")
        .set("ALIKASSA_BASE_URL", "https://127.0.0.1:1")
}

/// What a terminal shows of it.
fn screen(arguments: &[&str], environment: &[(&str, &str)]) -> String {
    let setup = setup();
    let mut command = setup.command(arguments);
    command.envs(environment.iter().copied());
    let (code, screen) = Terminal::start(command).answer("");
    assert_eq!(code, 2, "{screen}");
    screen
}

#[test]
fn marks_have_colours_on_a_terminal() {
    let screen = screen(&[], &[]);
    for line in [
        "\u{1b}[32m✓\u{1b}[0m account ",
        "\u{1b}[33m!\u{1b}[0m notification_key ",
        "\u{1b}[31m✗\u{1b}[0m tcp ",
        "\n- tls ",
    ] {
        assert!(screen.contains(line), "{line:?}: {screen:?}");
    }
}

#[test]
fn a_terminal_without_colours_gets_none() {
    for (arguments, environment) in [
        (&[][..], ("NO_COLOR", "1")),
        (&[], ("TERM", "dumb")),
        (&["--json"], ("TERM", "xterm")),
    ] {
        let screen = screen(arguments, &[environment]);
        assert!(screen.contains("notification_key"), "{screen:?}");
        assert!(!screen.contains(ESCAPE), "{environment:?}: {screen:?}");
    }
}

#[test]
fn a_pipe_gets_no_colours() {
    let setup = setup();
    for arguments in [&[][..], &["--json"]] {
        let run = setup.run(arguments);
        assert!(run.stdout.contains("notification_key"), "{run:?}");
        assert!(!run.stdout.contains(ESCAPE), "{run:?}");
    }
}
