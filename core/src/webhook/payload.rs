//! The payload of a webhook: a query, a body, or the fields that a framework parsed.

use percent_encoding::percent_decode;

use crate::error::{Error, ErrorKind, Result};
use crate::json::parse::parse_unique;
use crate::types::text::without_byte_order_mark;
use crate::types::value::Value;

/// The longest query or body, in bytes. Real notifications are far shorter.
const MAX_LENGTH: usize = 64 * 1024;

/// The limit of fields. Real notifications have far fewer.
const MAX_FIELDS: usize = 256;

/// A notification or redirect as it was received.
///
/// ```
/// use alikassa::{Value, WebhookPayload};
/// let get = WebhookPayload::query("?type=payment&id=112412553&sign=…");
/// let post = WebhookPayload::body(br#"{"type":"payment"}"#, Some("application/json"));
/// let parsed = WebhookPayload::fields(vec![("type".to_owned(), Value::from("payment"))]);
/// ```
#[derive(Clone, Debug)]
pub struct WebhookPayload<'a>(Source<'a>);

#[derive(Clone, Debug)]
enum Source<'a> {
    Query(&'a str),
    Body(&'a [u8], Option<&'a str>),
    Fields(Vec<(String, Value)>),
}

impl<'a> WebhookPayload<'a> {
    /// The query string of a GET request as it is in the URL, with or without the `?`.
    pub fn query(query: &'a str) -> Self {
        Self(Source::Query(query))
    }

    /// The raw body of a POST request and its `Content-Type`. Without one, or with that of a form, a
    /// body that begins with `{` is read as JSON, and any other as a form.
    pub fn body(body: &'a [u8], content_type: Option<&'a str>) -> Self {
        Self(Source::Body(body, content_type))
    }

    /// The fields that a framework has parsed.
    pub fn fields(fields: Vec<(String, Value)>) -> Self {
        Self(Source::Fields(fields))
    }

    /// The fields in their order. A duplicate is an error.
    pub(crate) fn into_fields(self) -> Result<Vec<(String, Value)>> {
        let fields = match self.0 {
            Source::Query(query) => form(query.strip_prefix('?').unwrap_or(query).as_bytes())?,
            Source::Body(body, content_type) => match media_type(body, content_type)? {
                MediaType::Form => form(body)?,
                MediaType::Json => json(body)?,
            },
            Source::Fields(fields) => fields,
        };
        if fields.len() > MAX_FIELDS {
            return Err(malformed("it has too many fields"));
        }
        check_duplicates(&fields)?;
        Ok(fields)
    }
}

enum MediaType {
    Form,
    Json,
}

/// A body that begins with `{` is JSON whatever its type says, because a form of the provider has
/// names of letters. Frameworks and proxies lose or replace the type.
fn media_type(body: &[u8], content_type: Option<&str>) -> Result<MediaType> {
    let content_type = content_type.unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    let is_object = without_byte_order_mark(body).trim_ascii_start().first() == Some(&b'{');
    match media_type.to_ascii_lowercase().as_str() {
        "" | "application/x-www-form-urlencoded" if !is_object => Ok(MediaType::Form),
        "" | "application/x-www-form-urlencoded" | "application/json" => Ok(MediaType::Json),
        "multipart/form-data" => Err(malformed(
            "its content type is multipart, which the provider does not send; parse it and pass the fields",
        )),
        _ => Err(malformed(
            "its content type is neither form nor JSON; parse it and pass the fields",
        )),
    }
}

fn form(text: &[u8]) -> Result<Vec<(String, Value)>> {
    check_length(text.len())?;
    text.split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let separator = pair.iter().position(|byte| *byte == b'=');
            let (name, value) = match separator {
                Some(at) => (pair.get(..at), pair.get(at + 1..)),
                None => (Some(pair), None),
            };
            Ok((decode(name)?, Value::Text(decode(value)?)))
        })
        .collect()
}

fn decode(text: Option<&[u8]>) -> Result<String> {
    let mut text = text.unwrap_or_default().to_vec();
    for byte in &mut text {
        if *byte == b'+' {
            *byte = b' ';
        }
    }
    let decoded = percent_decode(&text).decode_utf8();
    let decoded = decoded.map_err(|_| malformed("it is not valid UTF-8"))?;
    Ok(decoded.into_owned())
}

fn json(body: &[u8]) -> Result<Vec<(String, Value)>> {
    check_length(body.len())?;
    match parse_unique(body) {
        Ok(Value::Map(fields)) => Ok(fields),
        Ok(_) => Err(malformed("its JSON is not an object")),
        Err(invalid) => Err(malformed(Error::from(invalid).message())),
    }
}

fn check_length(length: usize) -> Result<()> {
    if length > MAX_LENGTH {
        return Err(malformed("it is longer than 64 KiB"));
    }
    Ok(())
}

/// Readers differ in which of two duplicate fields they use. PHP reads `name[]` as the list `name`,
/// so it counts as `name`.
fn check_duplicates(fields: &[(String, Value)]) -> Result<()> {
    let mut names: Vec<&str> = fields
        .iter()
        .map(|(name, _)| name.split('[').next().unwrap_or(name))
        .collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| pair.first() == pair.last()) {
        return Err(malformed("it has a duplicate field"));
    }
    Ok(())
}

pub(crate) fn malformed(reason: &str) -> Error {
    Error::new(
        ErrorKind::MalformedNotification,
        format!("the notification cannot be read: {reason}"),
    )
}
