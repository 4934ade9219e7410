//! Typed requests: the fields of each request are declared once. The checks, Rust's setters, the
//! order on the wire and the bindings' types follow from the declaration.

use crate::error::{Error, Result};
pub use crate::types::request_type::{RequestField, RequestType, Rule};
use crate::types::text::shortened;
use crate::types::value::Value;

/// The object with the fields that the library does not know.
pub(crate) const OTHER_FIELDS: &str = "other_fields";

impl RequestField {
    /// Checks a value for this field and returns the value to send.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument).
    #[doc(hidden)]
    pub fn check(&self, value: Value) -> Result<Value> {
        check_one(self, self.name, value)
    }
}

/// Checks the caller's fields against `table` and returns the body's members: the known fields in
/// the table's order, so that every language sends the same bytes, then `other_fields` in the
/// caller's order.
pub(crate) fn check(
    table: &'static [RequestField],
    fields: Vec<(String, Value)>,
) -> Result<Vec<(String, Value)>> {
    let mut fields = non_null(fields);
    let others = take(&mut fields, OTHER_FIELDS, OTHER_FIELDS)?;
    let mut body = check_known(table, &mut fields, "")?;
    if let Some((name, _)) = fields.first() {
        let name = shortened(name);
        let advice = "this operation has no such field; pass a field that the provider added in other_fields";
        return Err(invalid_field(&name, "unknown", advice));
    }
    match others {
        None => {}
        Some(Value::Map(others)) => {
            for (name, value) in non_null(others) {
                let path = format!("{OTHER_FIELDS}.{}", shortened(&name));
                if table.iter().any(|field| field.name == name) {
                    let advice = "this is a field of the operation; pass it outside other_fields";
                    return Err(invalid_field(&path, "typed", advice));
                }
                body.push((name, value));
            }
        }
        Some(_) => {
            return Err(invalid_field(
                OTHER_FIELDS,
                "type",
                "pass an object of fields",
            ));
        }
    }
    Ok(body)
}

/// Takes the fields of `table` out of `fields`, checked and in the table's order; `within` is the
/// path in front of them.
fn check_known(
    table: &'static [RequestField],
    fields: &mut Vec<(String, Value)>,
    within: &str,
) -> Result<Vec<(String, Value)>> {
    let mut known = Vec::with_capacity(table.len());
    for field in table {
        let path = format!("{within}{}", field.name);
        match take(fields, field.name, &path)? {
            Some(value) => known.push((field.name.to_owned(), check_one(field, &path, value)?)),
            None if field.required => {
                return Err(invalid_field(&path, "required", "this is required"));
            }
            None => {}
        }
    }
    Ok(known)
}

fn check_one(field: &RequestField, path: &str, value: Value) -> Result<Value> {
    match (field.rule, value) {
        (Rule::Object(object), Value::Map(members)) => {
            let mut members = non_null(members);
            let mut object = check_known(object.fields, &mut members, &format!("{path}."))?;
            object.append(&mut members);
            Ok(Value::Map(object))
        }
        (rule, value) => rule
            .check(value)
            .map_err(|(reason, advice)| invalid_field(path, reason, &advice)),
    }
}

/// Takes the field out. A duplicate is an error: nothing says which of the values is meant.
fn take(fields: &mut Vec<(String, Value)>, name: &str, path: &str) -> Result<Option<Value>> {
    let Some(place) = fields.iter().position(|(other, _)| other == name) else {
        return Ok(None);
    };
    let (_, value) = fields.remove(place);
    if fields.iter().any(|(other, _)| other == name) {
        let advice = "duplicate key; keep one";
        return Err(invalid_field(path, "duplicate_key", advice));
    }
    Ok(Some(value))
}

/// Leaves out the fields that are null: a typed call treats them as absent.
pub(crate) fn non_null(fields: Vec<(String, Value)>) -> Vec<(String, Value)> {
    let has_value = |(_, value): &(String, Value)| !matches!(value, Value::Null);
    fields.into_iter().filter(has_value).collect()
}

pub(crate) fn invalid_field(path: &str, reason: &'static str, advice: &str) -> Error {
    Error::invalid_argument(path, reason, format!("{path}: {advice}"))
}

pub(crate) fn unknown_operation() -> Error {
    invalid_field("operation", "unknown", "there is no such operation")
}

pub(crate) fn refuse_unknown(fields: &[(String, Value)], known: &[&str]) -> Result<()> {
    let unknown = |(name, _): &&(String, Value)| !known.contains(&name.as_str());
    match fields.iter().find(unknown) {
        Some((name, _)) => {
            let name = shortened(name);
            Err(invalid_field(
                &name,
                "unknown",
                "this operation has no such field",
            ))
        }
        None => Ok(()),
    }
}

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
