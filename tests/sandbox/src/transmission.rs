//! How a response is sent, with or without a fault.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::faults::{FaultKind, Injection};
use crate::http::{Head, Response};

/// The bytes to send, and how to send them.
pub(crate) struct Transmission {
    /// The status of the response, whether or not it is sent.
    pub(crate) status: Option<u16>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) mode: SendMode,
}

pub(crate) enum SendMode {
    Immediate,
    /// After a delay.
    Delayed(Duration),
    /// Nothing is sent until the client or the sandbox closes the connection.
    Never,
    /// Byte by byte, with a pause after each.
    ByteByByte(Duration),
    /// Immediately, and then the connection is aborted.
    ThenAbort,
    /// Nothing is sent, and the connection is reset.
    Reset,
}

impl Transmission {
    /// Applies a fault to the response of a request. If the request was not executed, `would_be`
    /// makes the response that it would have had, should the fault need it.
    pub(crate) fn new(
        injection: Option<&Injection>,
        head: &Head,
        executed: Option<Response>,
        would_be: impl FnOnce() -> Response,
    ) -> Self {
        let whole = |response: Response| Self::of(&response, head.keep_alive, SendMode::Immediate);
        let status = executed.as_ref().map(|response| response.status);
        let response = || executed.unwrap_or_else(would_be);
        let Some(injection) = injection else {
            return whole(response());
        };
        let only = |bytes: &[u8], mode| Self {
            status,
            bytes: bytes.to_vec(),
            mode,
        };
        match &injection.kind {
            FaultKind::CloseBefore | FaultKind::CloseAfterRead | FaultKind::CloseAfterAct => {
                only(&[], SendMode::ThenAbort)
            }
            FaultKind::Reset => only(&[], SendMode::Reset),
            FaultKind::Silence => only(&[], SendMode::Never),
            FaultKind::Raw(bytes) => only(bytes, SendMode::ThenAbort),

            FaultKind::CutAt(length) => cut(&response(), |_, _| *length),
            FaultKind::Cut => cut(&response(), |whole, body| whole - body.div_ceil(2)),
            FaultKind::Stall(delay) => {
                Self::of(&response(), head.keep_alive, SendMode::Delayed(*delay))
            }
            FaultKind::Slow(pause) => {
                Self::of(&response(), head.keep_alive, SendMode::ByteByByte(*pause))
            }

            FaultKind::WrongType => whole(with_wrong_types(response())),
            FaultKind::Oversize(size) => whole(with_padding(response(), *size)),
            FaultKind::Deep(depth) => whole(with_depth(response(), *depth)),

            FaultKind::Http500 => whole(Response::message(500, "Internal server error")),
            FaultKind::Html502 => whole(gateway_page()),
            FaultKind::Redirect => whole(redirect_to(&head.path)),
            FaultKind::Http {
                status,
                headers,
                body,
            } => whole(Response {
                status: *status,
                headers: headers.clone(),
                body: body.clone(),
            }),
        }
    }

    fn of(response: &Response, keep_alive: bool, mode: SendMode) -> Self {
        Self {
            status: Some(response.status),
            bytes: response.to_bytes(keep_alive),
            mode,
        }
    }
}

/// Truncates the response to `length`, which is computed from the lengths of the whole and the
/// body.
fn cut(response: &Response, length: impl FnOnce(usize, usize) -> usize) -> Transmission {
    let mut transmission = Transmission::of(response, true, SendMode::ThenAbort);
    let length = length(transmission.bytes.len(), response.body.len());
    transmission.bytes.truncate(length);
    transmission
}

fn with_wrong_types(response: Response) -> Response {
    let fields: Map<String, Value> = serde_json::from_slice(&response.body).unwrap_or_default();
    let wrapped: Map<_, _> = fields
        .into_iter()
        .map(|(name, value)| (name, Value::Array(vec![value])))
        .collect();
    Response {
        headers: response.headers,
        ..Response::json(response.status, &wrapped)
    }
}

fn with_padding(response: Response, size: usize) -> Response {
    with_field(response, "padding", &format!("\"{}\"", " ".repeat(size)))
}

fn with_depth(response: Response, depth: usize) -> Response {
    let lists = ["[".repeat(depth), "]".repeat(depth)].concat();
    with_field(response, "deep", &lists)
}

/// Adds a field to a response body, which is always a JSON object.
fn with_field(mut response: Response, name: &str, json: &str) -> Response {
    response.body.pop();
    response
        .body
        .extend_from_slice(format!(",\"{name}\":{json}}}").as_bytes());
    response
}

fn gateway_page() -> Response {
    Response {
        status: 502,
        headers: vec![("Content-Type".into(), "text/html".into())],
        body: b"<html><head><title>502 Bad Gateway</title></head>\
            <body><center><h1>502 Bad Gateway</h1></center></body></html>\n"
            .to_vec(),
    }
}

/// 307 rather than 302: a client that follows it repeats the signed request, which the log shows.
fn redirect_to(path: &str) -> Response {
    Response {
        headers: vec![("Location".into(), path.to_owned())],
        ..Response::message(307, "Moved")
    }
}
