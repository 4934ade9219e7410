//! The plan of a run: what is done with each row of the list.

use alikassa::binding::{Recorded, SentBody};
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
    /// Boxed, because most rows of a new list have none.
    row: Option<Box<LedgerRow>>,
    pub(super) step: Step,
}

impl Planned<'_> {
    /// What the ledger has, with the message of an earlier run.
    pub(super) fn known(&self, earlier: &Earlier) -> Option<PayoutResult> {
        earlier.known(self.payout, self.row.as_deref())
    }

    pub(super) fn is_in(&self, state: LedgerState) -> bool {
        self.row.as_ref().is_some_and(|row| row.state == state)
    }
}

pub(super) struct Plan<'a> {
    pub(super) rows: Vec<Planned<'a>>,
    pub(super) total: Cents,
    /// How many payouts could not be compared with what was sent.
    other_key: usize,
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
        let mut other_key = 0;
        for (payout, recorded) in payouts.iter().zip(book.recorded(payouts)) {
            let recorded = recorded?;
            let state = recorded.as_ref().map(|recorded| recorded.row.state);
            let step = step(state, run.retry_rejected);
            if step == Step::Send {
                total += payout.amount;
            }
            let problem = match &recorded {
                None => earlier
                    .was_sent(payout)
                    .then(|| not_in_ledger(payout, book)),
                // Nothing was paid, so it may have been corrected in the list.
                Some(recorded) if is_unpaid(&recorded.row) => None,
                Some(recorded) => {
                    other_key += usize::from(is_of_other_key(recorded.body));
                    contradiction(recorded, run)
                }
            };
            if let Some(problem) = problem {
                problems.add(payout.line, problem);
            }
            let row = recorded.map(|recorded| Box::new(recorded.row));
            rows.push(Planned { payout, row, step });
        }
        problems.refuse(&run.list)?;
        Ok(Self {
            rows,
            total,
            other_key,
        })
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
            ("sent with another key", "other_key", self.other_key),
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

/// Whether the ledger says that the payout was not made.
fn is_unpaid(row: &LedgerRow) -> bool {
    matches!(
        row.state,
        LedgerState::NotSent | LedgerState::Rejected | LedgerState::Released
    )
}

/// Whether the body that was sent may be that of the list, and cannot be compared.
fn is_of_other_key(body: SentBody) -> bool {
    matches!(body, SentBody::OtherKey | SentBody::Unclear)
}

/// Why a payout that was or may have been made is not the one of the list, if that is so.
fn contradiction(Recorded { row, body }: &Recorded, run: &PaidList) -> Option<String> {
    let difference = match body {
        SentBody::Same => return None,
        SentBody::Other => "with other fields",
        _ if run.allow_other_key => return None,
        SentBody::OtherKey => {
            "with another payout key, so that the number cannot be compared: see --allow-other-key"
        }
        SentBody::Unclear => {
            "with other fields or another payout key; if the key was changed, see --allow-other-key"
        }
    };
    let (order_id, state) = (&row.order_id, row.state);
    Some(format!(
        "the ledger has {order_id} as {state}, sent {difference}"
    ))
}

fn not_in_ledger(payout: &Payout, book: &Book<'_>) -> String {
    format!(
        "an earlier run has a result of {}, and {} does not know it: are ledger and account right? If \
         they are, remove the file of results",
        payout.order_id,
        book.location()
    )
}
