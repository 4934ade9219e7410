//! How an answer, or what a fault left of it, goes out.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::faults::{FaultKind, Strike};
use crate::http::{Answer, Head};

/// Bytes, and how they are written.
pub(crate) struct Delivery {
    /// The status of the answer that was made, whether or not it goes out.
    pub(crate) status: Option<u16>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) manner: Manner,
}

pub(crate) enum Manner {
    /// At once.
    Whole,
    /// After a wait.
    Late(Duration),
    /// Not at all, until the client or the sandbox ends the connection.
    Never,
    /// Byte by byte with a pause after each.
    Dripping(Duration),
    /// At once, then the connection breaks off.
    ThenBreak,
    /// Not at all: the connection is reset.
    Reset,
}

impl Delivery {
    /// Lets a fault loose on the answer: what the request was answered with if it was carried out, else a spare one,
    /// which is only made when it is needed.
    pub(crate) fn new(
        strike: Option<&Strike>,
        head: &Head,
        acted: Option<Answer>,
        spare: impl FnOnce() -> Answer,
    ) -> Self {
        let whole = |answer: Answer| Self::of(&answer, head.keep_alive, Manner::Whole);
        let status = acted.as_ref().map(|answer| answer.status);
        let answer = || acted.unwrap_or_else(spare);
        let Some(strike) = strike else {
            return whole(answer());
        };
        let instead = |bytes: &[u8], manner| Self {
            status,
            bytes: bytes.to_vec(),
            manner,
        };
        match &strike.kind {
            FaultKind::CloseBefore | FaultKind::CloseAfterRead | FaultKind::CloseAfterAct => {
                instead(&[], Manner::ThenBreak)
            }
            FaultKind::Reset => instead(&[], Manner::Reset),
            FaultKind::Silence => instead(&[], Manner::Never),
            FaultKind::Raw(bytes) => instead(bytes, Manner::ThenBreak),

            FaultKind::CutAt(length) => cut(&answer(), |_, _| *length),
            FaultKind::Cut => cut(&answer(), |whole, body| whole - body.div_ceil(2)),
            FaultKind::Stall(wait) => Self::of(&answer(), head.keep_alive, Manner::Late(*wait)),
            FaultKind::Slow(pause) => {
                Self::of(&answer(), head.keep_alive, Manner::Dripping(*pause))
            }

            FaultKind::WrongType => whole(with_wrong_types(answer())),
            FaultKind::Oversize(size) => whole(with_padding(answer(), *size)),
            FaultKind::Deep(depth) => whole(with_depth(answer(), *depth)),

            FaultKind::Http500 => whole(Answer::message(500, "Internal server error")),
            FaultKind::Html502 => whole(gateway_page()),
            FaultKind::Redirect => whole(redirect_to(&head.path)),
            FaultKind::Http {
                status,
                headers,
                body,
            } => whole(Answer {
                status: *status,
                headers: headers.clone(),
                body: body.clone(),
            }),
        }
    }

    fn of(answer: &Answer, keep_alive: bool, manner: Manner) -> Self {
        Self {
            status: Some(answer.status),
            bytes: answer.to_bytes(keep_alive),
            manner,
        }
    }
}

/// Keeps as many bytes as `length` makes of the length of the whole and of the body.
fn cut(answer: &Answer, length: impl FnOnce(usize, usize) -> usize) -> Delivery {
    let mut delivery = Delivery::of(answer, true, Manner::ThenBreak);
    delivery
        .bytes
        .truncate(length(delivery.bytes.len(), answer.body.len()));
    delivery
}

fn with_wrong_types(answer: Answer) -> Answer {
    let fields: Map<String, Value> = serde_json::from_slice(&answer.body).unwrap_or_default();
    let wrapped: Map<_, _> = fields
        .into_iter()
        .map(|(name, value)| (name, Value::Array(vec![value])))
        .collect();
    Answer {
        headers: answer.headers,
        ..Answer::json(answer.status, &wrapped)
    }
}

fn with_padding(answer: Answer, size: usize) -> Answer {
    with_field(answer, "padding", &format!("\"{}\"", " ".repeat(size)))
}

fn with_depth(answer: Answer, depth: usize) -> Answer {
    let lists = ["[".repeat(depth), "]".repeat(depth)].concat();
    with_field(answer, "deep", &lists)
}

/// Adds a field to the object every provider's answer is.
fn with_field(mut answer: Answer, name: &str, json: &str) -> Answer {
    answer.body.pop();
    answer
        .body
        .extend_from_slice(format!(",\"{name}\":{json}}}").as_bytes());
    answer
}

fn gateway_page() -> Answer {
    Answer {
        status: 502,
        headers: vec![("Content-Type".into(), "text/html".into())],
        body: b"<html><head><title>502 Bad Gateway</title></head>\
            <body><center><h1>502 Bad Gateway</h1></center></body></html>\n"
            .to_vec(),
    }
}

/// 307 rather than 302: whoever follows it sends the signed body again, which the log shows.
fn redirect_to(path: &str) -> Answer {
    Answer {
        headers: vec![("Location".into(), path.to_owned())],
        ..Answer::message(307, "Moved")
    }
}
