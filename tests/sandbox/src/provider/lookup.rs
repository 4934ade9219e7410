//! Where in the book something stands.

use super::Book;
use crate::fields::Names;
use crate::settle::Kind;

/// The index of a payment or a payout.
pub(super) enum Place {
    Payment(usize),
    Payout(usize),
}

/// Why names lead to no place.
#[derive(Clone, Copy)]
pub(crate) enum Misnamed {
    Nameless,
    NotFound,
    Ambiguous,
}

impl Book {
    pub(super) fn place(&self, names: &Names, kind: Option<Kind>) -> Result<Place, Misnamed> {
        if names.id.is_none() && names.order_id.is_none() {
            return Err(Misnamed::Nameless);
        }
        let payment = self.payments.find(names);
        let payout = self.payouts.find(names);
        match (
            payment.filter(|_| kind != Some(Kind::Payout)),
            payout.filter(|_| kind != Some(Kind::Payment)),
        ) {
            (None, None) => Err(Misnamed::NotFound),
            (Some(_), Some(_)) => Err(Misnamed::Ambiguous),
            (Some(index), None) => Ok(Place::Payment(index)),
            (None, Some(index)) => Ok(Place::Payout(index)),
        }
    }
}

impl Misnamed {
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Nameless => "id or order_id is required",
            Self::NotFound => "Nothing has that id and order_id",
            Self::Ambiguous => "A payment and a payout have that name; say which by `kind`",
        }
    }
}
