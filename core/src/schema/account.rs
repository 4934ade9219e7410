//! The account: its balance and its services.

use crate::schema::record::record;

record! {
    /// The account's balance, as `v1/account/balance` reports it.
    ///
    /// Amounts are exact decimals in `currency`.
    #[source("the account balance page")]
    #[loggable("currency", "balance")]
    pub struct Balance: Response {
        currency: Text = "The ISO 4217 code of the account's currency.";
        #[required] balance: Amount = "The available balance.";
        hold: Amount = "The amount on hold.";
        rolling_reserve: Amount = "The rolling reserve.";
        pending_payouts: Amount = "The sum of the payouts that are not final.";
    }
}

record! {
    /// The account's permissions and services, as `v1/account/info` reports them.
    #[source("the account information page, which exists in the older documentation only")]
    #[loggable("is_allowed_payment", "is_allowed_payout", "payments", "payouts")]
    pub struct AccountInfo: Response {
        is_allowed_payment: Bool = "Whether payments are allowed.";
        is_allowed_payout: Bool = "Whether payouts are allowed.";
        payments: List<AccountMethod> = "The services for payments.";
        payouts: List<AccountMethod> = "The services for payouts.";
    }
}

record! {
    /// A service of the account.
    #[loggable("method", "currency", "service_code", "status")]
    pub struct AccountMethod: Part {
        method: Text = "The method, such as `payment_card`.";
        currency: Text = "The ISO 4217 code of the currency.";
        service_code: Text = "The service's code, such as `payment_card_rub_hpp`.";
        status: Text = "The service's state, such as `active`.";
    }
}
