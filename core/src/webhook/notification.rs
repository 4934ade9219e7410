//! Notifications: finding the form in which the provider signed one, and showing what is signed.

use std::fmt;

use crate::crypto::{Digest, DigestMode, VerifyingKey};
use crate::error::{Error, ErrorKind, Result};
use crate::json::canonical::Encoding;
use crate::json::parse::parse_response;
use crate::schema::record::record;
use crate::types::value::Value;
use crate::webhook::payload::{WebhookPayload, malformed};
use crate::webhook::signed::{Candidate, find, take_signature, write_object};

/// The signed fields in their order, as the documents list them; `card_brand` and the lack of `commission_amount` are
/// known from integrations.
const SIGNED: [&str; 12] = [
    "type",
    "id",
    "order_id",
    "payment_status",
    "amount",
    "payment_amount",
    "commission_amount",
    "is_partial_payment",
    "account",
    "service",
    "desc",
    "card_brand",
];

const ENCODINGS: [Encoding; 3] = [Encoding::Default, Encoding::Slashes, Encoding::Unicode];

record! {
    /// A notification whose signature and account are right. Its fields are the signed ones alone; whatever else came
    /// along is [`unsigned`](Self::unsigned), and not to be believed.
    ///
    /// The provider may send it again, late, or out of order: tell with [`Ledger::note`](crate::Ledger::note), and ask
    /// for the status before crediting. Source: the notification signature page.
    pub struct Notification {
        #[required] kind as "type": Text = "What it is about: `payment` or `payout`.";
        id: Integer = "AliKassa's id of the payment or payout.";
        order_id: Text = "The merchant's id of the order.";
        #[required] payment_status: Status = "The state: `wait`, `paid`, `cancel`, `fail`, or one added later.";
        amount: Amount = "The amount asked for.";
        payment_amount: Amount = "The amount really paid; credit this one.";
        commission_amount: Amount = "The provider's fee.";
        is_partial_payment: Bool = "Whether less or more than the amount was paid.";
        account: Text = "The account's UUID.";
        service: Text = "The service's code.";
        desc: Text = "The description.";
        card_brand: Text = "The brand of the payer's card.";
    }
    also {
        variant: Variant = "The form in which it was signed.";
        digest: Digest = "The digest of its signature.";
    }
}

impl Notification {
    /// Whether the status can still change.
    pub fn is_final(&self) -> bool {
        self.payment_status.is_final()
    }

    /// The fields that came along unsigned: anybody may have written them.
    pub fn unsigned(&self) -> &[(String, Value)] {
        &self.other
    }

    /// The text that was signed.
    pub fn signed_text(&self) -> &[u8] {
        &self.raw
    }

    /// A notification that was verified before. How it was signed is not known any more, and of no use to a ledger.
    pub(crate) fn from_signed_text(text: &[u8]) -> Result<Self> {
        let variant = Variant {
            fields: FieldList::F11,
            encoding: Encoding::Default,
            partial_as_bool: false,
        };
        let read = Self::read(parse_response(text)?, text.to_vec(), variant, Digest::Sha1);
        read.map_err(|error| malformed(error.message()))
    }
}

/// In which of the known forms a notification was signed. It shows itself as `f11-default`: how many fields, the encoding
/// (`default`, `slashes` for unescaped slashes, `unicode` for unescaped slashes and unicode), and `-bool` when
/// `is_partial_payment` came as a text and was signed as a boolean.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Variant {
    fields: FieldList,
    encoding: Encoding,
    partial_as_bool: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum FieldList {
    F10,
    F11,
    F12,
}

impl FieldList {
    fn has(self, name: &str) -> bool {
        match name {
            "commission_amount" => self != Self::F10,
            "card_brand" => self == Self::F12,
            _ => true,
        }
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = match self.fields {
            FieldList::F10 => "f10",
            FieldList::F11 => "f11",
            FieldList::F12 => "f12",
        };
        let encoding = match self.encoding {
            Encoding::Default => "default",
            Encoding::Slashes => "slashes",
            Encoding::Unicode => "unicode",
        };
        let partial = if self.partial_as_bool { "-bool" } else { "" };
        write!(f, "{fields}-{encoding}{partial}")
    }
}

/// A signed field as it arrived; none when it did not.
type Received = (&'static str, Option<Value>);

/// Verifies what arrived, and that it is for `account`.
pub(crate) fn verify(
    delivery: WebhookPayload<'_>,
    keys: &[VerifyingKey],
    digest: DigestMode,
    account: &str,
) -> Result<Notification> {
    let mut fields = delivery.into_fields()?;
    let signature = take_signature(&mut fields)?;
    let received = take_signed(&mut fields)?;
    let (found, digest) = find(candidates(&received), &signature, keys, digest)?;
    let notification = believe(received, fields, found, digest)?;
    if notification.account.as_deref() != Some(account) {
        return Err(Error::new(
            ErrorKind::AccountMismatch,
            "the notification is signed, and for another account",
        ));
    }
    Ok(notification)
}

/// Takes what may be signed out of the fields.
fn take_signed(fields: &mut Vec<(String, Value)>) -> Result<Vec<Received>> {
    let is_list = |name: &str| {
        name.split_once('[')
            .is_some_and(|(name, _)| SIGNED.contains(&name))
    };
    if fields.iter().any(|(name, _)| is_list(name)) {
        return Err(malformed("a list stands where a value belongs"));
    }
    SIGNED
        .iter()
        .map(|name| {
            let place = fields.iter().position(|(other, _)| other == name);
            let value = place.map(|place| signed_value(name, fields.remove(place).1));
            Ok((*name, value.transpose()?))
        })
        .collect()
}

fn signed_value(name: &str, value: Value) -> Result<Value> {
    match value {
        Value::Text(text) if name == "id" => decimal_id(&text),
        Value::Integer(id) if name == "id" && id < 0 => Err(malformed("its id is negative")),
        Value::Bool(_) if name != "is_partial_payment" => {
            Err(malformed("a boolean stands where a text belongs"))
        }
        Value::Decimal(_) => Err(malformed("a number has a fraction or an exponent")),
        Value::List(_) | Value::Map(_) => Err(malformed("a list stands where a value belongs")),
        value => Ok(value),
    }
}

/// The provider signs an `id` as an integer, and sends it as a text in queries and forms.
fn decimal_id(text: &str) -> Result<Value> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(id) if digits => Ok(Value::Integer(id)),
        _ => Err(malformed("its id is no integer")),
    }
}

/// Every text that the provider may have signed, each once, the documented form first.
fn candidates(received: &[Received]) -> Vec<Candidate<Variant>> {
    let is_there = |name| {
        received
            .iter()
            .any(|(other, value)| *other == name && value.is_some())
    };
    let lists = [
        Some(FieldList::F11),
        (!is_there("commission_amount")).then_some(FieldList::F10),
        is_there("card_brand").then_some(FieldList::F12),
    ];
    let mut candidates: Vec<Candidate<Variant>> = Vec::new();
    for fields in lists.into_iter().flatten() {
        for partial_as_bool in [false, true] {
            for encoding in ENCODINGS {
                let variant = Variant {
                    fields,
                    encoding,
                    partial_as_bool,
                };
                let text = signed_text(received, variant);
                if candidates.iter().all(|candidate| candidate.text != text) {
                    candidates.push(Candidate { text, variant });
                }
            }
        }
    }
    candidates
}

fn signed_text(received: &[Received], variant: Variant) -> Vec<u8> {
    let members = received.iter().filter(|(name, _)| variant.fields.has(name));
    let members: Vec<(&str, Value)> = members
        .map(|(name, value)| {
            let value = value.as_ref().unwrap_or(&Value::Null);
            match partial(value) {
                Some(bool) if *name == "is_partial_payment" && variant.partial_as_bool => {
                    (*name, Value::Bool(bool))
                }
                _ => (*name, value.clone()),
            }
        })
        .collect();
    write_object(&members, variant.encoding)
}

/// What `is_partial_payment` means, in each form it has.
fn partial(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(bool) => Some(*bool),
        Value::Integer(1) => Some(true),
        Value::Integer(0) => Some(false),
        Value::Text(text) => match text.as_str() {
            "true" | "1" => Some(true),
            "false" | "0" | "" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// The event: what is signed in this variant, and apart from it all the rest.
fn believe(
    received: Vec<Received>,
    mut unsigned: Vec<(String, Value)>,
    found: Candidate<Variant>,
    digest: Digest,
) -> Result<Notification> {
    let variant = found.variant;
    let mut signed = Vec::with_capacity(received.len());
    for (name, value) in received {
        let Some(value) = value else { continue };
        if !variant.fields.has(name) {
            unsigned.push((name.to_owned(), value));
        } else if name == "is_partial_payment" && value != Value::Null {
            let bool = partial(&value);
            let bool = bool.ok_or_else(|| malformed("its is_partial_payment is no boolean"))?;
            signed.push((name.to_owned(), Value::Bool(bool)));
        } else {
            signed.push((name.to_owned(), value));
        }
    }
    let read = Notification::read(Value::Map(signed), found.text, variant, digest);
    let notification = read.map_err(|error| malformed(error.message()))?;
    Ok(Notification {
        other: unsigned,
        ..notification
    })
}
