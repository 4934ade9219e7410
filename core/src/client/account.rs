//! The calls for the account.

use crate::api::response::{Response, unexpected};
use crate::client::Client;
use crate::client::call::Call;
use crate::client::resource::typed;
use crate::engine::settings::CallOptions;
use crate::error::Result;
use crate::schema::account::{AccountInfo, Balance};

impl Client {
    /// The account.
    pub fn account(&self) -> Account<'_> {
        Account(self)
    }
}

/// The calls for the account; from [`Client::account`].
#[derive(Clone, Copy, Debug)]
pub struct Account<'a>(pub(crate) &'a Client);

impl Account<'_> {
    /// What the account may do. It is signed with the payout certificate, as the provider warns.
    ///
    /// # Errors
    /// As [`Client::execute`].
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
    /// for service in client.account().info()?.payouts {
    ///     println!("{:?} {:?}", service.service_code, service.status);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn info(&self) -> Result<AccountInfo> {
        self.info_with(&CallOptions::default())
    }

    /// [`info`](Self::info) with options of its own.
    ///
    /// # Errors
    /// As [`Client::execute`].
    pub fn info_with(&self, options: &CallOptions) -> Result<AccountInfo> {
        typed!(self.0, "account.info", Vec::new(), options, AccountInfo)
    }

    /// The balance. It is signed with the payout certificate, as the provider warns.
    ///
    /// # Errors
    /// As [`Client::execute`].
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
    /// println!("{}", client.account().balance()?.balance);
    /// # Ok(()) }
    /// ```
    pub fn balance(&self) -> Result<Balance> {
        self.balance_with(&CallOptions::default())
    }

    /// [`balance`](Self::balance) with options of its own.
    ///
    /// # Errors
    /// As [`Client::execute`].
    pub fn balance_with(&self, options: &CallOptions) -> Result<Balance> {
        typed!(self.0, "account.balance", Vec::new(), options, Balance)
    }
}
