//! Drivers that create payouts with a ledger.

use std::time::Duration;

use alikassa_sandbox::Sandbox;
use serde_json::{Value, json};

use super::orders::Order;
use crate::Result;
use crate::child::Response;
use crate::errors::ErrorTable;
use crate::language::Language;
use crate::secrets::Secrets;
use crate::session::Session;

const CLIENT: &str = "payouts";

/// Starts a driver with a ledger, and reconciles it.
pub(super) fn start(
    language: Language,
    table: &ErrorTable,
    sandbox: &Sandbox,
    ledger: &str,
    timeout: Duration,
) -> Result<Session> {
    let mut secrets = Secrets::default();
    secrets.add_folder(sandbox.payout_cert());
    secrets.add_password(alikassa_servers::PASSWORD.as_bytes());
    let mut driver = Session::new(language, table, secrets);
    let client = json!({
        "do": "client",
        "client": CLIENT,
        "options": {
            "account": sandbox.account(),
            "payout_cert": sandbox.payout_cert(),
            "base_url": sandbox.url(),
            "digest": "sha1",
            "timeout": timeout.as_millis(),
            "ledger": ledger,
        },
    });
    succeed(&mut driver, &client)?;
    reconcile(&mut driver)?;
    Ok(driver)
}

pub(super) fn reconcile(driver: &mut Session) -> Result<()> {
    succeed(driver, &json!({ "do": "reconcile", "client": CLIENT }))
}

/// Lets an order be sent again.
pub(super) fn release(driver: &mut Session, ledger: &str, order: Order) -> Result<()> {
    let release = json!({
        "do": "ledger",
        "path": ledger,
        "act": "release",
        "operation": "payouts.create",
        "order_id": order.id(),
        "reason": "the sandbox does not have it",
    });
    succeed(driver, &release)
}

fn succeed(driver: &mut Session, request: &Value) -> Result<()> {
    match driver.call(&request.to_string())? {
        Response::Ok(_) => Ok(()),
        Response::Error(error) => {
            Err(format!("{}: {}", driver.language, Value::Object(error)).into())
        }
    }
}

pub(super) fn create(order: Order) -> String {
    json!({
        "do": "call",
        "client": CLIENT,
        "operation": "payouts.create",
        "input": {
            "order_id": order.id(),
            "amount": order.amount(),
            "number": "4111111111111111",
            "service": "payment_card_rub",
        },
    })
    .to_string()
}
