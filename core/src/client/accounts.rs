//! Clients of other accounts that share everything with the first one.

use std::sync::Arc;

use crate::client::Client;
use crate::engine::account::{ClientAccount, check_uuid, notice_of_uuid};
use crate::error::Result;

impl Client {
    /// A client for another account, with the options and keys of this one. It shares threads,
    /// connections, ledger, cached signatures and notices with this one, and costs a few hundred
    /// bytes.
    ///
    /// Every client that was derived from the same one is equal to the others, so it does not matter
    /// on which of them this is called. [`close`](Self::close) of a derived client closes it alone.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for an invalid account, as
    /// [`ClientBuilder::build`](crate::ClientBuilder::build).
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
    /// let shop = client.for_account("7c9e6679-7425-40de-944b-e07fc1f90ae7")?;
    /// println!("{}", shop.account().balance()?.balance);
    /// # Ok(()) }
    /// ```
    pub fn for_account(&self, account: impl Into<String>) -> Result<Self> {
        let account = account.into();
        check_uuid("account", &account)?;
        if let Some(notice) = notice_of_uuid(&account) {
            self.shared.process.get().notices.add(notice);
        }
        Ok(Self {
            shared: Arc::clone(&self.shared),
            account: Arc::new(ClientAccount::new(account, true)),
            options: self.options,
        })
    }
}
