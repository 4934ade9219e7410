//! How an answer, or what a fault left of it, goes out.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::faults::FaultKind;
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
    /// Byte by byte with a pause after each.
    Dripping(Duration),
    /// At once, then the connection breaks off.
    ThenBreak,
    /// Not at all: the connection is reset.
    Reset,
}

impl Delivery {
    /// Lets `fault` act on the answer; only some faults let `act` happen at all.
    pub(crate) fn new(
        fault: Option<&FaultKind>,
        head: &Head,
        act: impl FnOnce() -> Answer,
    ) -> Self {
        let whole = |answer: Answer| Self::of(&answer, head.keep_alive, Manner::Whole);
        let Some(fault) = fault else {
            return whole(act());
        };
        match fault {
            FaultKind::CloseBefore | FaultKind::CloseAfterRead => {
                Self::without_answer(Vec::new(), Manner::ThenBreak)
            }
            FaultKind::Reset => Self::without_answer(Vec::new(), Manner::Reset),
            FaultKind::Raw(bytes) => Self::without_answer(bytes.clone(), Manner::ThenBreak),

            FaultKind::CloseAfterAct => cut(&act(), |_, _| 0),
            FaultKind::CutAt(length) => cut(&act(), |_, _| *length),
            FaultKind::Cut => cut(&act(), |whole, body| whole - body.div_ceil(2)),
            FaultKind::Stall(wait) => Self::of(&act(), head.keep_alive, Manner::Late(*wait)),
            FaultKind::Slow(pause) => Self::of(&act(), head.keep_alive, Manner::Dripping(*pause)),

            FaultKind::WrongType => whole(with_wrong_types(act())),
            FaultKind::Oversize(size) => whole(with_field(
                act(),
                "padding",
                &format!("\"{}\"", " ".repeat(*size)),
            )),
            FaultKind::Deep(depth) => {
                let lists = ["[".repeat(*depth), "]".repeat(*depth)].concat();
                whole(with_field(act(), "deep", &lists))
            }
            FaultKind::Http500 => {
                act();
                whole(Answer::message(500, "Internal server error"))
            }
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

    fn without_answer(bytes: Vec<u8>, manner: Manner) -> Self {
        Self {
            status: None,
            bytes,
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
