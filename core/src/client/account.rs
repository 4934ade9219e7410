//! The calls for the account.

use crate::client::Client;

/// The calls for the account; from [`Client::account`].
#[derive(Clone, Copy, Debug)]
pub struct Account<'a> {
    pub(crate) client: &'a Client,
}

impl Client {
    /// The calls for the account.
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
    /// println!("{}", client.account().balance()?.balance);
    /// for service in client.account().info()?.payouts {
    ///     println!("{:?} {:?}", service.service_code, service.status);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn account(&self) -> Account<'_> {
        Account { client: self }
    }
}
