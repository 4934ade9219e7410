//! The account: its balance.

use crate::record::record;

record! {
    /// The account's balance, as `v1/account/balance` reports it.
    ///
    /// Amounts are exact decimals in `currency`. Source: the account balance page.
    pub struct Balance {
        currency: Text = "The ISO 4217 code of the account.";
        #[required] balance: Amount = "The available balance.";
        hold: Amount = "The amount on hold.";
        rolling_reserve: Amount = "The rolling reserve.";
        pending_payouts: Amount = "The sum of payouts not yet final.";
    }
}
