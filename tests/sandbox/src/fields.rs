//! The body of a request, with every value in its original spelling: a number must keep its digits.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::http::Response;

const ID_FIELDS: [&str; 2] = ["id", "order_id"];
/// The longest `id` or `order_id`.
pub(crate) const ID_LIMIT: usize = 128;

/// The fields of a JSON object.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Fields(BTreeMap<String, Box<RawValue>>);

/// Identifies a payment or payout. If both are set, both must match.
#[derive(Default)]
pub(crate) struct OrderRef {
    pub(crate) id: Option<String>,
    pub(crate) order_id: Option<String>,
}

/// A field and its error message.
pub(crate) type FieldError = (&'static str, String);

impl Fields {
    /// `[]`, `{}`, `null` and an empty body all mean no fields. The provider's samples in different
    /// languages send them.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        if body.is_empty() {
            return Some(Self::default());
        }
        match serde_json::from_slice(body).ok()? {
            Value::Null => Some(Self::default()),
            Value::Array(items) if items.is_empty() => Some(Self::default()),
            Value::Object(_) => serde_json::from_slice(body).ok(),
            _ => None,
        }
    }

    /// Whether the field has a value. Null and an empty string do not count.
    pub(crate) fn has(&self, name: &str) -> bool {
        let raw = self.0.get(name).map_or("null", |raw| raw.get());
        !["null", "\"\""].contains(&raw)
    }

    pub(crate) fn get<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_str(self.0.get(name)?.get()).ok()
    }

    /// The content of a string, or a number in its original spelling.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let raw = self.0.get(name)?.get();
        if raw.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
            return Some(raw.to_owned());
        }
        self.get(name)
    }

    /// The values of `id` and `order_id`, if present.
    pub(crate) fn ids(&self) -> impl Iterator<Item = String> {
        ID_FIELDS.iter().filter_map(|name| self.text(name))
    }

    /// `id` and `order_id`, of which at least one is required.
    pub(crate) fn order_ref(&self) -> Result<OrderRef, Response> {
        let errors: Vec<_> = ID_FIELDS
            .iter()
            .filter_map(|name| self.id_error(name))
            .collect();
        if !errors.is_empty() {
            return Err(invalid(errors));
        }
        let [id, order_id] = ID_FIELDS.map(|name| self.text(name).filter(|text| !text.is_empty()));
        if id.is_none() && order_id.is_none() {
            return Err(invalid(
                ID_FIELDS.map(|name| (name, "id or order_id is required.".into())),
            ));
        }
        Ok(OrderRef { id, order_id })
    }

    fn id_error(&self, name: &'static str) -> Option<FieldError> {
        match self.text(name) {
            Some(text) => too_long(name, &text, ID_LIMIT),
            None if self.has(name) => Some((name, format!("The {name} must be a string."))),
            None => None,
        }
    }
}

pub(crate) fn too_long(name: &'static str, text: &str, limit: usize) -> Option<FieldError> {
    let message = || format!("The {name} may not be over {limit} characters.");
    (text.chars().count() > limit).then(|| (name, message()))
}

/// The documented response to invalid fields.
pub(crate) fn invalid(errors: impl IntoIterator<Item = FieldError>) -> Response {
    let errors: Map<_, _> = errors
        .into_iter()
        .map(|(field, message)| (field.to_owned(), json!([message])))
        .collect();
    let message = "The given data was invalid.";
    Response::json(400, &json!({ "message": message, "errors": errors }))
}

/// Deserializes the `id` of a control request.
pub(crate) fn text_or_number<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Number(number) => Ok(Some(number.to_string())),
        _ => Err(serde::de::Error::custom(
            "`id` must be a string or a number",
        )),
    }
}
