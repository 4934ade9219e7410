//! Declaring a plain record: a row or an event of the ledger, or an event of a client.

use std::borrow::Cow;
use std::sync::Arc;

use crate::types::amount::Amount;
use crate::types::ledger_state::LedgerState;
use crate::types::value::Value;

/// Declares a plain record: a struct with the fields, and the same as data.
///
/// A line is `name: Kind = "documentation"`, and `#[required]` when the field always has a value.
/// Behind the kind can be the type in Rust, in brackets.
/// The fields in `internal` are not shown.
macro_rules! plain_record {
    (
        $(#[doc = $doc:literal])*
        pub struct $row:ident {
            $( $(#[$required:ident])? $name:ident: $kind:ident $([$type:ty])? = $text:literal; )*
        }
        internal { $($internal:tt)* }
        loggable $loggable:tt
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, Eq, PartialEq)]
        #[non_exhaustive]
        pub struct $row {
            $( #[doc = $text] pub $name: $crate::types::plain_record::plain_record!(@type $kind $($required)? $([$type])?), )*
            $($internal)*
        }

        impl $row {
            /// The type as data, for the bindings.
            #[doc(hidden)]
            pub const TYPE: &'static $crate::types::record_type::RecordType = &$crate::types::record_type::RecordType {
                name: stringify!($row),
                doc: &[$($doc),*],
                source: None,
                base: $crate::types::record_type::RecordBase::LedgerRow,
                fields: &[
                    $( $crate::types::record_type::Field {
                        name: stringify!($name),
                        kind: $crate::types::record_type::FieldKind::$kind,
                        required: $crate::types::plain_record::plain_record!(@required $($required)?),
                        doc: $text,
                    }, )*
                ],
                details: &[],
                loggable: &$loggable,
                has_is_final: false,
            };

            /// The fields with their values, in order: a binding builds its object from them.
            pub fn fields(&self) -> Vec<(&'static str, $crate::types::value::Value)> {
                let names = Self::TYPE.fields.iter().map(|field| field.name);
                names.zip(self.values().map($crate::types::value::Value::from)).collect()
            }

            /// The values of the fields, in order.
            #[doc(hidden)]
            pub fn values(&self) -> impl Iterator<Item = $crate::types::plain_record::PlainValue<'_>> {
                [ $( $crate::types::plain_record::ToPlain::to_plain(&self.$name), )* ].into_iter()
            }
        }
    };
    (@type $kind:ident $($required:ident)? [$type:ty]) => { $type };
    (@type Amount) => { Option<$crate::types::amount::Amount> };
    (@type IdSource) => { Option<String> };
    (@type Integer) => { Option<i64> };
    (@type LedgerState required) => { $crate::types::ledger_state::LedgerState };
    (@type LedgerState) => { Option<$crate::types::ledger_state::LedgerState> };
    (@type EventSource required) => { String };
    (@type Integer required) => { i64 };
    (@type Status) => { Option<String> };
    (@type Text required) => { String };
    (@type Text) => { Option<String> };
    (@type Timestamp required) => { i64 };
    (@required required) => { true };
    (@required) => { false };
}

pub(crate) use plain_record;

/// The value of a field, borrowed: a binding converts many of them.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum PlainValue<'a> {
    /// No value.
    Null,
    /// An integer.
    Integer(i64),
    /// A text.
    Text(&'a str),
    /// An amount.
    Amount(&'a Amount),
}

impl From<PlainValue<'_>> for Value {
    fn from(value: PlainValue<'_>) -> Self {
        match value {
            PlainValue::Null => Self::Null,
            PlainValue::Integer(integer) => Self::Integer(integer),
            PlainValue::Text(text) => Self::from(text),
            PlainValue::Amount(amount) => Self::Decimal(amount.to_string()),
        }
    }
}

pub(crate) trait ToPlain {
    fn to_plain(&self) -> PlainValue<'_>;
}

impl ToPlain for String {
    fn to_plain(&self) -> PlainValue<'_> {
        PlainValue::Text(self)
    }
}

impl ToPlain for Cow<'_, str> {
    fn to_plain(&self) -> PlainValue<'_> {
        PlainValue::Text(self)
    }
}

impl ToPlain for Arc<str> {
    fn to_plain(&self) -> PlainValue<'_> {
        PlainValue::Text(self)
    }
}

impl ToPlain for &str {
    fn to_plain(&self) -> PlainValue<'_> {
        PlainValue::Text(self)
    }
}

impl ToPlain for i64 {
    fn to_plain(&self) -> PlainValue<'_> {
        PlainValue::Integer(*self)
    }
}

impl ToPlain for Amount {
    fn to_plain(&self) -> PlainValue<'_> {
        PlainValue::Amount(self)
    }
}

impl ToPlain for LedgerState {
    fn to_plain(&self) -> PlainValue<'_> {
        PlainValue::Text(self.as_str())
    }
}

impl<T: ToPlain> ToPlain for Option<T> {
    fn to_plain(&self) -> PlainValue<'_> {
        self.as_ref().map_or(PlainValue::Null, ToPlain::to_plain)
    }
}
