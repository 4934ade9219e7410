//! A minimal HTTP/1.1 server: parses requests strictly and writes responses.

use std::collections::BTreeMap;
use std::io;
use std::time::SystemTime;

use serde::Serialize;
use serde_json::json;

use crate::connection::Channel;

const HEAD_LIMIT: usize = 64 * 1024;
const HEADER_LIMIT: usize = 128;
const BODY_LIMIT: usize = 1024 * 1024;
const CHUNK_LINE_LIMIT: usize = 1024;

/// The head of a request.
pub(crate) struct Head {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Names in lower case. Repeated headers are joined by `, `.
    pub(crate) headers: BTreeMap<String, String>,
    framing: Framing,
    pub(crate) keep_alive: bool,
}

enum Framing {
    Length(usize),
    Chunked,
}

/// Why a request could not be read.
pub(crate) enum ReadError {
    /// The client has closed the connection, or timed out.
    Closed,
    /// The request is not acceptable HTTP.
    Rejected(Response),
}

impl From<io::Error> for ReadError {
    fn from(_: io::Error) -> Self {
        Self::Closed
    }
}

/// Reads the head of the next request. Returns none if the client closed between two requests.
pub(crate) fn read_head(channel: &mut Channel) -> Result<Option<Head>, ReadError> {
    loop {
        if let Some((head, length)) = parse_head(channel.pending())? {
            channel.take(length)?;
            return Ok(Some(head));
        }
        if channel.pending().len() > HEAD_LIMIT {
            return Err(rejected(431, "The head is over 64 KiB."));
        }
        if !channel.fill()? {
            return if channel.pending().is_empty() {
                Ok(None)
            } else {
                Err(ReadError::Closed)
            };
        }
    }
}

fn parse_head(bytes: &[u8]) -> Result<Option<(Head, usize)>, ReadError> {
    let mut headers = [httparse::EMPTY_HEADER; HEADER_LIMIT];
    let mut request = httparse::Request::new(&mut headers);
    let length = match request.parse(bytes) {
        Ok(httparse::Status::Complete(length)) if length <= HEAD_LIMIT => length,
        Ok(httparse::Status::Complete(_)) => {
            return Err(rejected(431, "The head is over 64 KiB."));
        }
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => {
            return Err(rejected(431, "There are over 128 headers."));
        }
        Err(error) => return Err(rejected(400, &format!("Not an HTTP request: {error}."))),
    };
    let headers = join_headers(request.headers);
    let head = Head {
        method: request.method.unwrap_or_default().to_owned(),
        path: request.path.unwrap_or_default().to_owned(),
        framing: framing(&headers)?,
        keep_alive: request.version == Some(1) && !has_token(&headers, "connection", "close"),
        headers,
    };
    Ok(Some((head, length)))
}

fn join_headers(headers: &[httparse::Header<'_>]) -> BTreeMap<String, String> {
    let mut joined = BTreeMap::<String, String>::new();
    for header in headers {
        let value = String::from_utf8_lossy(header.value);
        joined
            .entry(header.name.to_ascii_lowercase())
            .and_modify(|values| {
                values.push_str(", ");
                values.push_str(&value);
            })
            .or_insert_with(|| value.to_string());
    }
    joined
}

/// Rejects two length headers: client and server could disagree about the end of the body.
fn framing(headers: &BTreeMap<String, String>) -> Result<Framing, ReadError> {
    match (
        headers.get("transfer-encoding"),
        headers.get("content-length"),
    ) {
        (None, None) => Ok(Framing::Length(0)),
        (None, Some(length)) => content_length(length),
        (Some(coding), None) if coding.eq_ignore_ascii_case("chunked") => Ok(Framing::Chunked),
        (Some(_), None) => Err(rejected(
            400,
            "The only supported transfer coding is chunked.",
        )),
        (Some(_), Some(_)) => Err(rejected(400, "Both Transfer-Encoding and Content-Length.")),
    }
}

fn content_length(text: &str) -> Result<Framing, ReadError> {
    // `parse` alone would accept a leading plus sign.
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(rejected(400, "Content-Length is not one decimal number."));
    }
    match text.parse() {
        Ok(length) if length <= BODY_LIMIT => Ok(Framing::Length(length)),
        _ => Err(body_too_long()),
    }
}

fn has_token(headers: &BTreeMap<String, String>, name: &str, token: &str) -> bool {
    let value = headers.get(name).map_or("", String::as_str);
    value
        .split(',')
        .any(|part| part.trim().eq_ignore_ascii_case(token))
}

/// Reads the body of a request.
pub(crate) fn read_body(channel: &mut Channel, head: &Head) -> Result<Vec<u8>, ReadError> {
    // PHP's curl waits one second for this before it sends a longer body.
    if has_token(&head.headers, "expect", "100-continue") && channel.pending().is_empty() {
        channel.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    match head.framing {
        Framing::Length(length) => Ok(channel.take(length)?),
        Framing::Chunked => read_chunks(channel),
    }
}

fn read_chunks(channel: &mut Channel) -> Result<Vec<u8>, ReadError> {
    let mut body = Vec::new();
    loop {
        let size = chunk_size(&read_line(channel)?)?;
        if size == 0 {
            skip_trailers(channel)?;
            return Ok(body);
        }
        if size > BODY_LIMIT - body.len() {
            return Err(body_too_long());
        }
        body.append(&mut channel.take(size)?);
        if channel.take(2)? != b"\r\n" {
            return Err(rejected(400, "A chunk does not end with CRLF."));
        }
    }
}

fn chunk_size(line: &[u8]) -> Result<usize, ReadError> {
    // httparse parses a line without digits as zero.
    if !line.first().is_some_and(u8::is_ascii_hexdigit) {
        return Err(rejected(400, "A chunk has no size."));
    }
    match httparse::parse_chunk_size(line) {
        Ok(httparse::Status::Complete((_, size))) => {
            usize::try_from(size).map_err(|_| body_too_long())
        }
        _ => Err(rejected(400, "A chunk's size is not a number.")),
    }
}

fn skip_trailers(channel: &mut Channel) -> Result<(), ReadError> {
    for _ in 0..HEADER_LIMIT {
        if read_line(channel)? == b"\r\n" {
            return Ok(());
        }
    }
    Err(rejected(431, "There are over 128 trailers."))
}

fn read_line(channel: &mut Channel) -> Result<Vec<u8>, ReadError> {
    loop {
        if let Some(end) = channel.pending().iter().position(|&byte| byte == b'\n') {
            return Ok(channel.take(end + 1)?);
        }
        if channel.pending().len() > CHUNK_LINE_LIMIT {
            return Err(rejected(400, "A line between chunks is over 1 KiB."));
        }
        if !channel.fill()? {
            return Err(ReadError::Closed);
        }
    }
}

fn body_too_long() -> ReadError {
    rejected(413, "The body is over 1 MiB.")
}

fn rejected(status: u16, message: &str) -> ReadError {
    ReadError::Rejected(Response::message(status, message))
}

/// A response before it is serialized.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    pub(crate) fn json(status: u16, value: &impl Serialize) -> Self {
        #[expect(clippy::expect_used, reason = "all map keys are strings")]
        let body = serde_json::to_vec(value).expect("serializable");
        Self {
            status,
            headers: Vec::new(),
            body,
        }
    }

    pub(crate) fn message(status: u16, message: &str) -> Self {
        Self::json(status, &json!({ "message": message }))
    }

    pub(crate) fn to_bytes(&self, keep_alive: bool) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        let mut push = |name: &str, value: &str| head.extend([name, ": ", value, "\r\n"]);
        push("X-Alikassa-Sandbox", crate::VERSION);
        push("Content-Length", &self.body.len().to_string());
        let has = |wanted: &str| {
            let mut names = self.headers.iter().map(|(name, _)| name);
            names.any(|name| name.eq_ignore_ascii_case(wanted))
        };
        if !has("content-type") {
            push("Content-Type", "application/json");
        }
        if !has("date") {
            push("Date", &httpdate::fmt_http_date(SystemTime::now()));
        }
        if !keep_alive {
            push("Connection", "close");
        }
        for (name, value) in &self.headers {
            push(name, value);
        }
        [head.as_bytes(), b"\r\n", &self.body].concat()
    }
}

/// For readable traces only: clients use the number, and an empty reason phrase is valid.
fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        307 => "Temporary Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "",
    }
}
