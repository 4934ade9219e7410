//! Compares a driver's response with the expected one.

use serde_json::{Map, Value};

use crate::child::Response;

/// The expected response.
#[derive(Clone, Debug)]
pub(crate) enum Expected {
    /// Exactly this value.
    Ok(Value),
    /// An error with at least these fields. A null requires that the field is absent. The value of
    /// `name_contains` must be a substring of the string `name`, and no item of `name_lacks` may
    /// be.
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

    pub(crate) fn check(&self, response: &Response) -> Result<(), String> {
        match (self, response) {
            (Self::Ok(expected), Response::Ok(actual)) => same("ok", expected, actual),
            (Self::Error(expected), Response::Error(actual)) => error(expected, actual),
            (Self::Ok(_), Response::Error(error)) => {
                Err(format!("failed: {}", Value::Object(error.clone())))
            }
            (Self::Error(_), Response::Ok(ok)) => Err(format!("expected an error, got {ok}")),
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

/// Fields that are objects.
const NESTED: [&str; 2] = ["cause", "previous"];

/// Compares the fields that `expected` names.
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
        match actual.get(name).filter(|value| is_present(value)) {
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
        _ => Err(format!("{name} is {actual}, which does not contain {part}")),
    }
}

fn lacks(name: &str, parts: &Value, actual: &Value) -> Result<(), String> {
    let parts = parts.as_array().into_iter().flatten();
    let text = actual.as_str().unwrap_or_default();
    match parts
        .filter_map(Value::as_str)
        .find(|part| text.contains(part))
    {
        Some(part) => Err(format!("{name} contains {part}")),
        None => Ok(()),
    }
}

/// A null counts as absent, and so does an empty `errors`.
pub(crate) fn is_present(value: &Value) -> bool {
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
            _ => panic!("not an object"),
        }
    }

    #[test]
    fn the_named_fields_of_an_error_are_compared() {
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
    fn an_error_and_a_result_are_not_interchangeable() {
        let ok = Response::Ok(json!(1));
        let error = Response::Error(Map::new());
        assert!(Expected::Ok(json!(1)).check(&ok).is_ok());
        assert!(Expected::Ok(json!(2)).check(&ok).is_err());
        assert!(Expected::Ok(json!(1)).check(&error).is_err());
        assert!(Expected::Error(Map::new()).check(&ok).is_err());
    }
}
