//! What the merchant is told about the book's entries.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Book;
use super::lookup::{Misnamed, Place};
use super::order_store::{Item, Shelf};
use crate::fields::Names;
use crate::outbox::Ended;
use crate::settle::Kind;

impl Book {
    /// A payment or payout by its status answer, with its `type` and its request's `desc`.
    pub(crate) fn shown(&self, names: &Names, kind: Option<Kind>) -> Result<Value, Misnamed> {
        Ok(match self.place(names, kind)? {
            Place::Payment(index) => shown(&self.payments, index, Kind::Payment),
            Place::Payout(index) => shown(&self.payouts, index, Kind::Payout),
        })
    }

    /// The `order_id` and the uuid of a payment.
    pub(crate) fn redirected(&self, names: &Names) -> Result<(String, String), Misnamed> {
        let Place::Payment(index) = self.place(names, Some(Kind::Payment))? else {
            return Err(Misnamed::NotFound);
        };
        let payment = self.payments.item(index).ok_or(Misnamed::NotFound)?;
        Ok((payment.order_id().to_owned(), payment.uuid().to_owned()))
    }

    /// What became final since the last time and was made with a URL to tell.
    pub(crate) fn take_ended(&mut self) -> Vec<Ended> {
        let mut ended = take_ended(&mut self.payments, Kind::Payment);
        ended.extend(take_ended(&mut self.payouts, Kind::Payout));
        ended
    }

    /// Until the next entry ends by its time.
    pub(crate) fn time_left(&self) -> Option<Duration> {
        let deadlines = [self.payments.next_deadline(), self.payouts.next_deadline()];
        let next = deadlines.into_iter().flatten().min();
        next.map(|moment| moment.saturating_duration_since(Instant::now()))
    }
}

fn shown<T: Item>(shelf: &Shelf<T>, index: usize, kind: Kind) -> Value {
    let mut shown = json!(shelf.item(index));
    if let Some(object) = shown.as_object_mut() {
        object.insert("type".into(), json!(kind));
        object.insert("desc".into(), json!(shelf.requested(index, "desc")));
    }
    shown
}

fn take_ended<T: Item>(shelf: &mut Shelf<T>, kind: Kind) -> Vec<Ended> {
    let ended = shelf.take_ended().into_iter().filter_map(|index| {
        Some(Ended {
            kind,
            id: shelf.item(index)?.id(),
            url: shelf.requested(index, "notification_endpoint_url")?,
        })
    });
    ended.collect()
}
