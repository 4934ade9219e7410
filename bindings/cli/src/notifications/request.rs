//! One request over HTTP/1.1 on a connection, and its response.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use httparse::Status;

/// The time of a connection.
const LIMIT: Duration = Duration::from_secs(10);

/// The longest head, and the longest body: more than the library verifies.
const MAX_PART: usize = 128 * 1024;

const MAX_HEADERS: usize = 100;

/// How many bytes after the request are read and dropped. A connection that is closed before them
/// can lose the response.
const MAX_REST: usize = 4 * 1024 * 1024;

pub(super) struct Request {
    pub(super) method: String,
    /// Without the question mark.
    pub(super) query: String,
    pub(super) content_type: Option<String>,
    pub(super) body: Vec<u8>,
}

/// What a connection brings.
pub(super) enum Received {
    Request(Request),
    /// The status of the response, and why.
    Refused(u16, &'static str),
    /// It takes too long, or its connection fails: there is no response.
    Late(String),
    /// The connection is closed without a byte.
    Nothing,
}

/// Why no request is returned.
enum Problem {
    Refused(u16, &'static str),
    Io(io::Error),
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The head of a request.
struct Head {
    request: Request,
    length: usize,
    expects_continue: bool,
}

pub(super) struct Exchange {
    stream: TcpStream,
    end: Instant,
    /// What is read and not used yet.
    bytes: Vec<u8>,
}

impl Exchange {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            end: Instant::now() + LIMIT,
            bytes: Vec::new(),
        }
    }

    pub(super) fn receive(&mut self) -> Received {
        match self.read_request() {
            Ok(Some(request)) => Received::Request(request),
            Ok(None) => Received::Nothing,
            Err(Problem::Refused(status, reason)) => Received::Refused(status, reason),
            Err(Problem::Io(error)) => match error.kind() {
                io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => {
                    Received::Late(format!("no whole request within {} s", LIMIT.as_secs()))
                }
                _ => Received::Late(format!("the connection failed: {error}")),
            },
        }
    }

    fn read_request(&mut self) -> Result<Option<Request>, Problem> {
        let head = loop {
            if let Some((head, length)) = parse(&self.bytes)? {
                self.bytes.drain(..length);
                break head;
            }
            if self.bytes.len() >= MAX_PART {
                return Err(Problem::Refused(431, "the head is too long"));
            }
            if !self.read()? {
                return match self.bytes.as_slice() {
                    [] => Ok(None),
                    _ => Err(Problem::Refused(400, "the request is not complete")),
                };
            }
        };
        if head.length > MAX_PART {
            let reason = "the body is longer than any notification";
            return Err(Problem::Refused(413, reason));
        }
        if head.expects_continue {
            self.write(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        while self.bytes.len() < head.length {
            if !self.read()? {
                return Err(Problem::Refused(400, "the body is not complete"));
            }
        }
        let body = self.bytes.drain(..head.length).collect();
        Ok(Some(Request {
            body,
            ..head.request
        }))
    }

    /// Sends the response, and closes the connection.
    pub(super) fn respond(mut self, status: u16) {
        let reason = reason(status);
        let allow = if status == 405 {
            "allow: GET, POST\r\n"
        } else {
            ""
        };
        let length = reason.len();
        let response = format!(
            "HTTP/1.1 {status} {reason}\r\n{allow}content-length: {length}\r\nconnection: close\r\n\r\n{reason}"
        );
        // The sender may have left.
        let sent = self.write(response.as_bytes());
        if sent.is_err() || self.stream.shutdown(Shutdown::Write).is_err() {
            return;
        }
        let mut rest = 0;
        while rest < MAX_REST && matches!(self.read(), Ok(true)) {
            rest += self.bytes.len();
            self.bytes.clear();
        }
    }

    /// Reads some bytes. Returns false at the end of the stream.
    fn read(&mut self) -> io::Result<bool> {
        let mut buffer = [0; 8 * 1024];
        self.stream.set_read_timeout(Some(self.remaining()?))?;
        let amount = self.stream.read(&mut buffer)?;
        self.bytes
            .extend_from_slice(buffer.get(..amount).unwrap_or_default());
        Ok(amount > 0)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.set_write_timeout(Some(self.remaining()?))?;
        self.stream.write_all(bytes)
    }

    fn remaining(&self) -> io::Result<Duration> {
        let remaining = self.end.saturating_duration_since(Instant::now());
        if remaining.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        Ok(remaining)
    }
}

/// The head at the beginning of the bytes, with its length. None if it is not complete.
fn parse(bytes: &[u8]) -> Result<Option<(Head, usize)>, Problem> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut parsed = httparse::Request::new(&mut headers);
    let length = match parsed.parse(bytes) {
        Ok(Status::Complete(length)) => length,
        Ok(Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => {
            return Err(Problem::Refused(431, "there are too many headers"));
        }
        Err(_) => return Err(Problem::Refused(400, "it is not a request in HTTP/1.1")),
    };
    let header = |wanted: &str| {
        let of_name = |header: &&httparse::Header<'_>| header.name.eq_ignore_ascii_case(wanted);
        let mut found = parsed.headers.iter().filter(of_name);
        let first = found.next().map(|header| header.value);
        (first, found.next().is_some())
    };
    if header("transfer-encoding").0.is_some() {
        let reason = "the body has no Content-Length";
        return Err(Problem::Refused(411, reason));
    }
    let body_length = match header("content-length") {
        (None, _) => Some(0),
        (Some(value), false) => content_length(value),
        (Some(_), true) => None,
    };
    let invalid = Problem::Refused(400, "the Content-Length is not one number");
    let target = parsed.path.unwrap_or_default();
    let content_type = header("content-type").0;
    let head = Head {
        request: Request {
            method: parsed.method.unwrap_or_default().to_owned(),
            query: target
                .split_once('?')
                .map_or("", |(_, query)| query)
                .to_owned(),
            content_type: content_type.map(|value| String::from_utf8_lossy(value).into_owned()),
            body: Vec::new(),
        },
        length: body_length.ok_or(invalid)?,
        expects_continue: header("expect")
            .0
            .is_some_and(|value| value.eq_ignore_ascii_case(b"100-continue")),
    };
    Ok(Some((head, length)))
}

/// A number in digits alone. One that is too large for this machine is longer than any body.
fn content_length(value: &[u8]) -> Option<usize> {
    let digits = std::str::from_utf8(value).ok()?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(usize::MAX))
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        405 => "Method Not Allowed",
        411 => "Length Required",
        413 => "Content Too Large",
        431 => "Request Header Fields Too Large",
        _ => "Internal Server Error",
    }
}
