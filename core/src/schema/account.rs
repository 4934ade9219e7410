//! The account: its balance, and what it may do.

use crate::schema::record::{nested, record, typed_reply};

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

typed_reply!(Balance);

record! {
    /// What the account may do, as `v1/account/info` reports it.
    ///
    /// Source: the account information page, which exists in the older documentation only.
    pub struct AccountInfo {
        is_allowed_payment: Bool = "Whether payments are allowed.";
        is_allowed_payout: Bool = "Whether payouts are allowed.";
        payments: List<AccountMethod> = "The services for payments.";
        payouts: List<AccountMethod> = "The services for payouts.";
    }
}

typed_reply!(AccountInfo);

record! {
    /// A service that the account has.
    pub struct AccountMethod {
        method: Text = "The method, such as `payment_card`.";
        currency: Text = "The ISO 4217 code.";
        service_code: Text = "The service's code, such as `payment_card_rub_hpp`.";
        status: Text = "Its state, such as `active`.";
    }
}

nested!(AccountMethod);
