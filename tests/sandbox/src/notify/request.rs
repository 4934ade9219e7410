//! A request for a notification.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::options::{Encoding, FieldList, Partial, SignatureKind, Transport};
use crate::fields::{OrderRef, text_or_number};
use crate::settle::Kind;
use crate::signature::Digest;

const MAX_TIMES: u32 = 1000;

/// Selects a payment or payout for a notification, and the options of the notification.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notify {
    #[serde(default, deserialize_with = "text_or_number")]
    id: Option<String>,
    order_id: Option<String>,
    pub(super) kind: Option<Kind>,
    pub(crate) url: Option<String>,
    #[serde(default)]
    pub(crate) transport: Transport,
    #[serde(default)]
    pub(super) fields: FieldList,
    #[serde(default)]
    pub(super) encoding: Encoding,
    #[serde(default)]
    pub(super) partial: Partial,
    #[serde(default)]
    pub(super) digest: Digest,
    #[serde(default)]
    pub(super) signature: SignatureKind,
    #[serde(default)]
    delay_ms: u64,
    #[serde(default = "once")]
    pub(crate) times: u32,
    pub(super) status: Option<String>,
    pub(super) desc: Option<String>,
    pub(super) card_brand: Option<String>,
    pub(super) account: Option<String>,
    #[serde(default)]
    pub(super) extra: Map<String, Value>,
}

fn once() -> u32 {
    1
}

impl Notify {
    /// For the order with this `order_id`, or the latest of several.
    pub fn order_id(order_id: impl Into<String>) -> Self {
        Self {
            order_id: Some(order_id.into()),
            ..Self::empty()
        }
    }

    /// For the order with this `id`.
    pub fn id(id: u64) -> Self {
        Self {
            id: Some(id.to_string()),
            ..Self::empty()
        }
    }

    /// Selects only payments or only payouts.
    #[must_use]
    pub fn kind(mut self, kind: Kind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// The URL to deliver to: `http` on loopback.
    #[must_use]
    pub fn to(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// How the notification is transmitted.
    #[must_use]
    pub fn transport(mut self, transport: Transport) -> Self {
        self.transport = transport;
        self
    }

    /// The fields of the notification.
    #[must_use]
    pub fn fields(mut self, fields: FieldList) -> Self {
        self.fields = fields;
        self
    }

    /// The encoding of the signed text.
    #[must_use]
    pub fn encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = encoding;
        self
    }

    /// The form of `is_partial_payment` in the signed text.
    #[must_use]
    pub fn partial(mut self, partial: Partial) -> Self {
        self.partial = partial;
        self
    }

    /// The digest of the signature.
    #[must_use]
    pub fn digest(mut self, digest: Digest) -> Self {
        self.digest = digest;
        self
    }

    /// Makes the signature invalid, or omits it.
    #[must_use]
    pub fn signature(mut self, signature: SignatureKind) -> Self {
        self.signature = signature;
        self
    }

    /// The delay of the first delivery.
    #[must_use]
    pub fn after(mut self, time: Duration) -> Self {
        self.delay_ms = time.as_millis().try_into().unwrap_or(u64::MAX);
        self
    }

    /// The number of deliveries, one after another.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Replaces the `payment_status`, possibly by one that does not exist.
    #[must_use]
    pub fn status(mut self, status: impl Into<String>) -> Self {
        self.status = Some(status.into());
        self
    }

    /// Replaces the `desc` of the create.
    #[must_use]
    pub fn desc(mut self, desc: impl Into<String>) -> Self {
        self.desc = Some(desc.into());
        self
    }

    /// Replaces the `card_brand` `VISA`. Requires [`FieldList::Twelve`].
    #[must_use]
    pub fn card_brand(mut self, card_brand: impl Into<String>) -> Self {
        self.card_brand = Some(card_brand.into());
        self
    }

    /// Replaces the account.
    #[must_use]
    pub fn account(mut self, account: impl Into<String>) -> Self {
        self.account = Some(account.into());
        self
    }

    /// Adds an unsigned parameter, which may repeat a signed one.
    #[must_use]
    pub fn extra(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.extra.insert(name.into(), value.into());
        self
    }

    pub(crate) fn delay(&self) -> Duration {
        Duration::from_millis(self.delay_ms)
    }

    pub(super) fn order_ref(&self) -> OrderRef {
        OrderRef {
            id: self.id.clone(),
            order_id: self.order_id.clone(),
        }
    }

    pub(super) fn validator(&self) -> Result<(), &'static str> {
        if self.card_brand.is_some() && self.fields != FieldList::Twelve {
            return Err("`card_brand` requires 12 `fields`");
        }
        if !(1..=MAX_TIMES).contains(&self.times) {
            return Err("`times` must be from 1 to 1000");
        }
        Ok(())
    }

    fn empty() -> Self {
        Self {
            id: None,
            order_id: None,
            kind: None,
            url: None,
            transport: Transport::default(),
            fields: FieldList::default(),
            encoding: Encoding::default(),
            partial: Partial::default(),
            digest: Digest::default(),
            signature: SignatureKind::default(),
            delay_ms: 0,
            times: once(),
            status: None,
            desc: None,
            card_brand: None,
            account: None,
            extra: Map::new(),
        }
    }
}
