//! Prints the status of a payout and the balance. Set `ALIKASSA_ACCOUNT`, `ALIKASSA_PAYOUT_CERT`
//! and, for the sandbox, `ALIKASSA_BASE_URL` and `ALIKASSA_CA_FILE`:
//! `cargo run --example status -- 100000536`.

use alikassa::{Client, OrderRef};

#[allow(clippy::print_stdout)]
fn main() -> alikassa::Result<()> {
    let client = Client::from_env()?;
    let id = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "100000536".to_owned());
    let payout = client.payouts().status(&OrderRef::id(id))?;
    let balance = client.account().balance()?;
    println!("payout: {} {:?}", payout.payment_status, payout.amount);
    println!("balance: {} {:?}", balance.balance, balance.currency);
    Ok(())
}
