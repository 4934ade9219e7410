//! The body of a request, every value as it was written: a number has to keep its digits.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::http::Answer;

const NAMES: [&str; 2] = ["id", "order_id"];
/// The longest `id` or `order_id`.
pub(crate) const NAME_LIMIT: usize = 128;

/// The fields of a JSON object.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Fields(BTreeMap<String, Box<RawValue>>);

/// What a payment or payout can be found by; both have to fit.
#[derive(Default)]
pub(crate) struct Names {
    pub(crate) id: Option<String>,
    pub(crate) order_id: Option<String>,
}

/// A field and what is wrong with it.
pub(crate) type Complaint = (&'static str, String);

impl Fields {
    /// `[]`, `{}`, `null` and nothing at all are what the samples in different languages send for
    /// a call without fields.
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

    /// Whether there is a value; null and an empty text are none.
    pub(crate) fn has(&self, name: &str) -> bool {
        let raw = self.0.get(name).map_or("null", |raw| raw.get());
        !["null", "\"\""].contains(&raw)
    }

    pub(crate) fn get<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_str(self.0.get(name)?.get()).ok()
    }

    /// The text of a string, or a number as it was written.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let raw = self.0.get(name)?.get();
        if raw.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
            return Some(raw.to_owned());
        }
        self.get(name)
    }

    /// Whatever `id` and `order_id` there are.
    pub(crate) fn mentioned(&self) -> impl Iterator<Item = String> {
        NAMES.iter().filter_map(|name| self.text(name))
    }

    /// `id` and `order_id`, of which at least one has to be there.
    pub(crate) fn names(&self) -> Result<Names, Answer> {
        let complaints: Vec<_> = NAMES.iter().filter_map(|name| self.amiss(name)).collect();
        if !complaints.is_empty() {
            return Err(invalid(complaints));
        }
        let [id, order_id] = NAMES.map(|name| self.text(name).filter(|text| !text.is_empty()));
        if id.is_none() && order_id.is_none() {
            return Err(invalid(
                NAMES.map(|name| (name, "id or order_id is required.".into())),
            ));
        }
        Ok(Names { id, order_id })
    }

    fn amiss(&self, name: &'static str) -> Option<Complaint> {
        match self.text(name) {
            Some(text) => too_long(name, &text, NAME_LIMIT),
            None if self.has(name) => Some((name, format!("The {name} must be a string."))),
            None => None,
        }
    }
}

pub(crate) fn too_long(name: &'static str, text: &str, limit: usize) -> Option<Complaint> {
    let complaint = || format!("The {name} may not be over {limit} characters.");
    (text.chars().count() > limit).then(|| (name, complaint()))
}

/// The documented answer to fields that are wrong.
pub(crate) fn invalid(complaints: impl IntoIterator<Item = Complaint>) -> Answer {
    let complaints = complaints.into_iter();
    let errors: Map<_, _> = complaints
        .map(|(field, message)| (field.to_owned(), json!([message])))
        .collect();
    let message = "The given data was invalid.";
    Answer::json(400, &json!({ "message": message, "errors": errors }))
}

/// Reads the `id` of a control request.
pub(crate) fn text_or_number<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Number(number) => Ok(Some(number.to_string())),
        _ => Err(serde::de::Error::custom("`id` is a text or a number")),
    }
}
