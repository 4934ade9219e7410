//! The ways in which messages to the merchant differ.

use serde::{Deserialize, Serialize};

/// How a notification travels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// In the query of a GET, as the provider's samples expect it.
    #[default]
    Get,
    /// In the body of a POST, as a form.
    Form,
    /// In the body of a POST, as a JSON object.
    Json,
}

/// The fields a notification has, all of which are signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u8")]
pub enum FieldList {
    /// Without `commission_amount`.
    Ten,
    /// The documented ones.
    #[default]
    Eleven,
    /// With `card_brand` at the end.
    Twelve,
}

/// How the signed text is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// As PHP's `json_encode` does without flags.
    #[default]
    Default,
    /// The same with slashes as they are.
    Slashes,
    /// The same with slashes and everything outside of ASCII as they are.
    Unicode,
}

/// What stands for `is_partial_payment` in the signed text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Partial {
    /// The text a query has: `"1"` or `"0"`.
    #[default]
    Received,
    /// `true` or `false`; a query still has 1 or 0.
    Bool,
}

/// What kind of signature a message gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seal {
    /// One that fits.
    #[default]
    Good,
    /// With one bit turned over.
    Flipped,
    /// By a key that is not the one for notifications.
    OtherKey,
    /// Over the same message for another `order_id`.
    OtherBody,
    /// None at all.
    Missing,
    /// Its first half.
    Truncated,
}

impl TryFrom<u8> for FieldList {
    type Error = &'static str;

    fn try_from(count: u8) -> Result<Self, Self::Error> {
        match count {
            10 => Ok(Self::Ten),
            11 => Ok(Self::Eleven),
            12 => Ok(Self::Twelve),
            _ => Err("`fields` is 10, 11 or 12"),
        }
    }
}
