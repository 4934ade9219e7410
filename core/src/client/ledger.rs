//! The calls of a client that has a ledger.

use std::time::Duration;

use crate::client::Client;
use crate::client::reconcile::{ReconcileEvent, ReconcileStream};
use crate::client::statuses::BatchOptions;
use crate::engine::reconcile::Reconciled;
use crate::error::Result;
use crate::ledger::Ledger;
use crate::types::ledger_row::LedgerRow;

impl Client {
    /// Requests the status of every open row of this account in the ledger, and records it. Returns
    /// these rows as they are afterwards, the oldest first.
    ///
    /// A row becomes accepted if the provider has the order with the amount that was sent. Other
    /// rows are unchanged, including rows whose certificate the client does not have. Only reads
    /// are sent. The deadline applies to the requests about one row.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) without a ledger;
    /// [`Ledger`](crate::ErrorKind::Ledger) if it cannot be read or written; as every call of
    /// a [`Client`]. After a bad response about one row, the other rows are requested before the
    /// error is returned. Rows that were already updated stay updated.
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
    /// for row in client.reconcile()? {
    ///     println!("{} {}", row.order_id, row.state);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn reconcile(&self) -> Result<Vec<LedgerRow>> {
        collect(self.iter_reconcile(BatchOptions::default())?)
    }

    /// [`reconcile`](Self::reconcile) with a limited number of requests in flight: each row comes
    /// as it settles, with its own error.
    ///
    /// Several processes can share the work: a row that another one asks about at the same time
    /// does not come. Dropping the iterator cancels its requests and gives its rows back, shortly
    /// afterwards.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) without a ledger;
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for a concurrency or rate out of its
    /// range. The iterator ends with an error that concerns every row, such as a failed connection.
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
    /// use alikassa::BatchOptions;
    /// for reconciled in client.iter_reconcile(BatchOptions::default().concurrency(8))? {
    ///     let reconciled = reconciled?;
    ///     println!("{} {}", reconciled.row.order_id, reconciled.row.state);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn iter_reconcile(&self, options: BatchOptions) -> Result<ReconcileIter> {
        ReconcileStream::of(self, options, || ()).map(ReconcileIter)
    }

    /// The ledger, if the client has one.
    pub fn ledger(&self) -> Option<&Ledger> {
        self.shared.settings.options.ledger.as_ref()
    }
}

/// The rows, the oldest first, or the first error about one of them.
pub(crate) fn collect(rows: impl Iterator<Item = Result<Reconciled>>) -> Result<Vec<LedgerRow>> {
    let mut settled = Vec::new();
    let mut first_error = None;
    for reconciled in rows {
        let reconciled = reconciled?;
        settled.push(reconciled.row);
        first_error = first_error.or(reconciled.error);
    }
    settled.sort_by_key(|row| row.created_ms);
    first_error.map_or(Ok(settled), Err)
}

/// The open rows as they settle, from [`Client::iter_reconcile`].
#[derive(Debug)]
pub struct ReconcileIter(ReconcileStream);

impl Iterator for ReconcileIter {
    type Item = Result<Reconciled>;

    fn next(&mut self) -> Option<Self::Item> {
        const NO_TIMEOUT: Duration = Duration::from_secs(3600);
        let mut event = self.0.step();
        loop {
            event = match event {
                ReconcileEvent::Ready(reconciled) => return Some(Ok(*reconciled)),
                ReconcileEvent::Failed(error) => return Some(Err(error)),
                ReconcileEvent::Done => return None,
                ReconcileEvent::Pending(timeout) => {
                    let event = self.0.wait(timeout.unwrap_or(NO_TIMEOUT));
                    event.unwrap_or_else(|| self.0.step())
                }
            };
        }
    }
}
