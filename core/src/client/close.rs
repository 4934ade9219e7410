//! Closing a client, with those of the other accounts or alone.

use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::client::Client;
use crate::engine::event_queue::flush;

/// How long closing waits for a hook that is slower than the calls.
const MAX_FLUSH: Duration = Duration::from_secs(2);

impl Client {
    /// Closes the client: new calls are refused, calls in the queue are not sent, and calls in
    /// flight are awaited, each up to its deadline.
    ///
    /// A create that was cancelled in flight is also awaited, so that its outcome is recorded.
    /// Waits and resolves return their last status, and there are no more retries. If a callback of
    /// a call closes the client, that call is not awaited. Closing again only waits. Then every
    /// connection is closed, idle threads end, and the ledger's log is moved into its file.
    ///
    /// The clients that [`for_account`](Self::for_account) derived are closed with it. A derived
    /// client is closed alone: only its calls are refused or awaited, and what it shares stays open.
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client) {
    /// client.close();
    /// # }
    /// ```
    pub fn close(&self) {
        let process = self.shared.process.get();
        let options = &self.shared.settings.options;
        if self.account.is_derived {
            let owner = self.account.owner();
            self.account.close();
            process.pool.refuse(owner);
            process.in_flight.drain(Some(owner));
        } else {
            self.shared.closed.store(true, Ordering::SeqCst);
            process.pool.close();
            process.in_flight.drain(None);
            process.transport.close();
            if let Some(ledger) = &options.ledger {
                ledger.close();
            }
        }
        if options.on_event.is_some() {
            flush(MAX_FLUSH);
        }
    }
}
