//! Reconciling for the bindings whose callers wait on their own thread: several threads share the
//! rows, and another thread can end the wait for the next one.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::client::Client;
use crate::client::cancellation::Cancellation;
use crate::client::ledger::collect;
use crate::client::reconcile::{ReconcileEvent, ReconcileStream, context};
use crate::client::statuses::BatchOptions;
use crate::engine::reconcile::Reconciled;
use crate::engine::settings::CallOptions;
use crate::error::{Result, cancelled};
use crate::sync::process_local::ProcessLocal;
use crate::types::ledger_row::LedgerRow;

/// The open rows as they settle.
pub struct ReconcileCursor {
    stream: Mutex<ReconcileStream>,
    ready: Arc<ProcessLocal<Ready>>,
}

impl ReconcileCursor {
    /// The open rows of the client's account. Sends nothing yet.
    ///
    /// # Errors
    /// As [`ReconcileStream::new`].
    pub fn new(client: &Client, options: BatchOptions, call: CallOptions) -> Result<Self> {
        let ready = Arc::new(ProcessLocal::new(Ready::default(), Ready::default));
        let on_ready = Arc::clone(&ready);
        let stream = ReconcileStream::new(client, options, call, move || on_ready.get().notify())?;
        Ok(Self {
            stream: Mutex::new(stream),
            ready,
        })
    }

    /// Waits for the next row that settled; none after the last one. A wait that is cancelled takes
    /// no row: the requests go on, and the next call returns their rows.
    ///
    /// # Errors
    /// An error that concerns every row; [`Cancelled`](crate::ErrorKind::Cancelled).
    pub fn next(&self, cancellation: Option<&Cancellation>) -> Result<Option<Reconciled>> {
        let ready = self.ready.get();
        let woken = Arc::clone(&ready);
        let _registered = cancellation.map(|it| it.register(move || woken.notify()));
        loop {
            let seen = ready.count();
            if cancellation.is_some_and(Cancellation::is_cancelled) {
                return Err(context().annotate(cancelled()));
            }
            match self.step() {
                ReconcileEvent::Ready(reconciled) => return Ok(Some(*reconciled)),
                ReconcileEvent::Failed(error) => return Err(error),
                ReconcileEvent::Done => return Ok(None),
                ReconcileEvent::Pending(limit) => ready.wait(seen, limit),
            }
        }
    }

    fn step(&self) -> ReconcileEvent {
        let mut stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        stream.step()
    }
}

impl fmt::Debug for ReconcileCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReconcileCursor").finish_non_exhaustive()
    }
}

/// Counts what may have changed the next event.
#[derive(Default)]
struct Ready {
    count: Mutex<u64>,
    changed: Condvar,
}

impl Ready {
    fn count(&self) -> u64 {
        *self.lock()
    }

    fn notify(&self) {
        *self.lock() += 1;
        self.changed.notify_all();
    }

    /// Waits until the count is no longer `seen`, for at most `limit`.
    fn wait(&self, seen: u64, limit: Option<Duration>) {
        const NO_LIMIT: Duration = Duration::from_secs(3600);
        let limit = limit.unwrap_or(NO_LIMIT);
        let waited = self
            .changed
            .wait_timeout_while(self.lock(), limit, |count| *count == seen);
        drop(waited);
    }

    fn lock(&self) -> MutexGuard<'_, u64> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[doc(hidden)]
impl Client {
    /// [`reconcile`](Self::reconcile) that `cancellation` can end.
    ///
    /// # Errors
    /// As [`reconcile`](Self::reconcile); [`Cancelled`](crate::ErrorKind::Cancelled).
    pub fn reconcile_with(
        &self,
        call: CallOptions,
        cancellation: Option<&Cancellation>,
    ) -> Result<Vec<LedgerRow>> {
        let cursor = ReconcileCursor::new(self, BatchOptions::default(), call)?;
        collect(std::iter::from_fn(|| cursor.next(cancellation).transpose()))
    }
}
