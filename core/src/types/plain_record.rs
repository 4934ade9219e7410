//! Declaring a plain record: a row or an event of the ledger, or an event of a client.

use std::borrow::Cow;

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
                vec![ $( (stringify!($name), $crate::types::plain_record::ToValue::to_value(&self.$name)), )* ]
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

/// A field's value as a JSON value.
pub(crate) trait ToValue {
    fn to_value(&self) -> Value;
}

impl ToValue for String {
    fn to_value(&self) -> Value {
        Value::from(self.as_str())
    }
}

impl ToValue for Cow<'_, str> {
    fn to_value(&self) -> Value {
        Value::from(&**self)
    }
}

impl ToValue for &str {
    fn to_value(&self) -> Value {
        Value::from(*self)
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
