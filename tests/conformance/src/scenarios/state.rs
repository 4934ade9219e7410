//! What stands in the sandbox's book, and what became of the account's money.

use serde_json::{Value, json};

use super::file::Book;
use crate::expect;

pub(super) fn judge(expected: Option<&Book>, state: &Value) -> Result<(), String> {
    let Some(book) = expected else {
        return Ok(());
    };
    for (shelf, expected) in [("payments", book.payments), ("payouts", book.payouts)] {
        let entries = state[shelf].as_array().into_iter().flatten();
        let made = entries.filter(|entry| entry["order_id"] == book.order_id.as_str());
        let what = format!("the number of {shelf} in the book");
        expect::same(&what, &json!(expected), &json!(made.count()))?;
    }
    for (name, expected) in [
        ("balance", &book.balance),
        ("pending_payouts", &book.pending_payouts),
    ] {
        if let Some(expected) = expected {
            let actual = &state["balance"];
            let actual = actual.get(name).unwrap_or(&Value::Null);
            expect::same(name, &json!(expected), actual)?;
        }
    }
    Ok(())
}
