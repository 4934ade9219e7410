//! Which order a call is about: the caller's reference, and the order that the response must be
//! about.

use crate::error::{Error, Result};
use crate::schema::check::{non_null, refuse_unknown};
use crate::types::amount::Amount;
use crate::types::status::PaymentStatus;
use crate::types::value::Value;

/// The longest `id` or `order_id`, in characters. Source: the status pages.
const MAX_ID: usize = 128;

/// A reference to an order: AliKassa's `id` or the merchant's `order_id`. Prefer `id`: it is unique
/// at the provider.
///
/// ```
/// use alikassa::OrderRef;
/// let by_id = OrderRef::id(100_000_536);
/// let by_order_id = OrderRef::order_id("6422494");
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct OrderRef(&'static str, String);

impl OrderRef {
    /// AliKassa's id.
    pub fn id(id: impl Into<OrderId>) -> Self {
        Self("id", id.into().0)
    }

    /// The merchant's id of the order.
    pub fn order_id(order_id: impl Into<String>) -> Self {
        Self("order_id", order_id.into())
    }

    pub(crate) fn into_fields(self) -> Vec<(String, Value)> {
        vec![(self.0.to_owned(), Value::Text(self.1))]
    }
}

/// What a status reports about one order, of payments and payouts alike.
pub trait OrderStatus {
    /// AliKassa's id.
    fn id(&self) -> Option<i64>;
    /// The merchant's id of the order.
    fn order_id(&self) -> Option<&str>;
    /// The requested amount.
    fn amount(&self) -> Option<&Amount>;
    /// The status.
    fn payment_status(&self) -> &PaymentStatus;
}

/// Implements [`OrderStatus`] for a record with these four fields.
macro_rules! order_status {
    ($record:ident) => {
        impl $crate::schema::order::OrderStatus for $record {
            fn id(&self) -> Option<i64> {
                self.id
            }

            fn order_id(&self) -> Option<&str> {
                self.order_id.as_deref()
            }

            fn amount(&self) -> Option<&$crate::types::amount::Amount> {
                self.amount.as_ref()
            }

            fn payment_status(&self) -> &$crate::types::status::PaymentStatus {
                &self.payment_status
            }
        }
    };
}
pub(crate) use order_status;

/// AliKassa's id, from an integer or a text.
#[derive(Clone, Debug)]
pub struct OrderId(String);

impl From<i64> for OrderId {
    fn from(id: i64) -> Self {
        Self(id.to_string())
    }
}

impl From<&str> for OrderId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

impl From<String> for OrderId {
    fn from(id: String) -> Self {
        Self(id)
    }
}

/// The field of the request that names the order.
pub(crate) struct OrderField {
    pub(crate) name: &'static str,
    pub(crate) value: String,
}

/// Exactly one of `id` and `order_id`, checked.
pub(crate) fn order_ref(fields: Vec<(String, Value)>) -> Result<OrderField> {
    let fields = non_null(fields);
    refuse_unknown(&fields, &["id", "order_id"])?;
    let mut fields = fields.into_iter();
    let (Some((name, value)), None) = (fields.next(), fields.next()) else {
        let message = "id: pass exactly one of id and order_id";
        return Err(Error::invalid_argument("id", "exactly_one", message));
    };
    let name = if name == "id" { "id" } else { "order_id" };
    let refuse = |reason, advice: &str| {
        Err(Error::invalid_argument(
            name,
            reason,
            format!("{name}: {advice}"),
        ))
    };
    let value = match value {
        Value::Text(text) => text,
        Value::Integer(integer) if name == "id" => integer.to_string(),
        _ => return refuse("type", "pass a string"),
    };
    match value.chars().count() {
        0 => refuse("empty", "this is empty"),
        count if count > MAX_ID => refuse("too_long", "this is longer than 128 characters"),
        _ => Ok(OrderField { name, value }),
    }
}
