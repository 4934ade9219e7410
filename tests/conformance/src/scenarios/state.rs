//! Checks the sandbox's records of an order and the account's balance.

use serde_json::{Value, json};

use super::file::ExpectedState;
use crate::expect;

pub(super) fn check(expected: Option<&ExpectedState>, state: &Value) -> Result<(), String> {
    let Some(expected) = expected else {
        return Ok(());
    };
    for (kind, count) in [
        ("payments", expected.payments),
        ("payouts", expected.payouts),
    ] {
        let records = state[kind].as_array().into_iter().flatten();
        let created = records.filter(|record| record["order_id"] == expected.order_id.as_str());
        let what = format!("the number of {kind} recorded");
        expect::same(&what, &json!(count), &json!(created.count()))?;
    }
    for (name, amount) in [
        ("balance", &expected.balance),
        ("pending_payouts", &expected.pending_payouts),
    ] {
        if let Some(amount) = amount {
            let actual = &state["balance"];
            let actual = actual.get(name).unwrap_or(&Value::Null);
            expect::same(name, &json!(amount), actual)?;
        }
    }
    Ok(())
}
