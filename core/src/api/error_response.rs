//! The interpretation of responses other than 200.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use crate::api::mask::Mask;
use crate::api::prepared_request::PreparedRequest;
use crate::api::response::FromBody;
use crate::error::{Error, ErrorKind, ErrorResponse, Result};
use crate::http::HttpResponse;
use crate::types::value::Value;

/// The status of a proxy, never of the provider.
const PROXY_AUTHENTICATION: u16 = 407;

/// Reads the response to a read.
pub(crate) fn read<R: FromBody>(request: &PreparedRequest, response: HttpResponse) -> Result<R> {
    if response.status != 200 {
        return Err(to_error(request, response));
    }
    if response.oversize {
        return Err(Error::protocol("the response is longer than 1 MiB"));
    }
    request.read_body(response.body)
}

/// The error for a response that is not 200. Only its body keeps card numbers.
pub(crate) fn to_error(request: &PreparedRequest, response: HttpResponse) -> Error {
    let body = Body::read(&response.body);
    let kind = kind(response.status, &body);
    let mask = Mask::of(request);
    let message = message(response.status, &body, &mask);
    let hint = hint(response.status, kind);
    let error = Error::new(kind, message).with_response(ErrorResponse {
        http_status: response.status,
        server_message: body.message.map(|message| mask.cards(&message)),
        errors: masked_errors(&body.errors, &mask),
        body: response.body,
        retry_after: response.retry_after.as_deref().and_then(retry_after),
    });
    match hint {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

/// Whether the provider may have refused the signature, so that the other digest may work: a 401, a
/// 403, or a 400 in JSON that has no field errors and no "not found" message.
pub(crate) fn may_be_digest_mismatch(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Authentication => true,
        ErrorKind::Api => {
            error.http_status() == Some(400)
                && error.body().is_some_and(|body| {
                    matches!(crate::json::parse::parse_response(body), Ok(Value::Map(_)))
                })
        }
        _ => false,
    }
}

/// Whether the provider itself responds like this: with JSON and a message, to a request that it
/// refuses.
pub(crate) fn is_of_provider(error: &Error) -> bool {
    matches!(error.http_status(), Some(400 | 401 | 403 | 422)) && error.server_message().is_some()
}

/// The provider's error body. Its fields are empty where the body has another form.
#[derive(Default)]
struct Body {
    message: Option<String>,
    errors: Vec<(String, Vec<String>)>,
    has_errors: bool,
}

impl Body {
    fn read(bytes: &[u8]) -> Self {
        let Ok(body) = crate::json::parse::parse_response(bytes) else {
            return Self::default();
        };
        let errors = body.get("errors").filter(|errors| **errors != Value::Null);
        Self {
            message: body
                .get("message")
                .and_then(Value::as_str)
                .map(str::to_owned),
            has_errors: errors.is_some(),
            errors: errors.map(field_messages).unwrap_or_default(),
        }
    }

    fn is_not_found(&self) -> bool {
        let is_match = |message: &String| message.trim_end_matches('.').ends_with("not found");
        !self.has_errors && self.message.as_ref().is_some_and(is_match)
    }
}

/// The provider documents `errors` as an object of lists. A list or a string gets an empty field
/// name.
fn field_messages(errors: &Value) -> Vec<(String, Vec<String>)> {
    match errors {
        Value::Map(fields) => fields
            .iter()
            .map(|(field, value)| (field.clone(), messages(value)))
            .collect(),
        other => match messages(other) {
            messages if messages.is_empty() => Vec::new(),
            messages => vec![(String::new(), messages)],
        },
    }
}

fn messages(value: &Value) -> Vec<String> {
    match value {
        Value::Text(text) => vec![text.clone()],
        Value::List(items) => items.iter().flat_map(messages).collect(),
        Value::Map(members) => members
            .iter()
            .flat_map(|(_, value)| messages(value))
            .collect(),
        _ => Vec::new(),
    }
}

/// The provider's `errors` without card numbers. Fields that are alike without them become one.
fn masked_errors(errors: &[(String, Vec<String>)], mask: &Mask) -> Vec<(String, Vec<String>)> {
    let mut masked: Vec<(String, Vec<String>)> = Vec::new();
    let mut places = HashMap::new();
    for (field, messages) in errors {
        let field = mask.cards(field);
        let messages = messages.iter().map(|message| mask.cards(message));
        let place = *places.entry(field.clone()).or_insert(masked.len());
        match masked.get_mut(place) {
            Some((_, known)) => known.extend(messages),
            None => masked.push((field, messages.collect())),
        }
    }
    masked
}

fn kind(status: u16, body: &Body) -> ErrorKind {
    match status {
        400 if body.has_errors => ErrorKind::Validation,
        400 if body.is_not_found() => ErrorKind::NotFound,
        401 | 403 => ErrorKind::Authentication,
        404 => ErrorKind::NotFound,
        429 => ErrorKind::RateLimit,
        500..=599 => ErrorKind::Server,
        _ => ErrorKind::Api,
    }
}

fn message(status: u16, body: &Body, mask: &Mask) -> String {
    let mut text = match body.message.as_deref().map(|text| mask.message(text)) {
        Some(message) => format!("HTTP {status}: {message}"),
        None if (300..400).contains(&status) => format!("HTTP {status}: redirect not followed"),
        None if status == PROXY_AUTHENTICATION => {
            format!("HTTP {status}: proxy authentication required")
        }
        None => format!("HTTP {status} (no message)"),
    };
    let fields = body.errors.iter().map(|(field, messages)| {
        let messages = messages.join(" ");
        match (field.is_empty(), messages.is_empty()) {
            (true, _) => messages,
            (false, true) => field.clone(),
            (false, false) => format!("{field}: {messages}"),
        }
    });
    let parts = fields.filter(|part| !part.is_empty());
    let fields = parts.reduce(|all, part| format!("{}{part}", sentence(&all)));
    if let Some(fields) = fields {
        text = format!("{}{}", sentence(&text), mask.message(&fields));
    }
    text
}

/// The text with a stop and a blank, so that another sentence can follow.
fn sentence(text: &str) -> String {
    let stop = if text.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    format!("{text}{stop} ")
}

fn hint(status: u16, kind: ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::Api if status == PROXY_AUTHENTICATION => Some(
            "a proxy on the way requires a user name and password: set proxy to http://user:password@host:port",
        ),
        ErrorKind::Authentication => Some(
            "check the account, that its keys are saved in the provider's cabinet, and that the payment \
             and payout certificates are not swapped",
        ),
        ErrorKind::NotFound => Some("this does not prove that it was never created"),
        ErrorKind::Server => Some("the state cannot be determined; request it again later"),
        _ => None,
    }
}

/// Parses seconds or an HTTP date.
fn retry_after(text: &str) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text.trim()).ok()?;
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message_of(body: &str) -> String {
        message(400, &Body::read(body.as_bytes()), &Mask::default())
    }

    #[test]
    fn a_message_has_the_rejected_fields_and_what_is_said_of_them() {
        for (body, message) in [
            (
                r#"{"message":"m","errors":{"a":["x"],"b":[]}}"#,
                "HTTP 400: m. a: x. b",
            ),
            (
                r#"{"message":"Invalid.","errors":{"amount":["Insufficient funds.","y"]}}"#,
                "HTTP 400: Invalid. amount: Insufficient funds. y",
            ),
            (r#"{"message":"m","errors":["x"]}"#, "HTTP 400: m. x"),
            (r#"{"message":"m","errors":"x"}"#, "HTTP 400: m. x"),
            (r#"{"message":"m","errors":[]}"#, "HTTP 400: m"),
        ] {
            assert_eq!(message_of(body), message, "{body}");
        }
    }
}
