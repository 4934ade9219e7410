//! Deciding between sending a create and cancelling it.

use std::sync::atomic::{AtomicU8, Ordering};

use crate::error::Phase;

const OPEN: u8 = 0;
const REVOKED: u8 = 1;
const SENDING: u8 = 2;
const AWAITING: u8 = 3;

/// Allows the request to be sent, or revokes it for good. One compare-and-swap decides, so that a
/// request in flight is never reported as not sent.
#[derive(Debug, Default)]
pub(crate) struct SendGuard(AtomicU8);

impl SendGuard {
    /// Called before each part of the request is sent. Returns false if the request was revoked.
    pub(crate) fn begin(&self) -> bool {
        match self
            .0
            .compare_exchange(OPEN, SENDING, Ordering::SeqCst, Ordering::SeqCst)
        {
            Ok(_) => true,
            Err(state) => state != REVOKED,
        }
    }

    /// Called when the request is sent and its response awaited.
    pub(crate) fn begin_receive(&self) {
        let _ = self
            .0
            .compare_exchange(SENDING, AWAITING, Ordering::SeqCst, Ordering::SeqCst);
    }

    /// Revokes the request. Returns false if it is already in flight.
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

    /// The phase of the request, if its first byte may have been sent.
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
    fn a_begun_send_cannot_be_revoked_and_a_revoked_send_cannot_begin() {
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
    fn either_begin_or_revoke_succeeds_when_two_threads_race() {
        for _ in 0..1000 {
            let guard = SendGuard::default();
            let (begun, revoked) = std::thread::scope(|scope| {
                let sender = scope.spawn(|| guard.begin());
                let revoked = guard.revoke();
                (sender.join().unwrap_or_default(), revoked)
            });
            assert_ne!(begun, revoked);
        }
    }
}
