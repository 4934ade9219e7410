//! The calls for payouts.

use std::marker::PhantomData;

use crate::api::operation::{Operation, PAYOUTS_CREATE, PAYOUTS_STATUS, Resource};
use crate::client::Client;
use crate::client::orders::{Order, Orders};
use crate::schema::payout::{CreatedPayout, Payout, PayoutRequest};

/// The calls for payouts; from [`Client::payouts`].
pub type Payouts<'a> = Orders<'a, Payout>;

impl Order for Payout {
    type Request = PayoutRequest;
    type Created = CreatedPayout;
    const RESOURCE: Resource = Resource::Payout;
    const CREATE: &'static Operation = &PAYOUTS_CREATE;
    const STATUS: &'static Operation = &PAYOUTS_STATUS;
}

impl Client {
    /// The calls for payouts.
    pub fn payouts(&self) -> Payouts<'_> {
        Orders {
            client: self,
            order: PhantomData,
        }
    }
}
