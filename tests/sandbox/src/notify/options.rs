//! Options of notifications and redirects.

use serde::{Deserialize, Serialize};

/// How a notification is transmitted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// In the query of a GET, as the provider's samples expect.
    #[default]
    Get,
    /// In the body of a POST, as a form.
    Form,
    /// In the body of a POST, as a JSON object.
    Json,
}

/// The fields of a notification. All of them are signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u8")]
pub enum FieldList {
    /// Without `commission_amount`.
    Ten,
    /// The documented fields.
    #[default]
    Eleven,
    /// With `card_brand` at the end.
    Twelve,
}

/// The encoding of the signed text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// PHP's `json_encode` without flags.
    #[default]
    Default,
    /// With `JSON_UNESCAPED_SLASHES`.
    Slashes,
    /// With `JSON_UNESCAPED_SLASHES` and `JSON_UNESCAPED_UNICODE`.
    Unicode,
}

/// The form of `is_partial_payment` in the signed text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Partial {
    /// The text of a query: `"1"` or `"0"`.
    #[default]
    Received,
    /// `true` or `false`. A query still has 1 or 0.
    Bool,
}

/// The validity of a message's signature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureKind {
    /// Valid.
    #[default]
    Good,
    /// One bit is flipped.
    Flipped,
    /// Made with a key other than the one for notifications.
    OtherKey,
    /// Made over the same message with another `order_id`.
    OtherBody,
    /// No signature.
    Missing,
    /// The first half of a valid signature.
    Truncated,
}

impl TryFrom<u8> for FieldList {
    type Error = &'static str;

    fn try_from(count: u8) -> Result<Self, Self::Error> {
        match count {
            10 => Ok(Self::Ten),
            11 => Ok(Self::Eleven),
            12 => Ok(Self::Twelve),
            _ => Err("`fields` must be 10, 11 or 12"),
        }
    }
}
