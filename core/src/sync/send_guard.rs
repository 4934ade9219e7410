//! The moment after which a request may have reached the provider.

use std::sync::atomic::{AtomicU8, Ordering};

use crate::error::Phase;

const OPEN: u8 = 0;
const REVOKED: u8 = 1;
const SENDING: u8 = 2;
const AWAITING: u8 = 3;

/// Lets the first byte of a request pass, or nothing ever: sending it and giving it up exclude each other, so that
/// "not sent" is never said of a request that is on its way.
#[derive(Debug, Default)]
pub(crate) struct SendGuard(AtomicU8);

impl SendGuard {
    /// Asked before each piece of the request; false when it may not be sent any more.
    pub(crate) fn begin(&self) -> bool {
        match self
            .0
            .compare_exchange(OPEN, SENDING, Ordering::SeqCst, Ordering::SeqCst)
        {
            Ok(_) => true,
            Err(state) => state != REVOKED,
        }
    }

    /// The request is out and its answer awaited.
    pub(crate) fn begin_receive(&self) {
        let _ = self
            .0
            .compare_exchange(SENDING, AWAITING, Ordering::SeqCst, Ordering::SeqCst);
    }

    /// Gives the request up; false when it is on its way already.
    pub(crate) fn revoke(&self) -> bool {
        match self
            .0
            .compare_exchange(OPEN, REVOKED, Ordering::SeqCst, Ordering::SeqCst)
        {
            Ok(_) => true,
            Err(state) => state == REVOKED,
        }
    }

    pub(crate) fn is_revoked(&self) -> bool {
        self.0.load(Ordering::SeqCst) == REVOKED
    }

    /// How far the request got, once its first byte has passed.
    pub(crate) fn phase(&self) -> Option<Phase> {
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
        let guard = SendGuard::default();
        assert_eq!(guard.phase(), None);
        assert!(guard.begin() && guard.begin());
        assert_eq!(guard.phase(), Some(Phase::Send));
        assert!(!guard.revoke() && !guard.is_revoked());
        guard.begin_receive();
        assert_eq!(guard.phase(), Some(Phase::Receive));
        assert!(guard.begin() && !guard.revoke());

        let guard = SendGuard::default();
        assert!(guard.revoke() && guard.revoke());
        assert!(!guard.begin() && guard.is_revoked());
        assert_eq!(guard.phase(), None);
    }

    #[test]
    fn of_two_threads_one_wins() {
        for _ in 0..1000 {
            let guard = SendGuard::default();
            let (passed, shut) = std::thread::scope(|scope| {
                let passing = scope.spawn(|| guard.begin());
                let shut = guard.revoke();
                (passing.join().unwrap_or_default(), shut)
            });
            assert_ne!(passed, shut);
        }
    }
}
