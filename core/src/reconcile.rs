//! Asking the provider about every open row of the ledger. Only reads are sent.

use crate::amount::Amount;
use crate::canonical::Value;
use crate::error::{ErrorKind, Result};
use crate::ledger::{Ledger, LedgerRow};
use crate::operation::Operation;
use crate::poll::amount_in;
use crate::prepared::Prepared;
use crate::reply::Answer;

/// Asks for the status of each open row of `account`, and records what the provider knows. Gives the rows as they
/// then are: one that the provider does not know, or knows with another amount, is unchanged.
pub(crate) fn reconcile(
    ledger: &Ledger,
    account: &str,
    ask: &dyn Fn(&Prepared) -> Result<Answer>,
    goes_on: &dyn Fn() -> bool,
) -> Result<Vec<LedgerRow>> {
    let mut rows = ledger.open()?;
    rows.retain(|row| row.account == account);
    let mut looked_at = Vec::with_capacity(rows.len());
    for row in rows {
        looked_at.push(if goes_on() {
            look_at(ledger, row, ask)?
        } else {
            row
        });
    }
    Ok(looked_at)
}

fn look_at(
    ledger: &Ledger,
    row: LedgerRow,
    ask: &dyn Fn(&Prepared) -> Result<Answer>,
) -> Result<LedgerRow> {
    let Some(status) = status_of(&row)? else {
        return Ok(row);
    };
    let answer = match ask(&status) {
        Ok(answer) => answer,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(row),
        Err(error) => return Err(error),
    };
    accept_if_sent(ledger, row, &answer)
}

/// Records the status when its amount is the one that was sent.
pub(crate) fn accept_if_sent(
    ledger: &Ledger,
    row: LedgerRow,
    answer: &Answer,
) -> Result<LedgerRow> {
    let (id, payment_status) = match answer {
        Answer::Payment(payment) => (payment.id, &payment.payment_status),
        Answer::Payout(payout) => (payout.id, &payout.payment_status),
        _ => return Ok(row),
    };
    if !is_same(row.amount.as_ref(), amount_in(answer)) {
        return Ok(row);
    }
    ledger.accept(row, id, payment_status.as_str())
}

fn is_same(sent: Option<&Amount>, answered: Option<&Amount>) -> bool {
    matches!((sent, answered), (Some(sent), Some(answered)) if sent == answered)
}

/// The question for the row's status; none where the operation has no status call.
fn status_of(row: &LedgerRow) -> Result<Option<Prepared>> {
    let Some((resource, "create")) = row.operation.split_once('.') else {
        return Ok(None);
    };
    let asked = match row.id {
        Some(id) => ("id".to_owned(), Value::Integer(id)),
        None => ("order_id".to_owned(), Value::from(row.order_id.as_str())),
    };
    let status = Operation::named(&format!("{resource}.status"))?;
    status.prepare(vec![asked]).map(Some)
}
