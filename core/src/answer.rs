//! What an answer other than 200 means.

use std::time::{Duration, SystemTime};

use crate::canonical::Value;
use crate::error::{Error, ErrorAnswer, ErrorKind, Result};
use crate::prepared::Prepared;
use crate::reply::Answer;
use crate::transport::Incoming;

/// Reads the answer to a read.
pub(crate) fn read(prepared: &Prepared, incoming: Incoming) -> Result<Answer> {
    if incoming.status != 200 {
        return Err(refusal(incoming));
    }
    if incoming.oversize {
        return Err(Error::protocol("the answer is longer than 1 MiB"));
    }
    prepared.read_answer(incoming.body)
}

/// The error for an answer that is not 200.
pub(crate) fn refusal(incoming: Incoming) -> Error {
    let body = Body::read(&incoming.body);
    let kind = kind(incoming.status, &body);
    let message = message(incoming.status, &body);
    let hint = hint(kind);
    let error = Error::new(kind, message).with_answer(ErrorAnswer {
        http_status: incoming.status,
        server_message: body.message,
        errors: body.errors,
        body: incoming.body,
        retry_after: incoming.retry_after.as_deref().and_then(retry_after),
    });
    match hint {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

/// Whether the answer says no to the signature, so that another digest may be the right one: 401, 403, or a
/// 400 in JSON that names no field and does not say that something was not found.
pub(crate) fn refuses_the_digest(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Authentication => true,
        ErrorKind::Api => {
            error.http_status() == Some(400)
                && error.body().is_some_and(|body| {
                    matches!(crate::json::parse_answer(body), Ok(Value::Map(_)))
                })
        }
        _ => false,
    }
}

/// The provider's error body, as far as it is one.
#[derive(Default)]
struct Body {
    message: Option<String>,
    errors: Vec<(String, Vec<String>)>,
    has_errors: bool,
}

impl Body {
    fn read(bytes: &[u8]) -> Self {
        let Ok(body) = crate::json::parse_answer(bytes) else {
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
        let said = |message: &String| message.trim_end_matches('.').ends_with("not found");
        !self.has_errors && self.message.as_ref().is_some_and(said)
    }
}

/// `errors` is an object of lists in the provider's documents; a list or a text is kept under no field's name.
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

fn message(status: u16, body: &Body) -> String {
    // A message is the provider's text: short enough for a log line, whatever the provider sends.
    let said = body
        .message
        .as_ref()
        .map(|message| message.chars().take(200).collect::<String>());
    let mut text = match said {
        Some(said) => format!("HTTP {status}: {said}"),
        None if (300..400).contains(&status) => format!("HTTP {status}: a redirect, not followed"),
        None => format!("HTTP {status}, and no message of the provider in it"),
    };
    if !body.errors.is_empty() {
        let fields: Vec<&str> = body
            .errors
            .iter()
            .map(|(field, _)| field.as_str())
            .collect();
        text.push_str(" Fields: ");
        text.extend(fields.join(", ").chars().take(200));
    }
    text
}

fn hint(kind: ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::Authentication => Some(
            "check the account, that its keys are saved in the cabinet, and that payment and payout \
             certificates are not exchanged",
        ),
        ErrorKind::NotFound => Some("this is no proof that it was never created"),
        ErrorKind::Server => Some("the state cannot be determined; ask again later"),
        _ => None,
    }
}

/// Seconds or an HTTP date.
fn retry_after(text: &str) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text.trim()).ok()?;
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}
