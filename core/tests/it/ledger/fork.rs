//! A fork while another thread drops a ledger. A binding holds [`lock_for_fork`] during a fork.

#![allow(
    unsafe_code,
    reason = "there is no safe call of fork; the child only uses a ledger and exits"
)]

use std::path::Path;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use alikassa::Ledger;
use alikassa::binding::lock_for_fork;

use super::open;
use crate::fixture;

const FORKS: u64 = 100;

/// A thread that drops a ledger whenever it is asked to. It holds the lock of the interpreter
/// meanwhile, as a thread of Python does.
struct Dropping<'a> {
    path: &'a Path,
    interpreter: &'a Mutex<()>,
    asked: Receiver<()>,
    steps: Sender<()>,
}

impl Dropping<'_> {
    fn run(&self) {
        loop {
            let ledger = Ledger::new(self.path).unwrap();
            open(&ledger);
            self.steps.send(()).unwrap();
            if self.asked.recv().is_err() {
                return;
            }
            let _held = self.interpreter.lock().unwrap();
            self.steps.send(()).unwrap();
            drop(ledger);
        }
    }
}

/// In a process of its own, which has no other threads.
#[test]
fn child_process() {
    let Some(path) = std::env::var_os("FORK_TEST_LEDGER") else {
        return;
    };
    let path = Path::new(&path);
    let interpreter = Mutex::new(());
    let (ask, asked) = channel();
    let (steps, step) = channel();
    let dropping = Dropping {
        path,
        interpreter: &interpreter,
        asked,
        steps,
    };
    thread::scope(|scope| {
        scope.spawn(move || dropping.run());
        for number in 0..FORKS {
            end_after(20);
            step.recv().unwrap();
            let fork_lock = lock_for_fork();
            ask.send(()).unwrap();
            step.recv().unwrap();
            // Before a fork, Python needs the interpreter again: the drop must not wait for the fork.
            let held = number
                .is_multiple_of(2)
                .then(|| interpreter.lock().unwrap());
            // A drop that ignores the fork is at another of its steps each time.
            thread::sleep(Duration::from_micros(number * 20));
            // SAFETY: the child only does what this test is about, and ends with _exit.
            let child = unsafe { libc::fork() };
            drop((held, fork_lock));
            if child == 0 {
                end_after(10);
                let code = i32::from(!is_usable(path));
                // SAFETY: it ends this process without what else happens at an exit.
                unsafe { libc::_exit(code) };
            }
            assert_eq!(status(child), 0, "fork {number}");
        }
        step.recv().unwrap();
        drop(ask);
    });
    println!("forked {FORKS} times");
}

/// Ends this process by a signal, unless this is called again before: it hangs.
fn end_after(seconds: u32) {
    // SAFETY: it has no requirements.
    unsafe { libc::alarm(seconds) };
}

/// Whether a ledger can be read and written.
fn is_usable(path: &Path) -> bool {
    let ledger = Ledger::new(path).unwrap();
    let released = ledger.release("payouts.create", "B-1", "test");
    ledger.open().all(|row| row.is_ok())
        && released.is_err_and(|error| error.field() == Some("order_id"))
}

fn status(child: i32) -> i32 {
    let mut status = 0;
    // SAFETY: the pointer is valid during the call.
    let ended = unsafe { libc::waitpid(child, &raw mut status, 0) };
    assert_eq!(ended, child);
    status
}

#[test]
fn a_child_of_fork_uses_a_ledger_while_another_thread_drops_one() {
    let folder = tempfile::tempdir().unwrap();
    let output = fixture::child_process(module_path!())
        .env("FORK_TEST_LEDGER", folder.path().join("ledger.sqlite"))
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{}: {printed}", output.status);
    assert!(printed.contains("forked 100 times"), "{printed}");
}
