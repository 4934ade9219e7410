//! Typed requests: the fields of each request are declared once. The checks, Rust's setters, the
//! order on the wire and the bindings' types follow from the declaration.

pub use crate::types::request_type::{RequestField, RequestType, Rule};
use crate::types::value::Value;

/// The object with the fields that the library does not know.
pub(crate) const OTHER_FIELDS: &str = "other_fields";

/// A request as the fields that its caller set.
pub trait IntoFields {
    /// The fields.
    fn into_fields(self) -> Vec<(String, Value)>;
}

/// Declares a request: a struct with `new` for the required fields and a setter for each other one,
/// and the same as data in `TYPE`.
///
/// A field is `name: Kind(arguments) = "documentation"`, where the kind is one of [`Rule`]'s.
/// `#[source(…)]` names the provider's page; documentation after it is for Rust alone.
macro_rules! request {
    (
        $(#[doc = $doc:literal])*
        #[source($source:literal)]
        $(#[doc = $rust_doc:literal])*
        pub struct $request:ident {
            required { $( $required:ident: $required_kind:ident $(($($required_argument:expr),*))? = $required_text:literal; )* }
            optional { $( $name:ident: $kind:ident $(($($argument:expr),*))? $(<$object:ident>)? = $text:literal; )* }
        }
    ) => {
        $(#[doc = $doc])*
        #[doc = ""]
        #[doc = concat!("Source: ", $source, ".")]
        $(#[doc = $rust_doc])*
        #[derive(Clone)]
        #[must_use]
        pub struct $request(Vec<(String, $crate::types::value::Value)>);

        impl $request {
            /// The fields, in the order they are sent.
            pub const FIELDS: &'static [$crate::schema::request::RequestField] = &[
                $( $crate::schema::request::RequestField {
                    name: stringify!($required),
                    rule: $crate::schema::request::Rule::$required_kind $(($($required_argument),*))?,
                    required: true,
                    doc: $required_text,
                }, )*
                $( $crate::schema::request::RequestField {
                    name: stringify!($name),
                    rule: request!(@rule $kind $(($($argument),*))? $(<$object>)?),
                    required: false,
                    doc: $text,
                }, )*
            ];

            /// The type as data, for the bindings.
            #[doc(hidden)]
            pub const TYPE: &'static $crate::schema::request::RequestType =
                &$crate::schema::request::RequestType {
                    name: stringify!($request),
                    doc: &[$($doc),*],
                    source: $source,
                    fields: Self::FIELDS,
                };

            /// A request with the fields that the provider requires.
            #[allow(clippy::new_without_default, reason = "only one of the requests requires nothing")]
            pub fn new($( $required: impl Into<String> ),*) -> Self {
                Self(vec![$( (stringify!($required).to_owned(), $crate::types::value::Value::Text($required.into())) ),*])
            }

            $(
                #[doc = $text]
                pub fn $name(self, $name: request!(@type $kind $(<$object>)?)) -> Self {
                    self.with(stringify!($name), request!(@value $kind, $name))
                }
            )*

            fn with(mut self, name: &str, value: $crate::types::value::Value) -> Self {
                self.0.retain(|(set, _)| set != name);
                self.0.push((name.to_owned(), value));
                self
            }
        }

        /// Shows the order, and no personal data.
        impl std::fmt::Debug for $request {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut shown = f.debug_struct(stringify!($request));
                for (name, value) in &self.0 {
                    if ["amount", "order_id", "service"].contains(&name.as_str()) {
                        shown.field(name, value);
                    }
                }
                shown.finish_non_exhaustive()
            }
        }
    };
    (@rule Object <$object:ident>) => { $crate::schema::request::Rule::Object($object::TYPE) };
    (@rule $kind:ident $(($($argument:expr),*))?) => { $crate::schema::request::Rule::$kind $(($($argument),*))? };
    (@type Integer) => { i64 };
    (@type Object <$object:ident>) => { $object };
    (@type $text:ident) => { impl Into<String> };
    (@value Integer, $value:ident) => { $crate::types::value::Value::Integer($value) };
    (@value Object, $value:ident) => { $crate::types::value::Value::Map($value.0) };
    (@value $text:ident, $value:ident) => { $crate::types::value::Value::Text($value.into()) };
}
pub(crate) use request;

/// Gives a request that an operation takes `other_field`, and the fields to its call.
macro_rules! open_request {
    ($request:ident) => {
        impl $request {
            /// Adds a field that the provider accepts and this library does not know. It is sent
            /// after the others.
            pub fn other_field(
                mut self,
                name: impl Into<String>,
                value: impl Into<$crate::types::value::Value>,
            ) -> Self {
                let field = (name.into(), value.into());
                let others = self.0.iter_mut().find_map(|(name, value)| match value {
                    $crate::types::value::Value::Map(others)
                        if name == $crate::schema::request::OTHER_FIELDS =>
                    {
                        Some(others)
                    }
                    _ => None,
                });
                if let Some(others) = others {
                    others.push(field);
                    return self;
                }
                self.with(
                    $crate::schema::request::OTHER_FIELDS,
                    $crate::types::value::Value::Map(vec![field]),
                )
            }
        }

        impl $crate::schema::request::IntoFields for $request {
            fn into_fields(self) -> Vec<(String, $crate::types::value::Value)> {
                self.0
            }
        }
    };
}
pub(crate) use open_request;
