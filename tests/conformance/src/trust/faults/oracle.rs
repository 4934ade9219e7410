//! What may be said of a call, by what its connections carried: the outcome table anew, from the wire's side.

use std::fmt;
use std::time::Duration;

use serde_json::Value;

use super::http::{self, Answer};
use super::operation::{Column, Kind, Operation};
use super::proxy::{Cut, Fault, Seen, Way, encrypted_records, first_record};
use crate::trust::orders::{Order, Said};

/// How a call ended, in the words of every language.
#[derive(Clone)]
pub(super) enum Ending {
    /// The bytes it was answered with.
    Reply(Vec<u8>),
    Error {
        class: String,
        outcome: Option<String>,
        phase: Option<String>,
    },
}

impl fmt::Debug for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reply(body) => write!(f, "a reply of {} bytes", body.len()),
            Self::Error {
                class,
                outcome,
                phase,
            } => write!(f, "{class}, outcome {outcome:?}, phase {phase:?}"),
        }
    }
}

/// A call that ended, and its wire.
pub(super) struct Trial<'a> {
    pub(super) operation: &'a Operation,
    pub(super) order: Order,
    pub(super) tls: bool,
    /// What was done to the first connection.
    pub(super) cut: Cut,
    pub(super) connections: &'a [Seen],
    pub(super) ending: &'a Ending,
    pub(super) elapsed: Duration,
    pub(super) timeout: Duration,
    pub(super) max_retries: usize,
    /// What a read is answered with.
    pub(super) reference: &'a [u8],
    /// How many bytes the server's side of a TLS handshake has; those of its signature vary by a few.
    pub(super) handshake: usize,
}

impl Trial<'_> {
    /// Whether the call ended as it may; of a create, what it said.
    pub(super) fn judge(&self) -> Result<Option<Said>, String> {
        if self.connections.len() > 1 + self.max_retries {
            return Err(format!("{} connections", self.connections.len()));
        }
        match self.operation.kind {
            Kind::Create(column) => self.create(column).map(Some),
            Kind::Read => self.read().map(|()| None),
        }
    }

    fn create(&self, column: Column) -> Result<Said, String> {
        let [earlier @ .., last] = self.connections else {
            return self.create_without_connection();
        };
        // A connection that was given a byte of the request has to be the last.
        if earlier.iter().any(|seen| self.given(seen) == Given::Yes) {
            return Err("it was sent again".to_owned());
        }
        match self.ending {
            Ending::Reply(body) => self.made(last, column, body),
            Ending::Error { class, outcome, .. } => match outcome.as_deref() {
                Some("not_sent") => {
                    is_one_of(class, &TRANSPORT)?;
                    if has_sent(self.tls, last) {
                        return Err("called not sent, and the wire saw it".to_owned());
                    }
                    if self.given(last) == Given::Yes && !self.was_slow() {
                        return Err("called not sent on a connection that held".to_owned());
                    }
                    Ok(Said::NotMade)
                }
                Some("rejected") => {
                    let answer = http::whole(&last.answered).filter(|_| !self.tls);
                    match answer.map(|answer| verdict(column, self.order, &answer)) {
                        Some(Verdict::Rejected(rejected)) => {
                            is_one_of(class, &[rejected])?;
                            Ok(Said::NotMade)
                        }
                        other => Err(format!("called rejected, and it is {other:?}")),
                    }
                }
                Some("unknown") => {
                    is_one_of(class, &["OutcomeUnknownError"])?;
                    self.unknown(last, column)?;
                    Ok(Said::Unknown)
                }
                other => Err(format!("a create with the outcome {other:?}")),
            },
        }
    }

    /// Only a machine too busy to take a connection explains it.
    fn create_without_connection(&self) -> Result<Said, String> {
        match self.ending {
            Ending::Error { class, outcome, .. } if self.elapsed >= self.timeout => {
                is_one_of(class, &["OutcomeUnknownError", "TransportError"])?;
                match outcome.as_deref() {
                    Some("not_sent") => Ok(Said::NotMade),
                    _ => Ok(Said::Unknown),
                }
            }
            ending => Err(format!("no connection was made: {ending:?}")),
        }
    }

    fn made(&self, last: &Seen, column: Column, body: &[u8]) -> Result<Said, String> {
        if !self.tls {
            let answer = http::whole(&last.answered);
            let answer = answer.ok_or("a reply, and no whole answer came")?;
            if answer.body != body {
                return Err("a reply with other bytes than came".to_owned());
            }
            if verdict(column, self.order, &answer) != Verdict::Made {
                return Err("a reply, and the answer is none".to_owned());
            }
        }
        let body: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        let id = body.get("id").and_then(Value::as_u64);
        id.map(Said::Made)
            .ok_or_else(|| "a reply without an id".to_owned())
    }

    /// Unknown is always safe; it may not be said where the table knows better.
    fn unknown(&self, last: &Seen, column: Column) -> Result<(), String> {
        if self.given(last) == Given::No {
            return Err("called unknown, and no byte can have been sent".to_owned());
        }
        let answer = http::whole(&last.answered).filter(|_| !self.tls);
        let known = answer
            .map(|answer| verdict(column, self.order, &answer))
            .filter(|verdict| *verdict != Verdict::Unknown);
        match known {
            Some(verdict) if !self.is_excused() => {
                Err(format!("called unknown, and the answer is {verdict:?}"))
            }
            _ if self.tls && !last.struck && !self.was_slow() => {
                Err("called unknown over a connection that held".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// Whether a whole answer may have been lost on its last steps: a reset overtakes it, a request that cannot be
    /// handed over to its end is not waited for, and a busy machine may be late.
    fn is_excused(&self) -> bool {
        let sending =
            matches!(self.ending, Ending::Error { phase: Some(phase), .. } if phase == "send");
        self.has(Fault::Reset) || sending || self.was_slow()
    }

    fn was_slow(&self) -> bool {
        self.elapsed >= self.timeout
    }

    fn read(&self) -> Result<(), String> {
        let first = self.connections.first();
        let answer = first.and_then(|seen| http::whole(&seen.answered).filter(|_| !self.tls));
        let right = self.reference;
        match (answer, self.ending) {
            (_, Ending::Reply(body)) if body == right => Ok(()),
            // What a raw request is answered with is its caller's to read.
            (Some(answer), Ending::Reply(body)) => {
                let same = self.operation.is_raw() && answer.status == 200 && answer.body == *body;
                same.then_some(())
                    .ok_or_else(|| "a reply that is not the answer".to_owned())
            }
            (None, Ending::Reply(_)) => Err("a reply that nobody answered".to_owned()),
            (
                _,
                Ending::Error {
                    outcome: Some(outcome),
                    ..
                },
            ) => Err(format!("a read with the outcome {outcome}")),
            (Some(answer), Ending::Error { class, .. }) if class != "TransportError" => {
                if answer.body == right {
                    return Err(format!("{class}, and the answer was right"));
                }
                is_one_of(class, &[class_of(&answer)])
            }
            // After a connection that broke the next one holds, so only time can have been short.
            (_, Ending::Error { class, .. }) => {
                is_one_of(class, &TRANSPORT)?;
                if self.elapsed >= 2 * self.timeout {
                    return Ok(());
                }
                Err(format!("{class}, and the next connection would have held"))
            }
        }
    }

    /// Whether the connection was given a byte of the request, also one that the wire never saw.
    fn given(&self, seen: &Seen) -> Given {
        if has_sent(self.tls, seen) {
            return Given::Yes;
        }
        if !self.tls {
            // Reset at once, it may never have been a connection to the client.
            let perhaps = seen.struck && self.has(Fault::Reset) || self.was_slow();
            return if perhaps { Given::Perhaps } else { Given::Yes };
        }
        let answered = seen.answered.len();
        // Without the server's side of the handshake there is nothing to encrypt with; and more than that is answered
        // to whoever has sent his own side.
        if answered + VARIES < self.handshake || seen.struck && self.spoils_the_handshake(seen) {
            Given::No
        } else if answered > self.handshake + VARIES && !self.was_slow() {
            Given::Yes
        } else {
            Given::Perhaps
        }
    }

    fn has(&self, fault: Fault) -> bool {
        self.cut.fault == fault
    }

    /// Whether the two sides cannot have agreed: each signs all that it has seen of the other's words.
    fn spoils_the_handshake(&self, seen: &Seen) -> bool {
        let Cut { way, at, fault, .. } = self.cut;
        let agreed = match way {
            Way::Request => first_record(&seen.sent),
            Way::Answer => self.handshake,
        };
        fault == Fault::Garbage && at < agreed
    }
}

/// The signature in the server's side of a handshake is not always equally long.
const VARIES: usize = 8;

/// Whether a byte of the request was handed over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Given {
    No,
    Perhaps,
    Yes,
}

/// Whether the wire saw a byte of the request.
fn has_sent(tls: bool, seen: &Seen) -> bool {
    if tls {
        encrypted_records(&seen.sent) > 1
    } else {
        !seen.sent.is_empty()
    }
}

const TRANSPORT: [&str; 2] = ["TransportError", "DeadlineExceededError"];

fn is_one_of(class: &str, expected: &[&str]) -> Result<(), String> {
    if expected.contains(&class) {
        return Ok(());
    }
    Err(format!("{class}, not {}", expected.join(" or ")))
}

/// What an answer to a create says.
#[derive(Clone, Debug, PartialEq)]
enum Verdict {
    Made,
    Rejected(&'static str),
    Unknown,
}

fn verdict(column: Column, order: Order, answer: &Answer<'_>) -> Verdict {
    let Ok(Value::Object(body)) = serde_json::from_slice(answer.body) else {
        return Verdict::Unknown;
    };
    let absent_or =
        |name: &str, expected: String| body.get(name).is_none_or(|value| *value == expected);
    let errors = body.get("errors").and_then(Value::as_object);
    let says_why = body.contains_key("message")
        && !errors.is_some_and(|errors| errors.contains_key("order_id"));
    match answer.status {
        200 if body.contains_key("id")
            && errors.is_none()
            && absent_or("order_id", order.id())
            && absent_or("amount", order.amount()) =>
        {
            Verdict::Made
        }
        400 if says_why && errors.is_some_and(|errors| !errors.is_empty()) => {
            Verdict::Rejected("ValidationError")
        }
        401 | 403 | 404 | 422 if says_why && column == Column::Payment => {
            Verdict::Rejected(class_of(answer))
        }
        _ => Verdict::Unknown,
    }
}

/// The class of an answer that is not the right one.
fn class_of(answer: &Answer<'_>) -> &'static str {
    let body: Value = serde_json::from_slice(answer.body).unwrap_or_default();
    let has_errors = body.get("errors").is_some_and(|errors| !errors.is_null());
    match answer.status {
        200 => "ProtocolError",
        400 if has_errors => "ValidationError",
        401 | 403 => "AuthenticationError",
        404 => "NotFoundError",
        429 => "RateLimitError",
        500..=599 => "ServerError",
        _ => "ApiError",
    }
}
