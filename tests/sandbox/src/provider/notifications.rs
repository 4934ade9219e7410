//! The data for notifications and redirects.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Provider;
use super::lookup::{LookupError, RecordIndex};
use super::order_store::{Order, OrderStore};
use crate::fields::OrderRef;
use crate::outbox::FinalOrder;
use crate::settle::Kind;

impl Provider {
    /// A payment or payout in the format of its status response, with its `type` and the `desc` of
    /// its create.
    pub(crate) fn notification_data(
        &self,
        order_ref: &OrderRef,
        kind: Option<Kind>,
    ) -> Result<Value, LookupError> {
        Ok(match self.find(order_ref, kind)? {
            RecordIndex::Payment(index) => notification_data(&self.payments, index, Kind::Payment),
            RecordIndex::Payout(index) => notification_data(&self.payouts, index, Kind::Payout),
        })
    }

    /// The `order_id` and the uuid of a payment.
    pub(crate) fn redirect_data(
        &self,
        order_ref: &OrderRef,
    ) -> Result<(String, String), LookupError> {
        let RecordIndex::Payment(index) = self.find(order_ref, Some(Kind::Payment))? else {
            return Err(LookupError::NotFound);
        };
        let payment = self.payments.item(index).ok_or(LookupError::NotFound)?;
        Ok((payment.order_id().to_owned(), payment.uuid().to_owned()))
    }

    /// The orders that became final since the last call and have a notification URL.
    pub(crate) fn take_finalized(&mut self) -> Vec<FinalOrder> {
        let mut finalized = take_finalized(&mut self.payments, Kind::Payment);
        finalized.extend(take_finalized(&mut self.payouts, Kind::Payout));
        finalized
    }

    /// The time until the next order becomes final by a rule.
    pub(crate) fn time_left(&self) -> Option<Duration> {
        let deadlines = [self.payments.next_deadline(), self.payouts.next_deadline()];
        let next = deadlines.into_iter().flatten().min();
        next.map(|moment| moment.saturating_duration_since(Instant::now()))
    }
}

fn notification_data<T: Order>(store: &OrderStore<T>, index: usize, kind: Kind) -> Value {
    let mut data = json!(store.item(index));
    if let Some(object) = data.as_object_mut() {
        object.insert("type".into(), json!(kind));
        object.insert("desc".into(), json!(store.requested(index, "desc")));
    }
    data
}

fn take_finalized<T: Order>(store: &mut OrderStore<T>, kind: Kind) -> Vec<FinalOrder> {
    let finalized = store.take_finalized().into_iter().filter_map(|index| {
        Some(FinalOrder {
            kind,
            id: store.item(index)?.id(),
            url: store.requested(index, "notification_endpoint_url")?,
        })
    });
    finalized.collect()
}
