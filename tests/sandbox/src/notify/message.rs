//! The fields of a notification, its signed text, and its formats.

use serde::Serialize;
use serde_json::{Value, json};

use super::options::{FieldList, Partial, Transport};
use super::php::{self, Pairs};
use super::request::Notify;
use super::signer::Signer;

const CARD_BRAND: &str = "VISA";

/// A notification in each format, with `sign`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Forged {
    /// For [`Transport::Get`], without a question mark.
    pub query: String,
    /// For [`Transport::Form`].
    pub form: String,
    /// For [`Transport::Json`].
    pub json: String,
    /// The text that a valid signature signs.
    pub signed_text: String,
}

impl Forged {
    /// `entry` is the payment or payout in the format of the state, with its `type`.
    pub(super) fn new(notify: &Notify, entry: &Value, account: &str, signer: &Signer) -> Self {
        let mut pairs = signed_pairs(notify, entry, account);
        let signed_text = php::json(&pairs, notify.encoding);
        let sign = signer.sign(&pairs, notify.encoding, notify.digest, notify.signature);

        let extra = notify.extra.iter();
        pairs.extend(extra.map(|(name, value)| (name.clone(), value.clone())));
        pairs.extend(sign.map(|sign| ("sign".to_owned(), sign.into())));
        let query = php::query(&pairs);
        Self {
            form: query.clone(),
            query,
            json: php::json(&pairs, notify.encoding),
            signed_text,
        }
    }

    /// The content for this transport.
    pub(crate) fn content_for(&self, transport: Transport) -> &str {
        match transport {
            Transport::Get => &self.query,
            Transport::Form => &self.form,
            Transport::Json => &self.json,
        }
    }
}

fn signed_pairs(notify: &Notify, entry: &Value, account: &str) -> Pairs {
    let known = |name: &str| entry.get(name).cloned().unwrap_or_default();
    let or_known = |replacement: &Option<String>, name: &str| match replacement {
        Some(replacement) => json!(replacement),
        None => known(name),
    };
    let mut pairs = vec![
        ("type", known("type")),
        ("id", known("id")),
        ("order_id", known("order_id")),
        ("payment_status", or_known(&notify.status, "payment_status")),
        ("amount", known("amount")),
        ("payment_amount", known("payment_amount")),
    ];
    if notify.fields != FieldList::Ten {
        pairs.push(("commission_amount", known("commission_amount")));
    }
    let is_partial = known("is_partial_payment") == true;
    pairs.extend([
        ("is_partial_payment", partial(notify.partial, is_partial)),
        (
            "account",
            json!(notify.account.as_deref().unwrap_or(account)),
        ),
        ("service", known("service_code")),
        ("desc", or_known(&notify.desc, "desc")),
    ]);
    if notify.fields == FieldList::Twelve {
        let brand = notify.card_brand.as_deref().unwrap_or(CARD_BRAND);
        pairs.push(("card_brand", json!(brand)));
    }
    let owned = |(name, value): (&str, Value)| (name.to_owned(), value);
    pairs.into_iter().map(owned).collect()
}

fn partial(partial: Partial, value: bool) -> Value {
    match partial {
        Partial::Bool => json!(value),
        Partial::Received => json!(if value { "1" } else { "0" }),
    }
}
