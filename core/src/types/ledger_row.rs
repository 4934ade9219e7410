//! What a row of the ledger holds.

use std::fmt;

use crate::types::amount::Amount;
use crate::types::record_type::{Field, FieldKind, RecordBase, RecordType};
use crate::types::value::Value;

/// Declares the row: a struct with the fields, and the same as data.
///
/// A line is `name: Kind = "documentation"`, and `#[required]` when the field always has a value.
macro_rules! ledger_row {
    (
        $(#[doc = $doc:literal])*
        pub struct $row:ident {
            $( $(#[$required:ident])? $name:ident: $kind:ident = $text:literal; )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, Eq, PartialEq)]
        #[non_exhaustive]
        pub struct $row {
            $( #[doc = $text] pub $name: ledger_row!(@type $kind $($required)?), )*
            /// Counts the attempts to send the order, so that a late response to an earlier attempt
            /// cannot finish a later one.
            pub(crate) attempt: i64,
            /// AliKassa's ids of earlier attempts. They never settle a later one.
            pub(crate) earlier_ids: Vec<i64>,
            /// Whether an earlier attempt was released without an id. A status of this `order_id`
            /// may then be that of the earlier attempt.
            pub(crate) has_unidentified_attempt: bool,
        }

        impl $row {
            /// The type as data, for the bindings.
            #[doc(hidden)]
            pub const TYPE: &'static RecordType = &RecordType {
                name: stringify!($row),
                doc: &[$($doc),*],
                source: None,
                base: RecordBase::LedgerRow,
                fields: &[
                    $( Field {
                        name: stringify!($name),
                        kind: FieldKind::$kind,
                        required: ledger_row!(@required $($required)?),
                        doc: $text,
                    }, )*
                ],
                details: &[],
                loggable: &["operation", "order_id", "state", "id", "payment_status", "amount"],
                has_is_final: false,
            };

            /// The fields with their values, in order: a binding builds its object from them.
            pub fn fields(&self) -> Vec<(&'static str, Value)> {
                vec![ $( (stringify!($name), self.$name.to_value()), )* ]
            }
        }
    };
    (@type Amount) => { Option<Amount> };
    (@type IdSource) => { Option<String> };
    (@type Integer) => { Option<i64> };
    (@type LedgerState required) => { LedgerState };
    (@type Status) => { Option<String> };
    (@type Text required) => { String };
    (@type Text) => { Option<String> };
    (@type Timestamp required) => { i64 };
    (@required required) => { true };
    (@required) => { false };
}

/// The id is from the response to the create.
pub(crate) const FROM_CREATE: &str = "create";

/// The id is from a status or notification with the `order_id` and amount of the row.
pub(crate) const FROM_MATCH: &str = "match";

/// Every value of `id_source`.
pub const ID_SOURCES: [&str; 2] = [FROM_CREATE, FROM_MATCH];

ledger_row! {
    /// A create in the ledger.
    pub struct LedgerRow {
        #[required] account: Text = "The account's UUID.";
        #[required] operation: Text = "`payments.create`, `payouts.create`, or the path of a raw request.";
        #[required] order_id: Text = "The merchant's id of the order.";
        #[required] state: LedgerState = "The state: `sending`, `accepted`, `rejected`, `not_sent`, `unknown` or `released`.";
        amount: Amount = "The amount that was sent.";
        service: Text = "The service's code.";
        id: Integer = "AliKassa's id, once it is known.";
        id_source: IdSource = "How `id` is known: `create` from the response to the create, `match` from a status or notification with the same `order_id` and amount.";
        payment_status: Status = "The last known status.";
        reason: Text = "The merchant's reason for releasing the order.";
        #[required] created_ms: Timestamp = "When the row was created, in milliseconds since 1970.";
        #[required] updated_ms: Timestamp = "When the row was last changed, in milliseconds since 1970.";
    }
}

/// A field's value as a JSON value.
trait ToValue {
    fn to_value(&self) -> Value;
}

impl ToValue for String {
    fn to_value(&self) -> Value {
        Value::from(self.as_str())
    }
}

impl ToValue for i64 {
    fn to_value(&self) -> Value {
        Value::Integer(*self)
    }
}

impl ToValue for Amount {
    fn to_value(&self) -> Value {
        Value::Decimal(self.to_string())
    }
}

impl ToValue for LedgerState {
    fn to_value(&self) -> Value {
        Value::from(self.as_str())
    }
}

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, ToValue::to_value)
    }
}

/// The state of a create in the ledger.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum LedgerState {
    /// In flight, or its process ended before the response was recorded.
    Sending,
    /// The provider has the order; `payment_status` is its status.
    Accepted,
    /// The provider rejected the order.
    Rejected,
    /// No byte of the request was sent.
    NotSent,
    /// The provider may have carried it out.
    Unknown,
    /// The merchant decided that it may be sent again.
    Released,
}

impl LedgerState {
    /// Every state, for the bindings.
    #[doc(hidden)]
    pub const ALL: [Self; 6] = [
        Self::Sending,
        Self::Accepted,
        Self::Rejected,
        Self::NotSent,
        Self::Unknown,
        Self::Released,
    ];

    /// The state in lower case: `"not_sent"`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sending => "sending",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::NotSent => "not_sent",
            Self::Unknown => "unknown",
            Self::Released => "released",
        }
    }

    pub(crate) fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether a create may be sent when its row is in this state.
    pub(crate) fn allows_sending(self) -> bool {
        match self {
            Self::NotSent | Self::Rejected | Self::Released => true,
            Self::Sending | Self::Unknown | Self::Accepted => false,
        }
    }
}

impl fmt::Display for LedgerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
