//! Ctrl-C and termination during a run.

use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use alikassa_sandbox::FaultKind;
use rustix::process::{Pid, Signal, kill_process};

use super::Payer;

/// Starts the command, whose first create has its response after this time.
fn start(payer: &Payer, stall: Duration) -> Child {
    payer.fail("B-1", FaultKind::Stall(stall));
    payer.start(&["--deadline", "60"], 1)
}

fn signal(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

#[test]
fn the_first_signal_ends_the_run_after_the_calls_in_flight() {
    for kind in [Signal::INT, Signal::TERM] {
        let payer = Payer::with(&["B-1", "B-2", "B-3"]);
        let child = start(&payer, Duration::from_millis(700));
        signal(&child, kind);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let printed = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
        payer.assert_no_card(&[&printed[0], &printed[1]]);
        assert_eq!(
            (payer.creates(), payer.state("B-1")),
            (1, "accepted".into())
        );
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert!(stdout.contains("left      2"), "{stdout}");
        assert_eq!(payer.pay(&[]).code, 0);
        assert_eq!((payer.creates(), payer.books().len()), (3, 3));
    }
}

#[test]
fn the_second_signal_ends_it_at_once() {
    let payer = Payer::with(&["B-1", "B-2"]);
    let mut child = start(&payer, Duration::from_secs(20));
    let started = Instant::now();
    signal(&child, Signal::INT);
    thread::sleep(Duration::from_millis(300));
    assert!(child.try_wait().unwrap().is_none());
    signal(&child, Signal::INT);
    assert_eq!(payer.wait(child), Some(130));
    assert!(started.elapsed() < Duration::from_secs(10));
    let continued = payer.pay(&[]);
    assert_eq!((continued.code, payer.creates()), (0, 2), "{continued:?}");
}

#[test]
fn a_signal_ends_the_pauses_between_reads() {
    let payer = Payer::with(&["B-1", "B-2"]);
    payer.fail("B-1", FaultKind::Html502);
    assert_eq!(payer.pay(&[]).code, 3);
    let reads = || payer.program.sandbox.log().len() - payer.creates();
    let before = reads();
    let mut child = payer.start(&["--deadline", "60", "--go-on"], 1);
    while reads() == before {
        assert!(child.try_wait().unwrap().is_none());
        thread::sleep(Duration::from_millis(5));
    }
    let started = Instant::now();
    signal(&child, Signal::INT);
    assert_eq!(payer.wait(child), Some(3));
    assert!(started.elapsed() < Duration::from_secs(10));
    assert_eq!(payer.creates(), 1);
}
