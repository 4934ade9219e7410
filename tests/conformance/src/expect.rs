//! Whether a reply is the expected one.

use serde_json::{Map, Value};

use crate::child::Reply;

/// What a reply has to be.
#[derive(Clone, Debug)]
pub(crate) enum Expected {
    /// Exactly this.
    Ok(Value),
    /// An error with these fields among its own. A null is a field that may not be there; `name_contains` asks for
    /// a part of the text `name`, and `name_lacks` lists what may be no part of it.
    Error(Map<String, Value>),
}

impl Expected {
    pub(crate) fn error(class: &str) -> Self {
        Self::Error(Map::from_iter([("class".to_owned(), class.into())]))
    }

    #[must_use]
    pub(crate) fn with(self, name: &str, value: &Value) -> Self {
        match self {
            Self::Error(mut fields) => {
                fields.insert(name.to_owned(), value.clone());
                Self::Error(fields)
            }
            ok @ Self::Ok(_) => ok,
        }
    }

    pub(crate) fn judge(&self, reply: &Reply) -> Result<(), String> {
        match (self, reply) {
            (Self::Ok(expected), Reply::Ok(actual)) => same("ok", expected, actual),
            (Self::Error(expected), Reply::Error(actual)) => error(expected, actual),
            (Self::Ok(_), Reply::Error(error)) => {
                Err(format!("failed: {}", Value::Object(error.clone())))
            }
            (Self::Error(_), Reply::Ok(ok)) => Err(format!("gave {ok} in place of an error")),
        }
    }
}

pub(crate) fn same(what: &str, expected: &Value, actual: &Value) -> Result<(), String> {
    if expected == actual {
        Ok(())
    } else {
        Err(format!("{what} is {actual}, not {expected}"))
    }
}

/// Fields with fields of their own.
const NESTED: [&str; 2] = ["cause", "previous"];

/// Compares the fields that are named.
pub(crate) fn error(
    expected: &Map<String, Value>,
    actual: &Map<String, Value>,
) -> Result<(), String> {
    let compared = expected.iter().try_for_each(|(name, expected)| {
        if let Some(name) = name.strip_suffix("_contains") {
            return contains(name, expected, actual.get(name).unwrap_or(&Value::Null));
        }
        if let Some(name) = name.strip_suffix("_lacks") {
            return lacks(name, expected, actual.get(name).unwrap_or(&Value::Null));
        }
        match actual.get(name).filter(|value| is_something(value)) {
            Some(Value::Object(actual)) if NESTED.contains(&name.as_str()) => match expected {
                Value::Object(expected) => error(expected, actual),
                other => Err(format!("{name} is {actual:?}, not {other}")),
            },
            Some(actual) => same(name, expected, actual),
            None => same(name, expected, &Value::Null),
        }
    });
    compared.map_err(|why| format!("{why}; {}", Value::Object(actual.clone())))
}

fn contains(name: &str, part: &Value, actual: &Value) -> Result<(), String> {
    match (part.as_str(), actual.as_str()) {
        (Some(part), Some(actual)) if actual.contains(part) => Ok(()),
        _ => Err(format!("{name} is {actual}, which lacks {part}")),
    }
}

fn lacks(name: &str, parts: &Value, actual: &Value) -> Result<(), String> {
    let parts = parts.as_array().into_iter().flatten();
    let text = actual.as_str().unwrap_or_default();
    match parts
        .filter_map(Value::as_str)
        .find(|part| text.contains(part))
    {
        Some(part) => Err(format!("{name} shows {part}")),
        None => Ok(()),
    }
}

/// Null says as much as nothing, and so does an empty `errors`.
pub(crate) fn is_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Object(members) => !members.is_empty(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(fields) => fields,
            _ => panic!("no object"),
        }
    }

    #[test]
    fn the_named_fields_of_an_error_count() {
        let actual = fields(
            json!({ "class": "ApiError", "message": "HTTP 400: no", "errors": {}, "cause": { "class": "TransportError", "attempts": 1 } }),
        );
        for good in [
            json!({ "class": "ApiError" }),
            json!({ "message_contains": "400", "errors": null, "reason": null }),
            json!({ "message_lacks": ["401", "yes"], "hint_lacks": ["x"] }),
            json!({ "cause": { "class": "TransportError", "phase": null } }),
        ] {
            error(&fields(good), &actual).unwrap();
        }
        for bad in [
            json!({ "class": "ServerError" }),
            json!({ "message_contains": "500" }),
            json!({ "hint_contains": "x" }),
            json!({ "message_lacks": ["401", "400"] }),
            json!({ "class": null }),
            json!({ "reason": "x" }),
            json!({ "cause": { "class": "ApiError" } }),
            json!({ "cause": null }),
            json!({ "previous": { "state": "sending" } }),
        ] {
            assert!(error(&fields(bad.clone()), &actual).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_error_is_no_answer_and_an_answer_no_error() {
        let ok = Reply::Ok(json!(1));
        let error = Reply::Error(Map::new());
        assert!(Expected::Ok(json!(1)).judge(&ok).is_ok());
        assert!(Expected::Ok(json!(2)).judge(&ok).is_err());
        assert!(Expected::Ok(json!(1)).judge(&error).is_err());
        assert!(Expected::Error(Map::new()).judge(&ok).is_err());
    }
}
