//! The calls for the account.

use crate::api::operation::{ACCOUNT_BALANCE, ACCOUNT_INFO};
use crate::client::Client;
use crate::error::Result;
use crate::schema::account::{AccountInfo, Balance};

impl Client {
    /// The account's calls.
    pub fn account(&self) -> Account<'_> {
        Account(self)
    }
}

/// The calls for the account; from [`Client::account`].
#[derive(Clone, Copy, Debug)]
pub struct Account<'a>(&'a Client);

impl Account<'_> {
    /// Returns the account's balance. The payout certificate signs this call. Source: the account
    /// balance page.
    ///
    /// # Errors
    /// As every call of a [`Client`].
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
    /// println!("{}", client.account().balance()?.balance);
    /// # Ok(()) }
    /// ```
    pub fn balance(&self) -> Result<Balance> {
        self.0.call(&ACCOUNT_BALANCE, Vec::new())
    }

    /// Returns the account's permissions and services. The payout certificate signs this call.
    /// Source: the account information page.
    ///
    /// # Errors
    /// As every call of a [`Client`].
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
    /// for service in client.account().info()?.payouts {
    ///     println!("{:?} {:?}", service.service_code, service.status);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn info(&self) -> Result<AccountInfo> {
        self.0.call(&ACCOUNT_INFO, Vec::new())
    }
}
