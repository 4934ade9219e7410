//! The calls of a client that has a ledger.

use crate::api::context::CallContext;
use crate::client::Client;
use crate::engine::reconcile::Reconcile;
use crate::error::Result;
use crate::ledger::Ledger;
use crate::types::ledger_row::LedgerRow;

impl Client {
    /// Requests the status of every open row of this account in the ledger, and records it. Returns
    /// the updated rows.
    ///
    /// A row becomes accepted if the provider has the order with the amount that was sent. Other
    /// rows are unchanged, including rows whose certificate the client does not have. Only reads
    /// are sent. The deadline applies to each request.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) without a ledger;
    /// [`Ledger`](crate::ErrorKind::Ledger) if the file cannot be read or written; as every call of
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
        self.run(&CallContext::read("reconcile"), &Reconcile)
    }

    /// The ledger, if the client has one.
    pub fn ledger(&self) -> Option<&Ledger> {
        self.shared.settings.options.ledger.as_ref()
    }
}
