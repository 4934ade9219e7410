//! Notifications: finding the encoding that the provider signed, and separating the signed fields
//! from the others.

use std::fmt;

use crate::crypto::{Digest, DigestMode, VerifyingKey};
use crate::error::{Error, ErrorKind, Result};
use crate::json::canonical::Encoding;
use crate::json::parse::parse_response;
use crate::schema::record::record;
use crate::types::value::Value;
use crate::webhook::payload::{WebhookPayload, malformed};
use crate::webhook::signed::{Candidate, find_signed, take_signature, write_object};

/// The signed fields in their order, as the provider documents them. Integrations show two
/// deviations: `card_brand` is added, or `commission_amount` is missing.
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

/// The known values of `type`. The set is open.
pub const SUBJECTS: [&str; 2] = ["payment", "payout"];

const ENCODINGS: [Encoding; 3] = [Encoding::Default, Encoding::Slashes, Encoding::Unicode];

record! {
    /// A notification whose signature and account are verified.
    ///
    /// Its fields are the signed fields only. All others are in `unsigned`: do not trust them. The
    /// provider may send a notification again, late, or out of order: use the ledger's `note` to
    /// find out, and request the status before you credit anything.
    #[source("the notification signature page")]
    #[loggable("type", "id", "order_id", "payment_status", "amount")]
    #[is_final(payment_status)]
    pub struct Notification: Signed {
        #[required] kind as "type": Subject = "The subject: `payment`, `payout`, or one added later.";
        id: Integer = "AliKassa's id of the payment or payout.";
        order_id: Text = "The merchant's id of the order.";
        #[required] payment_status: Status = "The status: `wait`, `paid`, `cancel`, `fail`, or one added later.";
        amount: Amount = "The requested amount.";
        payment_amount: Amount = "The paid amount; credit this one.";
        commission_amount: Amount = "The provider's fee.";
        is_partial_payment: Bool = "Whether the paid amount differs from the requested amount.";
        account: Text = "The account's UUID.";
        service: Text = "The service's code.";
        desc: Text = "The description.";
        card_brand: Text = "The brand of the payer's card.";
    }
    also {
        variant: Variant = "The signed form, such as `f11-default`: the number of fields, and their encoding.";
        digest: Digest = "The digest of the signature.";
    }
}

impl Notification {
    /// The unsigned fields: anybody can have written them.
    pub fn unsigned(&self) -> &[(String, Value)] {
        &self.other
    }

    /// The text that was signed.
    pub fn signed_text(&self) -> &[u8] {
        &self.raw
    }

    /// A notification that was verified before. Its variant and digest are not known; the ledger
    /// does not use them.
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

/// The form in which a notification was signed, displayed as `f11-default`.
///
/// It consists of the number of fields, the encoding (`default`, `slashes` for unescaped slashes,
/// `unicode` for unescaped slashes and Unicode), and `-bool` if `is_partial_payment` was sent as a
/// string and signed as a boolean.
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

/// A field that can be signed, with its value if the notification has it.
type Received = (&'static str, Option<Value>);

/// Verifies the signature, and that the notification is for `account`.
pub(crate) fn verify(
    payload: WebhookPayload<'_>,
    keys: &[VerifyingKey],
    digest: DigestMode,
    account: &str,
) -> Result<Notification> {
    let mut fields = payload.into_fields()?;
    let signature = take_signature(&mut fields)?;
    let received = take_signed(&mut fields)?;
    let (signed, digest) = find_signed(candidates(&received), &signature, keys, digest)?;
    let notification = build(received, fields, signed, digest)?;
    if notification.account.as_deref() != Some(account) {
        return Err(Error::new(
            ErrorKind::AccountMismatch,
            "the notification is validly signed but for a different account",
        ));
    }
    Ok(notification)
}

/// Takes the fields that can be signed out of `fields`.
fn take_signed(fields: &mut Vec<(String, Value)>) -> Result<Vec<Received>> {
    let is_list = |name: &str| {
        name.split_once('[')
            .is_some_and(|(name, _)| SIGNED.contains(&name))
    };
    if fields.iter().any(|(name, _)| is_list(name)) {
        return Err(malformed("a signed field is a list"));
    }
    SIGNED
        .iter()
        .map(|name| {
            let index = fields.iter().position(|(other, _)| other == name);
            let value = index.map(|index| signed_value(name, fields.remove(index).1));
            Ok((*name, value.transpose()?))
        })
        .collect()
}

fn signed_value(name: &str, value: Value) -> Result<Value> {
    match value {
        Value::Text(text) if name == "id" => decimal_id(&text),
        Value::Integer(id) if name == "id" && id < 0 => Err(malformed("id is negative")),
        Value::Bool(_) if name != "is_partial_payment" => {
            Err(malformed(&format!("{name} is a boolean")))
        }
        Value::Decimal(_) => Err(malformed(&format!(
            "{name} is a number with a fraction or exponent"
        ))),
        Value::List(_) | Value::Map(_) => Err(malformed(&format!("{name} is a list or an object"))),
        value => Ok(value),
    }
}

/// The provider signs `id` as an integer, but sends it as a string in queries and forms.
fn decimal_id(text: &str) -> Result<Value> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(id) if digits => Ok(Value::Integer(id)),
        _ => Err(malformed("id is not an integer")),
    }
}

/// Every text that the provider can have signed, without duplicates. The documented one is first.
fn candidates(received: &[Received]) -> Vec<Candidate<Variant>> {
    let has = |name| {
        received
            .iter()
            .any(|(other, value)| *other == name && value.is_some())
    };
    let lists = [
        Some(FieldList::F11),
        (!has("commission_amount")).then_some(FieldList::F10),
        has("card_brand").then_some(FieldList::F12),
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
            match parse_partial(value) {
                Some(bool) if *name == "is_partial_payment" && variant.partial_as_bool => {
                    (*name, Value::Bool(bool))
                }
                _ => (*name, value.clone()),
            }
        })
        .collect();
    write_object(&members, variant.encoding)
}

/// Reads `is_partial_payment`, which the provider sends in several forms.
fn parse_partial(value: &Value) -> Option<bool> {
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

/// The notification: the fields that this variant signs, and the others apart.
fn build(
    received: Vec<Received>,
    mut unsigned: Vec<(String, Value)>,
    candidate: Candidate<Variant>,
    digest: Digest,
) -> Result<Notification> {
    let variant = candidate.variant;
    let mut signed = Vec::with_capacity(received.len());
    for (name, value) in received {
        let Some(value) = value else { continue };
        if !variant.fields.has(name) {
            unsigned.push((name.to_owned(), value));
        } else if name == "is_partial_payment" && value != Value::Null {
            let bool = parse_partial(&value);
            let bool = bool.ok_or_else(|| malformed("is_partial_payment is not a boolean"))?;
            signed.push((name.to_owned(), Value::Bool(bool)));
        } else {
            signed.push((name.to_owned(), value));
        }
    }
    let read = Notification::read(Value::Map(signed), candidate.text, variant, digest);
    let notification = read.map_err(|error| malformed(error.message()))?;
    Ok(Notification {
        other: unsigned,
        ..notification
    })
}
