//! What an answer other than 200 means.

use std::time::{Duration, SystemTime};

use crate::api::prepared_request::PreparedRequest;
use crate::api::response::Response;
use crate::error::{Error, ErrorKind, ErrorResponse, Result};
use crate::http::HttpResponse;
use crate::types::value::Value;

/// How much of a text of the provider's stands in a message, in characters.
const LONGEST_SAID: usize = 200;

/// The fewest digits of a card's number; what has more than any card's, such as an account's, is nobody's affair either.
const SHORTEST_CARD: usize = 12;

const SHOWN_OF_A_CARD: usize = 4;

/// Reads the answer to a read.
pub(crate) fn read(prepared: &PreparedRequest, response: HttpResponse) -> Result<Response> {
    if response.status != 200 {
        return Err(refusal(response));
    }
    if response.oversize {
        return Err(Error::protocol("the answer is longer than 1 MiB"));
    }
    prepared.read_answer(response.body)
}

/// The error for an answer that is not 200.
pub(crate) fn refusal(response: HttpResponse) -> Error {
    let body = Body::read(&response.body);
    let kind = kind(response.status, &body);
    let message = message(response.status, &body);
    let hint = hint(kind);
    let error = Error::new(kind, message).with_answer(ErrorResponse {
        http_status: response.status,
        server_message: body.message,
        errors: body.errors,
        body: response.body,
        retry_after: response.retry_after.as_deref().and_then(retry_after),
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
                    matches!(crate::json::parse::parse_response(body), Ok(Value::Map(_)))
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
    let mut text = match body.message.as_deref().map(for_a_log) {
        Some(said) => format!("HTTP {status}: {said}"),
        None if (300..400).contains(&status) => format!("HTTP {status}: a redirect, not followed"),
        None => format!("HTTP {status}, and no message of the provider in it"),
    };
    let fields = body.errors.iter().map(|(field, _)| field.as_str());
    let fields: Vec<&str> = fields.filter(|field| !field.is_empty()).collect();
    if !fields.is_empty() {
        let stop = if text.ends_with('.') { "" } else { "." };
        text = format!("{text}{stop} Fields: {}", for_a_log(&fields.join(", ")));
    }
    text
}

/// The provider's text as a log may have it: without a card number, and short, whatever the provider sends.
fn for_a_log(text: &str) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    for run in characters.chunk_by_mut(|a, b| stands_in_a_card(*a) && stands_in_a_card(*b)) {
        let digits = run.iter().filter(|character| character.is_ascii_digit());
        let hidden = match digits.count() {
            digits @ SHORTEST_CARD.. => digits - SHOWN_OF_A_CARD,
            _ => 0,
        };
        let digits = run
            .iter_mut()
            .filter(|character| character.is_ascii_digit());
        digits.take(hidden).for_each(|digit| *digit = '*');
    }
    characters.into_iter().take(LONGEST_SAID).collect()
}

/// Whether a card's number is written with it.
fn stands_in_a_card(character: char) -> bool {
    character.is_ascii_digit() || character == '-' || character.is_whitespace()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn message_of(body: &str) -> String {
        message(400, &Body::read(body.as_bytes()))
    }

    #[test]
    fn a_message_shows_no_card() {
        for (said, shown) in [
            ("Card 4111111111111111 no", "Card ************1111 no"),
            ("4111 1111-1111\u{a0}1111.", "**** ****-****\u{a0}1111."),
            ("123456789012", "********9012"),
            ("40817810099910004312", "****************4312"),
            ("12345678901 is no card", "12345678901 is no card"),
            ("2025-09-03 11:47:10, 4 of 5", "2025-09-03 11:47:10, 4 of 5"),
        ] {
            assert_eq!(for_a_log(said), shown, "{said}");
        }
        let cut = format!("{}4111111111111111", "x".repeat(190));
        assert!(for_a_log(&cut).ends_with("x**********"));
        let body = r#"{"message":"m","errors":{"4111111111111111":["x"]}}"#;
        assert_eq!(message_of(body), "HTTP 400: m. Fields: ************1111");
    }

    #[test]
    fn a_message_names_the_fields_there_are() {
        for (body, shown) in [
            (
                r#"{"message":"m","errors":{"a":["x"],"b":[]}}"#,
                "HTTP 400: m. Fields: a, b",
            ),
            (
                r#"{"message":"Invalid.","errors":{"a":["x"]}}"#,
                "HTTP 400: Invalid. Fields: a",
            ),
            (r#"{"message":"m","errors":["x"]}"#, "HTTP 400: m"),
            (r#"{"message":"m","errors":"x"}"#, "HTTP 400: m"),
        ] {
            assert_eq!(message_of(body), shown, "{body}");
        }
    }
}
