//! The plan of a run: what is done with each row of the list.

use alikassa::{LedgerRow, LedgerState};
use serde_json::json;

use super::arguments::PaidList;
use super::book::Book;
use super::list::Payout;
use super::money::Cents;
use super::outcome::PayoutResult;
use super::problems::Problems;
use super::results::Earlier;
use crate::failure::Failure;
use crate::output::{self, Output};

#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Step {
    /// The payout is created.
    Send,
    /// Its outcome is asked for, and it is not sent.
    Resolve,
    /// Nothing: it is accepted, or stays rejected.
    Leave,
}

/// A row of the list, with that of the ledger.
pub(super) struct Planned<'a> {
    pub(super) payout: &'a Payout,
    pub(super) row: Option<LedgerRow>,
    pub(super) step: Step,
}

impl Planned<'_> {
    /// What the ledger has, with the message of an earlier run.
    pub(super) fn known(&self, earlier: &Earlier) -> Option<PayoutResult> {
        let row = self.row.as_ref()?;
        Some(earlier.result(self.payout, row))
    }

    pub(super) fn is_in(&self, state: LedgerState) -> bool {
        self.row.as_ref().is_some_and(|row| row.state == state)
    }
}

pub(super) struct Plan<'a> {
    pub(super) rows: Vec<Planned<'a>>,
    pub(super) total: Cents,
}

impl<'a> Plan<'a> {
    /// Looks each payout up in the ledger. A list that contradicts it is refused.
    pub(super) fn make(
        run: &PaidList,
        payouts: &'a [Payout],
        book: &Book<'_>,
        earlier: &Earlier,
    ) -> Result<Self, Failure> {
        let mut problems = Problems::default();
        let (mut rows, mut total) = (Vec::with_capacity(payouts.len()), Cents::default());
        for payout in payouts {
            let row = book.row(payout)?;
            let state = row.as_ref().map(|row| row.state);
            let step = step(state, run.retry_rejected);
            if step == Step::Send {
                total += payout.amount;
            } else if step_needs_same_fields(state) && book.has_other_fields(payout)? {
                problems.add(payout.line, other_fields(payout, state));
            }
            if row.is_none() && earlier.was_sent(payout) {
                problems.add(payout.line, not_in_ledger(payout, book));
            }
            rows.push(Planned { payout, row, step });
        }
        problems.refuse(&run.list)?;
        Ok(Self { rows, total })
    }

    pub(super) fn with(&self, step: Step) -> Vec<&'a Payout> {
        let rows = self.rows.iter().filter(|row| row.step == step);
        rows.map(|row| row.payout).collect()
    }

    pub(super) fn count(&self, step: Step) -> usize {
        self.rows.iter().filter(|row| row.step == step).count()
    }

    /// Counts the rows that were in this state before.
    pub(super) fn before(&self, state: LedgerState) -> usize {
        self.rows.iter().filter(|row| row.is_in(state)).count()
    }

    pub(super) fn show(&self, book: &Book<'_>, output: &Output) {
        let numbers = [
            ("to send", "to_send", self.count(Step::Send)),
            (
                "accepted before",
                "accepted",
                self.before(LedgerState::Accepted),
            ),
            (
                "open: unknown or sending",
                "open",
                self.count(Step::Resolve),
            ),
            (
                "rejected before",
                "rejected",
                self.before(LedgerState::Rejected),
            ),
            (
                "not sent before",
                "not_sent",
                self.before(LedgerState::NotSent),
            ),
            (
                "released before",
                "released",
                self.before(LedgerState::Released),
            ),
        ];
        let total = self.total.to_string();
        if output.is_json() {
            let mut plan = serde_json::Map::new();
            plan.insert("ledger".to_owned(), book.location().into());
            let numbers = numbers.map(|(_, name, number)| (name.to_owned(), number.into()));
            plan.extend(numbers);
            plan.insert("total".to_owned(), total.into());
            return output::json(&json!({ "plan": plan }));
        }
        let mut pairs = vec![("ledger", book.location().to_owned())];
        pairs.extend(numbers.map(|(name, _, number)| (name, number.to_string())));
        pairs.push(("total to send", total));
        output::pairs(&pairs);
    }
}

fn step(state: Option<LedgerState>, retry_rejected: bool) -> Step {
    match state {
        None | Some(LedgerState::NotSent | LedgerState::Released) => Step::Send,
        Some(LedgerState::Rejected) if retry_rejected => Step::Send,
        Some(LedgerState::Accepted | LedgerState::Rejected) => Step::Leave,
        Some(_) => Step::Resolve,
    }
}

/// A rejected payout may have been corrected in the list.
fn step_needs_same_fields(state: Option<LedgerState>) -> bool {
    state != Some(LedgerState::Rejected)
}

fn other_fields(payout: &Payout, state: Option<LedgerState>) -> String {
    let state = state.map_or("", LedgerState::as_str);
    format!(
        "the ledger has {} as {state}, sent with other fields or another certificate",
        payout.order_id
    )
}

fn not_in_ledger(payout: &Payout, book: &Book<'_>) -> String {
    format!(
        "an earlier run has a result of {}, and {} does not know it: are ledger and account right? If \
         they are, remove the file of results",
        payout.order_id,
        book.location()
    )
}
