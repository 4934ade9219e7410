//! What the clones of a ledger share.

use super::lock::LockDeadline;
use super::store::Store;
use super::waiting::Waiting;
use crate::error::Result;
use crate::sync::process_local::ProcessLocal;

pub(super) struct Inner {
    pub(super) store: Box<dyn Store>,
    /// Reports that wait to be settled together.
    pub(super) waiting: ProcessLocal<Waiting>,
}

impl Inner {
    pub(super) fn new(store: Box<dyn Store>) -> Self {
        Self {
            store,
            waiting: ProcessLocal::new(Waiting::default(), Waiting::default),
        }
    }

    /// Whether there is time to try again after another process changed the same row.
    pub(super) fn check(&self, deadline: LockDeadline) -> Result<()> {
        if deadline.remaining().is_zero() {
            return Err(self.store.failed("another process keeps changing the row"));
        }
        Ok(())
    }
}

/// A program that ends without closing its client leaves nothing open either.
impl Drop for Inner {
    fn drop(&mut self) {
        self.store.close_at_once();
    }
}
