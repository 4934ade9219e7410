//! The moment after which a request may have reached the provider.

use std::sync::atomic::{AtomicU8, Ordering};

use crate::error::Phase;

const OPEN: u8 = 0;
const SHUT: u8 = 1;
const SENDING: u8 = 2;
const AWAITING: u8 = 3;

/// Lets the first byte of a request pass, or nothing ever: sending it and giving it up exclude each other, so that
/// "not sent" is never said of a request that is on its way.
#[derive(Debug, Default)]
pub(crate) struct Gate(AtomicU8);

impl Gate {
    /// Asked before each piece of the request; false when it may not be sent any more.
    pub(crate) fn pass(&self) -> bool {
        match self
            .0
            .compare_exchange(OPEN, SENDING, Ordering::SeqCst, Ordering::SeqCst)
        {
            Ok(_) => true,
            Err(state) => state != SHUT,
        }
    }

    /// The request is out and its answer awaited.
    pub(crate) fn await_answer(&self) {
        let _ = self
            .0
            .compare_exchange(SENDING, AWAITING, Ordering::SeqCst, Ordering::SeqCst);
    }

    /// Gives the request up; false when it is on its way already.
    pub(crate) fn shut(&self) -> bool {
        match self
            .0
            .compare_exchange(OPEN, SHUT, Ordering::SeqCst, Ordering::SeqCst)
        {
            Ok(_) => true,
            Err(state) => state == SHUT,
        }
    }

    pub(crate) fn is_shut(&self) -> bool {
        self.0.load(Ordering::SeqCst) == SHUT
    }

    /// How far the request got, once its first byte has passed.
    pub(crate) fn passed(&self) -> Option<Phase> {
        match self.0.load(Ordering::SeqCst) {
            SENDING => Some(Phase::Send),
            AWAITING => Some(Phase::Receive),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passed_cannot_be_shut_and_what_is_shut_cannot_pass() {
        let gate = Gate::default();
        assert_eq!(gate.passed(), None);
        assert!(gate.pass() && gate.pass());
        assert_eq!(gate.passed(), Some(Phase::Send));
        assert!(!gate.shut() && !gate.is_shut());
        gate.await_answer();
        assert_eq!(gate.passed(), Some(Phase::Receive));
        assert!(gate.pass() && !gate.shut());

        let gate = Gate::default();
        assert!(gate.shut() && gate.shut());
        assert!(!gate.pass() && gate.is_shut());
        assert_eq!(gate.passed(), None);
    }

    #[test]
    fn of_two_threads_one_wins() {
        for _ in 0..1000 {
            let gate = Gate::default();
            let (passed, shut) = std::thread::scope(|scope| {
                let passing = scope.spawn(|| gate.pass());
                let shut = gate.shut();
                (passing.join().unwrap_or_default(), shut)
            });
            assert_ne!(passed, shut);
        }
    }
}
