//! A payment in the history.

use serde::Serialize;

use super::Payment;
use crate::calendar;
use crate::money::{Money, decimals};
use crate::settle::Status;

/// A payment in the format of the history.
#[derive(Serialize)]
pub(in crate::provider) struct HistoryEntry<'a> {
    pub(in crate::provider) created_at: String,
    id: u64,
    order_id: &'a str,
    #[serde(serialize_with = "decimals::<9, _, _>")]
    amount: Money,
    #[serde(serialize_with = "decimals::<9, _, _>")]
    commission_amount: Option<Money>,
    currency: &'static str,
    status: Status,
}

impl Payment {
    pub(in crate::provider) fn history_entry(&self) -> HistoryEntry<'_> {
        HistoryEntry {
            created_at: calendar::format(self.created_at),
            id: self.id,
            order_id: &self.order_id,
            amount: self.amount,
            commission_amount: self.commission_amount,
            currency: self.currency,
            status: self.payment_status,
        }
    }
}
