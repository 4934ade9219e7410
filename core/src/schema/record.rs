//! Typed replies: the fields of each type are declared once. The reader, the accessors, Rust's
//! `Debug` and the bindings' classes follow from the declaration.

use std::any::Any;
use std::fmt;

use crate::error::Support;
use crate::schema::order::OrderStatus;
use crate::types::amount::Amount;
pub use crate::types::record_type::{Field, FieldKind, RecordBase, RecordType};
use crate::types::status::PaymentStatus;
use crate::types::value::Value;

/// A field's value, as the bindings take it.
#[derive(Debug)]
#[non_exhaustive]
pub enum FieldValue<'a> {
    /// Absent or null; for an amount also an empty text.
    None,
    /// An exact decimal amount.
    Amount(&'a Amount),
    /// A boolean.
    Bool(bool),
    /// A 64-bit integer.
    Integer(i64),
    /// A list of records.
    List(Vec<Record<'a>>),
    /// A record.
    Record(Box<Record<'a>>),
    /// A text.
    Text(&'a str),
}

/// A typed reply seen without its type.
#[non_exhaustive]
pub struct Record<'a> {
    /// The type's name in every language: `"Payout"`.
    pub name: &'static str,
    /// The fields that logs may show; the others can be personal data.
    pub loggable: &'static [&'static str],
    /// Each field with its value, in the order of the provider's page.
    pub fields: Vec<(&'static Field, FieldValue<'a>)>,
    /// Whether the status can no longer change; none where there is no status.
    pub is_final: Option<bool>,
    /// What the library found out while reading it, by name.
    pub details: Vec<(&'static str, String)>,
    /// Fields that this library does not know; for a notification or redirect the unsigned fields.
    pub other: &'a [(String, Value)],
    /// The bytes of the response; for a notification or redirect the signed text.
    pub raw: &'a [u8],
    /// What was sent and received, for the provider's support.
    pub support: Option<&'a Support>,
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct(self.name);
        for (field, value) in &self.fields {
            if self.loggable.contains(&field.name) {
                shown.field(field.name, value);
            }
        }
        shown.finish_non_exhaustive()
    }
}

/// A record that is a whole reply to a call.
pub trait TypedReply: Any + fmt::Debug + Send + Sync {
    /// Reads the body of a 200.
    ///
    /// # Errors
    /// [`Protocol`](crate::ErrorKind::Protocol) when it is not one.
    fn read(body: Value, raw: Vec<u8>) -> crate::Result<Self>
    where
        Self: Sized;

    /// Its fields, in the order of the provider's page.
    fn fields() -> &'static [Field]
    where
        Self: Sized;

    /// The reply without its type.
    fn record(&self) -> Record<'_>;

    /// The order that it is the status of.
    fn order(&self) -> Option<&dyn OrderStatus> {
        None
    }

    /// Names the order of a create, if the response did not.
    fn set_order_id(&mut self, _sent: &str) {}

    /// What was sent and received, for the provider's support.
    fn support(&self) -> Option<&Support>;

    /// Adds the record for the provider's support.
    fn set_support(&mut self, support: Support);
}

/// Declares a reply: a struct with the fields, the reader, and the same as data in `TYPE`.
///
/// A field is `name: Kind = "documentation"`. `name as "key"` keeps the provider's spelling in the
/// other languages, `name | "KEY"` reads a second spelling. A response without a `#[required]`
/// field is a protocol error.
///
/// Before the struct stand its documentation, `#[source(…)]` with the provider's page, and where
/// they apply `#[loggable(…)]` with the fields that logs may show and `#[is_final(…)]` with the
/// field that decides. After the name stands one of [`RecordBase`]'s variants, or `OrderStatus` for
/// a response that is the status of one order.
macro_rules! record {
    (
        $(#[doc = $doc:literal])*
        $(#[source($source:literal)])?
        $(#[loggable($($loggable:literal),*)])?
        $(#[is_final($status:ident)])?
        pub struct $record:ident: $base:ident {
            $( $(#[$required:ident])? $name:ident $(as $key:literal)? $(| $alias:literal)?: $kind:ident $(<$item:ident>)? = $text:literal; )*
        }
        $( also { $( $extra:ident: $type:ident = $extra_text:literal; )* } )?
    ) => {
        $(#[doc = $doc])*
        $(
            #[doc = ""]
            #[doc = concat!("Source: ", $source, ".")]
        )?
        #[derive(Clone)]
        #[non_exhaustive]
        pub struct $record {
            $( #[doc = $text] pub $name: record!(@type $kind $(<$item>)? $($required)?), )*
            $( $( #[doc = $extra_text] pub $extra: $type, )* )?
            /// Fields that this library does not know, in the order received.
            pub other: Vec<(String, $crate::types::value::Value)>,
            /// The bytes of the response; for a notification or redirect the signed text.
            pub raw: Vec<u8>,
            support: Option<$crate::error::Support>,
        }

        impl $record {
            /// The fields, in the order of the provider's page.
            pub const FIELDS: &'static [$crate::schema::record::Field] = &[
                $( $crate::schema::record::Field {
                    name: record!(@key $name $($key)?),
                    kind: record!(@kind $kind $(<$item>)?),
                    required: record!(@required $($required)?),
                    doc: $text,
                }, )*
            ];

            /// The type as data, for the bindings.
            #[doc(hidden)]
            pub const TYPE: &'static $crate::schema::record::RecordType =
                &$crate::schema::record::RecordType {
                    name: stringify!($record),
                    doc: &[$($doc),*],
                    source: record!(@option $($source)?),
                    base: record!(@base $base),
                    fields: Self::FIELDS,
                    details: &[
                        $( $( $crate::schema::record::Field {
                            name: stringify!($extra),
                            kind: record!(@kind $type),
                            required: true,
                            doc: $extra_text,
                        }, )* )?
                    ],
                    loggable: record!(@loggable $($($loggable),*)?),
                    has_is_final: record!(@required $($status)?),
                };

            $(
                /// Whether the status can no longer change. A status that this library does not
                /// know is not final.
                pub fn is_final(&self) -> bool {
                    $crate::schema::record::Finality::is_final(&self.$status)
                }
            )?

            /// The values of [`FIELDS`](Self::FIELDS), in the same order.
            pub fn values(&self) -> Vec<$crate::schema::record::FieldValue<'_>> {
                vec![ $( record!(@value self.$name, $kind $($required)?), )* ]
            }

            pub(crate) fn record(&self) -> $crate::schema::record::Record<'_> {
                $crate::schema::record::Record {
                    name: stringify!($record),
                    loggable: Self::TYPE.loggable,
                    fields: Self::FIELDS.iter().zip(self.values()).collect(),
                    is_final: record!(@is_final $(self.$status)?),
                    details: Vec::new(),
                    other: &self.other,
                    raw: &self.raw,
                    support: self.support.as_ref(),
                }
            }

            pub(crate) fn read(
                answer: $crate::types::value::Value,
                raw: Vec<u8>
                $( $(, $extra: $type)* )?
            ) -> $crate::Result<Self> {
                let $crate::types::value::Value::Map(mut members) = answer else {
                    return Err($crate::Error::protocol("the response is not a JSON object"));
                };
                let record = Self {
                    $( $name: {
                        let names = [record!(@key $name $($key)?) $(, $alias)?];
                        record!(@read $kind $crate::schema::read_field::take(&mut members, &names)?, names[0], $($required)?)
                    }, )*
                    $( $( $extra, )* )?
                    other: Vec::new(),
                    raw,
                    support: None,
                };
                Ok(Self { other: members, ..record })
            }
        }

        record!(@implement $base $record);

        impl std::fmt::Debug for $record {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Debug::fmt(&self.record(), f)
            }
        }
    };
    (@base Created) => { $crate::schema::record::RecordBase::Response };
    (@base OrderStatus) => { $crate::schema::record::RecordBase::Response };
    (@base $base:ident) => { $crate::schema::record::RecordBase::$base };
    (@implement Part $record:ident) => {
        /// Lets the record be a field of another one.
        impl $crate::schema::read_field::ReadField for $record {
            fn read(value: &$crate::types::value::Value) -> Result<Option<Self>, &'static str> {
                match value {
                    $crate::types::value::Value::Null => Ok(None),
                    _ => Self::read(value.clone(), Vec::new())
                        .map(Some)
                        .map_err(|_| concat!("a ", stringify!($record))),
                }
            }
        }
    };
    (@implement Response $record:ident $($order:item)?) => {
        impl $record {
            /// What was sent and received, for the provider's support.
            pub fn support(&self) -> Option<&$crate::error::Support> {
                self.support.as_ref()
            }
        }

        impl $crate::schema::record::TypedReply for $record {
            fn read(body: $crate::types::value::Value, raw: Vec<u8>) -> $crate::Result<Self> {
                Self::read(body, raw)
            }

            fn fields() -> &'static [$crate::schema::record::Field] {
                Self::FIELDS
            }

            fn record(&self) -> $crate::schema::record::Record<'_> {
                self.record()
            }

            fn support(&self) -> Option<&$crate::error::Support> {
                self.support.as_ref()
            }

            fn set_support(&mut self, support: $crate::error::Support) {
                self.support = Some(support);
            }

            $($order)?
        }
    };
    (@implement Created $record:ident) => {
        record! { @implement Response $record
            fn set_order_id(&mut self, sent: &str) {
                self.order_id.get_or_insert_with(|| sent.to_owned());
            }
        }
    };
    (@implement OrderStatus $record:ident) => {
        $crate::schema::order::order_status!($record);
        record! { @implement Response $record
            fn order(&self) -> Option<&dyn $crate::schema::order::OrderStatus> {
                Some(self)
            }
        }
    };
    (@implement Signed $record:ident) => {};
    (@is_final) => { None };
    (@is_final $self:ident.$status:ident) => { Some($crate::schema::record::Finality::is_final(&$self.$status)) };
    (@option) => { None };
    (@option $value:literal) => { Some($value) };
    (@required) => { false };
    (@required $any:ident) => { true };
    (@loggable) => { $crate::schema::record::LOGGABLE_FIELDS };
    (@loggable $($name:literal),+) => { &[$($name),+] };
    (@kind List <$item:ident>) => { $crate::schema::record::FieldKind::List($item::TYPE) };
    (@kind Record <$item:ident>) => { $crate::schema::record::FieldKind::Record($item::TYPE) };
    (@kind Variant) => { $crate::schema::record::FieldKind::Text };
    (@kind $kind:ident) => { $crate::schema::record::FieldKind::$kind };
    (@type List <$item:ident>) => { Vec<$item> };
    (@type Record <$item:ident>) => { Option<$item> };
    (@type Amount) => { Option<$crate::types::amount::Amount> };
    (@type Bool) => { Option<bool> };
    (@type Integer) => { Option<i64> };
    (@type Text) => { Option<String> };
    (@type Status) => { Option<$crate::types::status::PaymentStatus> };
    (@type Integer required) => { i64 };
    (@type Status required) => { $crate::types::status::PaymentStatus };
    (@type Amount required) => { $crate::types::amount::Amount };
    (@type Subject required) => { String };
    (@type Text required) => { String };
    (@key $name:ident $key:literal) => { $key };
    (@key $name:ident) => { stringify!($name) };
    (@read List $taken:expr, $name:expr,) => { $taken.unwrap_or_default() };
    (@read $kind:ident $taken:expr, $name:expr, required) => { $crate::schema::read_field::require($taken, $name)? };
    (@read $kind:ident $taken:expr, $name:expr,) => { $taken };
    (@value $self:ident.$name:ident, Status required) => {
        $crate::schema::record::FieldValue::Text($self.$name.as_str())
    };
    (@value $self:ident.$name:ident, Amount required) => {
        $crate::schema::record::FieldValue::Amount(&$self.$name)
    };
    (@value $self:ident.$name:ident, Subject required) => {
        $crate::schema::record::FieldValue::Text(&$self.$name)
    };
    (@value $self:ident.$name:ident, Text required) => {
        $crate::schema::record::FieldValue::Text(&$self.$name)
    };
    (@value $self:ident.$name:ident, Integer required) => {
        $crate::schema::record::FieldValue::Integer($self.$name)
    };
    (@value $self:ident.$name:ident, Status) => {
        $self.$name.as_ref().map_or($crate::schema::record::FieldValue::None, |status| {
            $crate::schema::record::FieldValue::Text(status.as_str())
        })
    };
    (@value $self:ident.$name:ident, Amount) => {
        $self.$name.as_ref().map_or($crate::schema::record::FieldValue::None, $crate::schema::record::FieldValue::Amount)
    };
    (@value $self:ident.$name:ident, Text) => {
        $self.$name.as_deref().map_or($crate::schema::record::FieldValue::None, $crate::schema::record::FieldValue::Text)
    };
    (@value $self:ident.$name:ident, List) => {
        $crate::schema::record::FieldValue::List($self.$name.iter().map(|item| item.record()).collect())
    };
    (@value $self:ident.$name:ident, Record) => {
        $self.$name.as_ref().map_or($crate::schema::record::FieldValue::None, |item| {
            $crate::schema::record::FieldValue::Record(Box::new(item.record()))
        })
    };
    (@value $self:ident.$name:ident, Bool) => {
        $self.$name.map_or($crate::schema::record::FieldValue::None, $crate::schema::record::FieldValue::Bool)
    };
    (@value $self:ident.$name:ident, Integer) => {
        $self.$name.map_or($crate::schema::record::FieldValue::None, $crate::schema::record::FieldValue::Integer)
    };
}
pub(crate) use record;

/// Whether a status can no longer change, also where there may be none.
pub(crate) trait Finality {
    fn is_final(&self) -> bool;
}

impl Finality for PaymentStatus {
    fn is_final(&self) -> bool {
        PaymentStatus::is_final(self)
    }
}

impl Finality for Option<PaymentStatus> {
    fn is_final(&self) -> bool {
        self.as_ref().is_some_and(PaymentStatus::is_final)
    }
}

/// The fields that `Debug`, `repr` and `inspect` show unless a type names its own; all others may
/// be personal data.
pub const LOGGABLE_FIELDS: &[&str] = &["id", "order_id", "payment_status", "amount"];
