//! Typed requests: the fields of each kind of create stand once, and the checks, Rust's setters and the order on
//! the wire all follow from them.

use std::net::IpAddr;

use crate::error::{Error, Result};
use crate::types::text::shortened;
use crate::types::value::Value;

/// Fields the library does not know yet, as an object of its own.
pub(crate) const OTHER_FIELDS: &str = "other_fields";

/// The longest URL. Source: the payment and payout creation pages.
const MAX_URL: usize = 255;

/// A field of a request: its name in every language, what it takes, and what it means.
#[derive(Clone, Copy, Debug)]
pub struct RequestField {
    /// The provider's name.
    pub name: &'static str,
    /// What it takes.
    pub rule: Rule,
    /// Whether a request without it is refused.
    pub required: bool,
    /// One sentence for the documentation of every language.
    pub doc: &'static str,
}

impl RequestField {
    /// Checks a value for this field and gives the one to send.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument).
    #[doc(hidden)]
    pub fn check(&self, value: Value) -> Result<Value> {
        check_one(self, self.name, value)
    }
}

/// What a field of a request takes.
#[derive(Clone, Copy, Debug)]
pub enum Rule {
    /// A decimal above 0 with so many integer digits and up to 2 decimals, sent as given.
    Amount(usize),
    /// A day, as `2024-11-01`.
    Date,
    /// An integer in this range, both ends included.
    Integer(i64, i64),
    /// An IPv4 or IPv6 address.
    Ip,
    /// An object with these fields, and any other the provider takes in it.
    Object(&'static [RequestField]),
    /// A text of up to so many characters; the provider names no limit where there is none.
    Text(Option<usize>),
    /// An integer of 0 or more, or a text, of up to so many characters.
    TextOrInteger(usize),
    /// An http or https URL of up to 255 characters.
    Url,
}

/// Why a field's value is refused: the machine-readable reason, and what to do.
type Complaint = (&'static str, String);

impl Rule {
    /// Checks a value and gives the one to send.
    fn check(self, value: Value) -> Result<Value, Complaint> {
        match self {
            Self::Amount(integer_digits) => amount(value, integer_digits),
            Self::Date => text(value, None).and_then(date),
            Self::Integer(min, max) => integer(value, min, max),
            Self::Ip => text(value, None).and_then(ip),
            Self::Object(_) => Err(complaint("type", "pass an object")),
            Self::Text(max) => Ok(Value::Text(text(value, max)?)),
            Self::TextOrInteger(max) => text_or_integer(value, max),
            Self::Url => text(value, Some(MAX_URL)).and_then(url),
        }
    }
}

fn complaint(reason: &'static str, advice: &str) -> Complaint {
    (reason, advice.to_owned())
}

fn amount(value: Value, integer_digits: usize) -> Result<Value, Complaint> {
    let text = match value {
        Value::Text(text) | Value::Decimal(text) => text,
        Value::Integer(integer) => integer.to_string(),
        _ => {
            return Err(complaint(
                "type",
                "pass a decimal string such as \"500.00\"",
            ));
        }
    };
    let (integer, fraction) = text.split_once('.').unwrap_or((&text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let leading_zero = integer.len() > 1 && integer.starts_with('0');
    if !digits(integer) || !digits(fraction) || leading_zero || fraction.len() > 2 {
        let advice = "write it as \"500\" or \"500.00\": digits, and up to 2 decimals";
        return Err(complaint("format", advice));
    }
    if integer.len() > integer_digits {
        let advice = format!("this is more than {integer_digits} integer digits");
        return Err(("out_of_range", advice));
    }
    if text.bytes().all(|byte| matches!(byte, b'0' | b'.')) {
        return Err(complaint("out_of_range", "pass an amount above 0"));
    }
    Ok(Value::Text(text))
}

fn integer(value: Value, min: i64, max: i64) -> Result<Value, Complaint> {
    match value {
        Value::Integer(integer) if (min..=max).contains(&integer) => Ok(value),
        Value::Integer(_) => Err(("out_of_range", format!("pass {min} to {max}"))),
        _ => Err(complaint("type", "pass an integer")),
    }
}

fn text(value: Value, max: Option<usize>) -> Result<String, Complaint> {
    let Value::Text(text) = value else {
        return Err(complaint("type", "pass a string"));
    };
    match (text.chars().count(), max) {
        (0, _) => Err(complaint("empty", "this is empty; leave it out or fill it")),
        (count, Some(max)) if count > max => {
            Err(("too_long", format!("this is longer than {max} characters")))
        }
        _ => Ok(text),
    }
}

fn text_or_integer(value: Value, max: usize) -> Result<Value, Complaint> {
    match value {
        Value::Integer(integer) if integer < 0 => Err(complaint("out_of_range", "pass 0 or more")),
        Value::Integer(integer) => {
            text(Value::Text(integer.to_string()), Some(max)).map(|_| Value::Integer(integer))
        }
        other => Ok(Value::Text(text(other, Some(max))?)),
    }
}

fn ip(text: String) -> Result<Value, Complaint> {
    match text.parse::<IpAddr>() {
        Ok(_) => Ok(Value::Text(text)),
        Err(_) => Err(complaint(
            "format",
            "pass an IP address such as \"18.191.80.10\"",
        )),
    }
}

fn date(text: String) -> Result<Value, Complaint> {
    let mut parts = text.split('-');
    let mut number = |digits| {
        let part = parts.next().filter(|part| part.len() == digits)?;
        part.bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| part.parse().ok())?
    };
    match (number(4), number(2), number(2), parts.next()) {
        (Some(1..), Some(1..=12), Some(1..=31), None) => Ok(Value::Text(text)),
        _ => Err(complaint("format", "write it as 2024-11-01")),
    }
}

fn url(text: String) -> Result<Value, Complaint> {
    let rest = text
        .strip_prefix("https://")
        .or(text.strip_prefix("http://"));
    let host = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    let spaced = text.contains(|c: char| c.is_whitespace() || c.is_control());
    if host.is_none_or(str::is_empty) || spaced {
        return Err(complaint("format", "write it as https://host/path"));
    }
    Ok(Value::Text(text))
}

/// Checks the caller's fields against `table` and gives the body's members: the known fields in the table's order,
/// so that every language sends the same bytes, then `other_fields` in their own.
pub(crate) fn check(
    table: &'static [RequestField],
    fields: Vec<(String, Value)>,
) -> Result<Vec<(String, Value)>> {
    let mut fields = given(fields);
    let others = take(&mut fields, OTHER_FIELDS, OTHER_FIELDS)?;
    let mut body = check_known(table, &mut fields, "")?;
    if let Some((name, _)) = fields.first() {
        let name = shortened(name);
        let advice =
            "this operation has no such field; one that the provider added goes into other_fields";
        return Err(refused(&name, "unknown", advice));
    }
    match others {
        None => {}
        Some(Value::Map(others)) => {
            for (name, value) in given(others) {
                let path = format!("{OTHER_FIELDS}.{}", shortened(&name));
                if table.iter().any(|field| field.name == name) {
                    let advice = "the operation has this field; pass it there";
                    return Err(refused(&path, "typed", advice));
                }
                body.push((name, value));
            }
        }
        Some(_) => return Err(refused(OTHER_FIELDS, "type", "pass an object of fields")),
    }
    Ok(body)
}

/// Takes the fields of `table` out of `fields`, checked and in the table's order; `within` is the path before them.
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
                return Err(refused(&path, "required", "this is required"));
            }
            None => {}
        }
    }
    Ok(known)
}

fn check_one(field: &RequestField, path: &str, value: Value) -> Result<Value> {
    match (field.rule, value) {
        (Rule::Object(table), Value::Map(members)) => {
            let mut members = given(members);
            let mut object = check_known(table, &mut members, &format!("{path}."))?;
            object.append(&mut members);
            Ok(Value::Map(object))
        }
        (rule, value) => rule
            .check(value)
            .map_err(|(reason, advice)| refused(path, reason, &advice)),
    }
}

/// Takes the field out; of one that stands twice neither is believed.
fn take(fields: &mut Vec<(String, Value)>, name: &str, path: &str) -> Result<Option<Value>> {
    let Some(place) = fields.iter().position(|(other, _)| other == name) else {
        return Ok(None);
    };
    let (_, value) = fields.remove(place);
    if fields.iter().any(|(other, _)| other == name) {
        let advice = "this key stands twice in one object; keep one";
        return Err(refused(path, "duplicate_key", advice));
    }
    Ok(Some(value))
}

/// Leaves out what the caller passed as null: in a typed call that is a field not given.
pub(crate) fn given(fields: Vec<(String, Value)>) -> Vec<(String, Value)> {
    let is_given = |(_, value): &(String, Value)| !matches!(value, Value::Null);
    fields.into_iter().filter(is_given).collect()
}

pub(crate) fn refused(path: &str, reason: &'static str, advice: &str) -> Error {
    Error::invalid_argument(path, reason, format!("{path}: {advice}"))
}

pub(crate) fn unknown_operation() -> Error {
    refused("operation", "unknown", "there is no such operation")
}

pub(crate) fn refuse_unknown(fields: &[(String, Value)], known: &[&str]) -> Result<()> {
    let unknown = |(name, _): &&(String, Value)| !known.contains(&name.as_str());
    match fields.iter().find(unknown) {
        Some((name, _)) => {
            let name = shortened(name);
            Err(refused(
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

/// Declares a request: a struct with `new` for the required fields and a setter for each other one, and `FIELDS`.
///
/// A line is `name: Kind(arguments) = "documentation"`, where the kind is one of [`Rule`]'s.
macro_rules! request {
    (
        $(#[$doc:meta])*
        pub struct $request:ident {
            required { $( $required:ident: $required_kind:ident $(($($required_argument:expr),*))? = $required_text:literal; )* }
            optional { $( $name:ident: $kind:ident $(($($argument:expr),*))? $(<$object:ident>)? = $text:literal; )* }
        }
    ) => {
        $(#[$doc])*
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

        /// Shows what the order is, and nothing personal.
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
    (@rule Object <$object:ident>) => { $crate::schema::request::Rule::Object($object::FIELDS) };
    (@rule $kind:ident $(($($argument:expr),*))?) => { $crate::schema::request::Rule::$kind $(($($argument),*))? };
    (@type Integer) => { i64 };
    (@type Object <$object:ident>) => { $object };
    (@type $text:ident) => { impl Into<String> };
    (@value Integer, $value:ident) => { $crate::types::value::Value::Integer($value) };
    (@value Object, $value:ident) => { $crate::types::value::Value::Map($value.0) };
    (@value $text:ident, $value:ident) => { $crate::types::value::Value::Text($value.into()) };
}
pub(crate) use request;

/// Adds `other_field` and the way into a call to a request whose top-level fields are closed.
macro_rules! open_request {
    ($request:ident) => {
        impl $request {
            /// A field that the provider takes and this library does not know, sent after the others.
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
