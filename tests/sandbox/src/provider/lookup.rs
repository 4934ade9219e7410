//! Finds a payment or payout by its `id` or `order_id`.

use super::Provider;
use crate::fields::OrderRef;
use crate::settle::Kind;

/// The index of a payment or payout in its store.
pub(super) enum RecordIndex {
    Payment(usize),
    Payout(usize),
}

/// Why no record was found.
#[derive(Clone, Copy)]
pub(crate) enum LookupError {
    MissingId,
    NotFound,
    Ambiguous,
}

impl Provider {
    pub(super) fn find(
        &self,
        order_ref: &OrderRef,
        kind: Option<Kind>,
    ) -> Result<RecordIndex, LookupError> {
        if order_ref.id.is_none() && order_ref.order_id.is_none() {
            return Err(LookupError::MissingId);
        }
        let payment = self.payments.find(order_ref);
        let payout = self.payouts.find(order_ref);
        match (
            payment.filter(|_| kind != Some(Kind::Payout)),
            payout.filter(|_| kind != Some(Kind::Payment)),
        ) {
            (None, None) => Err(LookupError::NotFound),
            (Some(_), Some(_)) => Err(LookupError::Ambiguous),
            (Some(index), None) => Ok(RecordIndex::Payment(index)),
            (None, Some(index)) => Ok(RecordIndex::Payout(index)),
        }
    }
}

impl LookupError {
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::MissingId => "id or order_id is required",
            Self::NotFound => "No payment or payout has that id and order_id",
            Self::Ambiguous => "Both a payment and a payout match; set `kind`",
        }
    }
}
