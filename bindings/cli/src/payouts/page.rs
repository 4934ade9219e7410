//! The page about a list: every row of it, also those that the run ended before.

use std::path::Path;

use alikassa::{Error, LedgerState};

use super::list::Payout;
use super::outcome::PayoutResult;
use crate::failure::Failure;
use crate::page::{Page, ShownOrder};
use crate::totals::Totals;

/// The state of a row that has no result, as the counts at the end of a run call it.
const LEFT: &str = "left";

/// A row of a list, and what is known about it.
pub(super) type Known<'a> = (&'a Payout, Option<PayoutResult>);

/// Writes the page about the rows, before the run or after it.
pub(super) fn write<'a>(
    path: &Path,
    list: &Path,
    known: impl Iterator<Item = Result<Known<'a>, Error>>,
    has_ended: bool,
) -> Result<(), Failure> {
    let mut totals = Totals::default();
    let mut orders = Vec::new();
    for known in known {
        let (payout, result) = known?;
        let order = result
            .as_ref()
            .map_or_else(|| left(payout), PayoutResult::order);
        totals.add(order.state, payout.amount);
        orders.push(order);
    }
    let notes = if has_ended {
        notes(&orders)
    } else {
        vec!["The run had not ended when this page was written.".to_owned()]
    };
    let name = list.file_name().unwrap_or_default().to_string_lossy();
    let title = format!("Payouts of {name}");
    Page::new(&title, &notes, &orders, &totals).write(path)
}

fn left(payout: &Payout) -> ShownOrder {
    ShownOrder {
        state: LEFT,
        ..PayoutResult::new(payout, LedgerState::NotSent).order()
    }
}

/// What is open after a run.
fn notes(orders: &[ShownOrder]) -> Vec<String> {
    let count = |state| orders.iter().filter(|order| order.state == state).count();
    let unknown = [LedgerState::Unknown, LedgerState::Sending].map(LedgerState::as_str);
    let unknown: usize = unknown.map(count).iter().sum();
    let left = count(LEFT);
    let mut notes = Vec::new();
    if unknown > 0 {
        notes.push(format!(
            "Orders whose outcome is unknown: {unknown}. The same command asks for their outcome \
             and does not send them again."
        ));
    }
    if left > 0 {
        notes.push(format!(
            "Orders that the run ended before: {left}. The same command continues with them."
        ));
    }
    notes
}
