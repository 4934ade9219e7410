//! Asking for a notification.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::options::{Encoding, FieldList, Partial, Seal, Transport};
use crate::fields::{Names, text_or_number};
use crate::settle::Kind;
use crate::signature::Digest;

const MOST_TIMES: u32 = 1000;

/// Which payment or payout is to be notified about, and how.
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
    pub(super) signature: Seal,
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
    /// About what has this `order_id`; the latest, if several have it.
    pub fn order_id(order_id: impl Into<String>) -> Self {
        Self {
            order_id: Some(order_id.into()),
            ..Self::nothing()
        }
    }

    /// About what has this `id`.
    pub fn id(id: u64) -> Self {
        Self {
            id: Some(id.to_string()),
            ..Self::nothing()
        }
    }

    /// Only a payment, or only a payout.
    #[must_use]
    pub fn kind(mut self, kind: Kind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// Where it is delivered: an `http` URL on loopback.
    #[must_use]
    pub fn to(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// How it travels.
    #[must_use]
    pub fn transport(mut self, transport: Transport) -> Self {
        self.transport = transport;
        self
    }

    /// Which fields it has.
    #[must_use]
    pub fn fields(mut self, fields: FieldList) -> Self {
        self.fields = fields;
        self
    }

    /// How the signed text is written.
    #[must_use]
    pub fn encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = encoding;
        self
    }

    /// What stands for `is_partial_payment` in the signed text.
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

    /// A signature that is none, or does not fit.
    #[must_use]
    pub fn signature(mut self, signature: Seal) -> Self {
        self.signature = signature;
        self
    }

    /// How long the first delivery waits.
    #[must_use]
    pub fn after(mut self, time: Duration) -> Self {
        self.delay_ms = time.as_millis().try_into().unwrap_or(u64::MAX);
        self
    }

    /// How often it is delivered, one after another.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Another `payment_status` than the present one, also one that does not exist.
    #[must_use]
    pub fn status(mut self, status: impl Into<String>) -> Self {
        self.status = Some(status.into());
        self
    }

    /// Another `desc` than the create had.
    #[must_use]
    pub fn desc(mut self, desc: impl Into<String>) -> Self {
        self.desc = Some(desc.into());
        self
    }

    /// Another `card_brand` than `VISA`; for [`FieldList::Twelve`].
    #[must_use]
    pub fn card_brand(mut self, card_brand: impl Into<String>) -> Self {
        self.card_brand = Some(card_brand.into());
        self
    }

    /// Somebody else's account.
    #[must_use]
    pub fn account(mut self, account: impl Into<String>) -> Self {
        self.account = Some(account.into());
        self
    }

    /// One more parameter, not signed; it may repeat one that is.
    #[must_use]
    pub fn extra(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.extra.insert(name.into(), value.into());
        self
    }

    pub(crate) fn delay(&self) -> Duration {
        Duration::from_millis(self.delay_ms)
    }

    pub(super) fn names(&self) -> Names {
        Names {
            id: self.id.clone(),
            order_id: self.order_id.clone(),
        }
    }

    pub(super) fn check(&self) -> Result<(), &'static str> {
        if self.card_brand.is_some() && self.fields != FieldList::Twelve {
            return Err("`card_brand` is only among 12 `fields`");
        }
        if !(1..=MOST_TIMES).contains(&self.times) {
            return Err("`times` is from 1 to 1000");
        }
        Ok(())
    }

    fn nothing() -> Self {
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
            signature: Seal::default(),
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
