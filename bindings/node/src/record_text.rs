//! Records as JSON text, which crosses to JavaScript in one step. An object made member by member
//! took a third of the time of a call on the JavaScript thread.

use alikassa::binding::{Field, FieldValue, PlainValue, Record, ResolutionView};
use alikassa::{ClientEvent, MatchedBy, Value};
use serde::ser::{Error as _, SerializeMap};
use serde::{Serialize, Serializer};

/// The largest integer that a JavaScript number represents exactly.
pub(crate) const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// `node/src/record_text.js` parses it.
pub(crate) enum RecordText {
    /// JSON as usual.
    Plain(String),
    /// There is an integer that a JavaScript number cannot hold. It is a text that begins with `n`,
    /// and every other text begins with `s`.
    Tagged(String),
}

impl RecordText {
    /// `{ type, fields, is_final, details, other }`.
    pub(crate) fn of_record(record: &Record<'_>) -> napi::Result<Self> {
        Self::write(record)
    }

    /// `{ found, status, matched_by, other_id }`, where `status` is a record or null.
    pub(crate) fn of_resolution(resolution: &ResolutionView<'_>) -> napi::Result<Self> {
        Self::write(resolution)
    }

    /// A list of `[context, values]`, without the names of the fields: that saves half of the text.
    pub(crate) fn of_events(events: &[(u32, &ClientEvent)]) -> napi::Result<Self> {
        Self::write(events)
    }

    fn write<T: ?Sized>(value: &T) -> napi::Result<Self>
    where
        for<'a> Json<&'a T>: Serialize,
    {
        let write = |is_tagged| serde_json::to_string(&Json { value, is_tagged });
        // An integer that needs a tag is the only error.
        write(false)
            .map(Self::Plain)
            .or_else(|_| write(true).map(Self::Tagged))
            .map_err(|error| napi::Error::from_reason(error.to_string()))
    }
}

struct Json<T> {
    value: T,
    is_tagged: bool,
}

impl<T> Json<T> {
    fn with<U>(&self, value: U) -> Json<U> {
        Json {
            value,
            is_tagged: self.is_tagged,
        }
    }
}

impl Serialize for Json<&Record<'_>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let record = self.value;
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("type", &self.with(record.name))?;
        object.serialize_entry("fields", &self.with(&record.fields[..]))?;
        object.serialize_entry("is_final", &record.is_final)?;
        object.serialize_entry("details", &self.with(&record.details[..]))?;
        object.serialize_entry("other", &self.with(record.other))?;
        object.end()
    }
}

impl Serialize for Json<&ResolutionView<'_>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let resolution = self.value;
        let status = resolution.status.as_ref().map(|status| self.with(status));
        let matched_by = resolution.matched_by.map(MatchedBy::as_str);
        let other_id = resolution.other_id.map(|id| self.with(id));
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("found", &resolution.found)?;
        object.serialize_entry("status", &status)?;
        object.serialize_entry("matched_by", &matched_by.map(|name| self.with(name)))?;
        object.serialize_entry("other_id", &other_id)?;
        object.end()
    }
}

impl Serialize for Json<&[(u32, &ClientEvent)]> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let events = self.value.iter();
        serializer.collect_seq(events.map(|(context, event)| (context, self.with(*event))))
    }
}

impl Serialize for Json<&ClientEvent> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.value.values().map(|value| self.with(value)))
    }
}

impl Serialize for Json<PlainValue<'_>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.value {
            PlainValue::Integer(integer) => self.with(integer).serialize(serializer),
            PlainValue::Text(text) => self.with(text).serialize(serializer),
            PlainValue::Amount(amount) => self.with(amount.as_str()).serialize(serializer),
            _ => serializer.serialize_none(),
        }
    }
}

impl Serialize for Json<&[(&'static Field, FieldValue<'_>)]> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = self.value.iter();
        serializer.collect_map(fields.map(|(field, value)| (field.name, self.with(value))))
    }
}

impl Serialize for Json<&FieldValue<'_>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.value {
            FieldValue::Amount(amount) => self.with(amount.as_str()).serialize(serializer),
            FieldValue::Bool(bool) => serializer.serialize_bool(*bool),
            FieldValue::Integer(integer) => self.with(*integer).serialize(serializer),
            FieldValue::List(records) => {
                serializer.collect_seq(records.iter().map(|record| self.with(record)))
            }
            FieldValue::Record(record) => self.with(&**record).serialize(serializer),
            FieldValue::Text(text) => self.with(*text).serialize(serializer),
            _ => serializer.serialize_none(),
        }
    }
}

impl Serialize for Json<&[(&'static str, String)]> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let details = self.value.iter();
        serializer.collect_map(details.map(|(name, detail)| (name, self.with(detail.as_str()))))
    }
}

impl Serialize for Json<&[(String, Value)]> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let members = self.value.iter();
        serializer.collect_map(members.map(|(name, value)| (name, self.with(value))))
    }
}

impl Serialize for Json<&Value> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.value {
            Value::Bool(bool) => serializer.serialize_bool(*bool),
            Value::Integer(integer) => self.with(*integer).serialize(serializer),
            // Any other number is the text of its digits.
            Value::Decimal(text) | Value::Text(text) => {
                self.with(text.as_str()).serialize(serializer)
            }
            Value::List(items) => serializer.collect_seq(items.iter().map(|item| self.with(item))),
            Value::Map(members) => self.with(&members[..]).serialize(serializer),
            _ => serializer.serialize_none(),
        }
    }
}

impl Serialize for Json<i64> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.value.unsigned_abs() <= MAX_SAFE_INTEGER {
            serializer.serialize_i64(self.value)
        } else if self.is_tagged {
            serializer.collect_str(&format_args!("n{}", self.value))
        } else {
            Err(S::Error::custom("an integer needs a tag"))
        }
    }
}

impl Serialize for Json<&str> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_tagged {
            serializer.collect_str(&format_args!("s{}", self.value))
        } else {
            serializer.serialize_str(self.value)
        }
    }
}
