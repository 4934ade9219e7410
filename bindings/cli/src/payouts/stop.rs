//! Ending a run before its list ends. Calls in flight are finished and recorded.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use alikassa::Client;
use anstream::eprintln;

use crate::failure::Failure;

/// The exit code of a program that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// Whether no other call may start.
#[derive(Default)]
pub(super) struct Stop {
    is_set: AtomicBool,
    is_interrupted: AtomicBool,
}

impl Stop {
    pub(super) fn set(&self) {
        self.is_set.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_set(&self) -> bool {
        self.is_set.load(Ordering::SeqCst)
    }

    pub(super) fn is_interrupted(&self) -> bool {
        self.is_interrupted.load(Ordering::SeqCst)
    }

    /// Lets the first Ctrl-C or termination end the run after the calls in flight, and the second
    /// at once.
    pub(super) fn on_interrupt(self: &Arc<Self>, client: &Client) -> Result<(), Failure> {
        let (stop, client) = (Arc::clone(self), client.clone());
        let handler = move || {
            if stop.is_interrupted.swap(true, Ordering::SeqCst) {
                std::process::exit(INTERRUPTED);
            }
            stop.set();
            eprintln!("alikassa: waiting for the payouts in flight; Ctrl-C again ends at once");
            // This ends pauses between reads, and waits for creates: a thread of its own, because
            // the next Ctrl-C has to be handled meanwhile.
            let client = client.clone();
            std::thread::spawn(move || client.close());
        };
        let set = ctrlc::set_handler(handler);
        set.map_err(|error| Failure::usage(format!("Ctrl-C cannot be handled: {error}")))
    }
}
