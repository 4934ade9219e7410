//! The oracle: which results of a call are correct, given the bytes that its connections carried.
//! It implements the outcome table independently of the library.

use std::fmt;
use std::time::Duration;

use serde_json::Value;

use super::http::{self, Response};
use super::operation::{Column, Kind, Operation};
use super::proxy::{Direction, Fault, Injection, Traffic};
use super::tls_records::{encrypted_records, first_record};
use crate::trust::orders::{Order, Reported};

/// The result of a call, in terms that all languages share.
#[derive(Clone)]
pub(super) enum CallResult {
    /// The body of the response.
    Ok(Vec<u8>),
    Error {
        class: String,
        outcome: Option<String>,
        phase: Option<String>,
    },
}

impl fmt::Debug for CallResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ok(body) => write!(f, "a response of {} bytes", body.len()),
            Self::Error {
                class,
                outcome,
                phase,
            } => write!(f, "{class}, outcome {outcome:?}, phase {phase:?}"),
        }
    }
}

/// A completed call with everything that determines its correct result.
pub(super) struct Trial<'a> {
    pub(super) operation: &'a Operation,
    pub(super) order: Order,
    pub(super) tls: bool,
    /// The fault in the first connection.
    pub(super) injection: Injection,
    pub(super) connections: &'a [Traffic],
    pub(super) result: &'a CallResult,
    pub(super) elapsed: Duration,
    pub(super) timeout: Duration,
    pub(super) max_retries: usize,
    /// The body of the correct response to a read.
    pub(super) reference: &'a [u8],
    /// The size of the server's part of a TLS handshake. Its signature varies by a few bytes.
    pub(super) handshake: usize,
}

impl Trial<'_> {
    /// Fails if the result is not correct. Returns the reported outcome of a create.
    pub(super) fn check(&self) -> Result<Option<Reported>, String> {
        if self.connections.len() > 1 + self.max_retries {
            return Err(format!("{} connections", self.connections.len()));
        }
        match self.operation.kind {
            Kind::Create(column) => self.check_create(column).map(Some),
            Kind::Read => self.check_read().map(|()| None),
        }
    }

    fn check_create(&self, column: Column) -> Result<Reported, String> {
        let [earlier @ .., last] = self.connections else {
            return self.check_create_without_connection();
        };
        // The last connection must be the only one that got a byte of the request.
        let was_sent = |traffic: &Traffic| self.byte_sent(traffic) == ByteSent::Yes;
        if earlier.iter().any(was_sent) {
            return Err("the create was sent again".to_owned());
        }
        match self.result {
            CallResult::Ok(body) => self.check_created(last, column, body),
            CallResult::Error { class, outcome, .. } => match outcome.as_deref() {
                Some("not_sent") => {
                    is_one_of(class, &TRANSPORT)?;
                    if has_sent(self.tls, last) {
                        return Err("reported as not sent, but the proxy received it".to_owned());
                    }
                    if was_sent(last) && !self.timed_out() {
                        return Err("reported as not sent over an intact connection".to_owned());
                    }
                    Ok(Reported::NotCreated)
                }
                Some("rejected") => {
                    let response = http::parse_complete(&last.received).filter(|_| !self.tls);
                    match response.map(|response| outcome_of(column, self.order, &response)) {
                        Some(Outcome::Rejected(rejected)) => {
                            is_one_of(class, &[rejected])?;
                            Ok(Reported::NotCreated)
                        }
                        other => Err(format!("reported as rejected, not {other:?}")),
                    }
                }
                Some("unknown") => {
                    is_one_of(class, &["OutcomeUnknownError"])?;
                    self.check_unknown(last, column)?;
                    Ok(Reported::Unknown)
                }
                other => Err(format!("a create with the outcome {other:?}")),
            },
        }
    }

    /// Only a machine too busy to accept a connection explains this.
    fn check_create_without_connection(&self) -> Result<Reported, String> {
        match self.result {
            CallResult::Error { class, outcome, .. } if self.elapsed >= self.timeout => {
                is_one_of(class, &["OutcomeUnknownError", "TransportError"])?;
                match outcome.as_deref() {
                    Some("not_sent") => Ok(Reported::NotCreated),
                    _ => Ok(Reported::Unknown),
                }
            }
            result => Err(format!("no connection was made: {result:?}")),
        }
    }

    fn check_created(
        &self,
        last: &Traffic,
        column: Column,
        body: &[u8],
    ) -> Result<Reported, String> {
        if !self.tls {
            let response = http::parse_complete(&last.received);
            let response = response.ok_or("a success without a complete response")?;
            if response.body != body {
                return Err("a success with other bytes than the response".to_owned());
            }
            if outcome_of(column, self.order, &response) != Outcome::Created {
                return Err("a success, but the response is not valid".to_owned());
            }
        }
        let body: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        let id = body.get("id").and_then(Value::as_u64);
        id.map(Reported::Created)
            .ok_or_else(|| "a success without an id".to_owned())
    }

    /// Unknown is always safe, but is wrong if the table has a definite outcome.
    fn check_unknown(&self, last: &Traffic, column: Column) -> Result<(), String> {
        if self.byte_sent(last) == ByteSent::No {
            return Err("reported as unknown, but no byte can have been sent".to_owned());
        }
        let response = http::parse_complete(&last.received).filter(|_| !self.tls);
        let definite = response
            .map(|response| outcome_of(column, self.order, &response))
            .filter(|outcome| *outcome != Outcome::Unknown);
        match definite {
            Some(outcome) if !self.may_lose_the_response() => Err(format!(
                "reported as unknown, but the response is {outcome:?}"
            )),
            _ if self.tls && !last.fault_injected && !self.timed_out() => {
                Err("reported as unknown over an intact connection".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// Whether the client may not have read a complete response: a reset discards it, a failed send
    /// ends the call before reading, and a busy machine may be too slow.
    fn may_lose_the_response(&self) -> bool {
        let sending =
            matches!(self.result, CallResult::Error { phase: Some(phase), .. } if phase == "send");
        self.has(Fault::Reset) || sending || self.timed_out()
    }

    fn timed_out(&self) -> bool {
        self.elapsed >= self.timeout
    }

    fn check_read(&self) -> Result<(), String> {
        let first = self.connections.first();
        let response =
            first.and_then(|first| http::parse_complete(&first.received).filter(|_| !self.tls));
        let reference = self.reference;
        match (response, self.result) {
            (_, CallResult::Ok(body)) if body == reference => Ok(()),
            // A raw request returns whatever body it gets.
            (Some(response), CallResult::Ok(body)) => {
                let is_raw = self.operation.is_raw();
                let same = is_raw && response.status == 200 && response.body == *body;
                same.then_some(())
                    .ok_or_else(|| "a success that is not the response".to_owned())
            }
            (None, CallResult::Ok(_)) => Err("a success without a response".to_owned()),
            (
                _,
                CallResult::Error {
                    outcome: Some(outcome),
                    ..
                },
            ) => Err(format!("a read with the outcome {outcome}")),
            (Some(response), CallResult::Error { class, .. }) if class != "TransportError" => {
                if response.body == reference {
                    return Err(format!("{class}, but the response was correct"));
                }
                is_one_of(class, &[class_of(&response)])
            }
            // Only the first connection gets a fault, so a retry can fail only by running out of
            // time.
            (_, CallResult::Error { class, .. }) => {
                is_one_of(class, &TRANSPORT)?;
                if self.elapsed >= 2 * self.timeout {
                    return Ok(());
                }
                Err(format!("{class}, but the next connection was intact"))
            }
        }
    }

    /// Whether the connection got a byte of the request, including one that the proxy never
    /// received.
    fn byte_sent(&self, traffic: &Traffic) -> ByteSent {
        if has_sent(self.tls, traffic) {
            return ByteSent::Yes;
        }
        if !self.tls {
            // After an immediate reset, the client may not have established the connection.
            let reset = traffic.fault_injected && self.has(Fault::Reset);
            return if reset || self.timed_out() {
                ByteSent::Maybe
            } else {
                ByteSent::Yes
            };
        }
        let received = traffic.received.len();
        let spoiled = traffic.fault_injected && self.spoils_the_handshake(traffic);
        // The client needs the server's part of the handshake to encrypt. The server sends more
        // than that only after the client has finished its own part.
        if received + HANDSHAKE_VARIATION < self.handshake || spoiled {
            ByteSent::No
        } else if received > self.handshake + HANDSHAKE_VARIATION && !self.timed_out() {
            ByteSent::Yes
        } else {
            ByteSent::Maybe
        }
    }

    fn has(&self, fault: Fault) -> bool {
        self.injection.fault == fault
    }

    /// Whether the handshake cannot succeed: each side signs everything it received from the other.
    fn spoils_the_handshake(&self, traffic: &Traffic) -> bool {
        let Injection {
            direction,
            at,
            fault,
            ..
        } = self.injection;
        let handshake = match direction {
            Direction::Request => first_record(&traffic.sent),
            Direction::Response => self.handshake,
        };
        fault == Fault::Garbage && at < handshake
    }
}

/// The size of the signature in the server's part of a handshake varies by this much, in bytes.
const HANDSHAKE_VARIATION: usize = 8;

/// Whether a byte of the request was written to a connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum ByteSent {
    No,
    Maybe,
    Yes,
}

/// Whether the proxy received a byte of the request.
fn has_sent(tls: bool, traffic: &Traffic) -> bool {
    if tls {
        encrypted_records(&traffic.sent) > 1
    } else {
        !traffic.sent.is_empty()
    }
}

const TRANSPORT: [&str; 2] = ["TransportError", "DeadlineExceededError"];

fn is_one_of(class: &str, expected: &[&str]) -> Result<(), String> {
    if expected.contains(&class) {
        return Ok(());
    }
    Err(format!("{class}, not {}", expected.join(" or ")))
}

/// The outcome of a create by its response.
#[derive(Clone, Debug, PartialEq)]
enum Outcome {
    Created,
    Rejected(&'static str),
    Unknown,
}

fn outcome_of(column: Column, order: Order, response: &Response<'_>) -> Outcome {
    let Ok(Value::Object(body)) = serde_json::from_slice(response.body) else {
        return Outcome::Unknown;
    };
    let absent_or =
        |name: &str, expected: String| body.get(name).is_none_or(|value| *value == expected);
    let errors = body.get("errors").and_then(Value::as_object);
    let is_refusal = body.contains_key("message")
        && !body.contains_key("id")
        && !body.contains_key("payment_status")
        && !errors.is_some_and(|errors| errors.contains_key("order_id"));
    match response.status {
        200 if body.contains_key("id")
            && errors.is_none()
            && absent_or("order_id", order.id())
            && absent_or("amount", order.amount()) =>
        {
            Outcome::Created
        }
        400 if is_refusal && errors.is_some_and(|errors| !errors.is_empty()) => {
            Outcome::Rejected("ValidationError")
        }
        401 | 403 | 404 | 422 if is_refusal && column == Column::Payment => {
            Outcome::Rejected(class_of(response))
        }
        _ => Outcome::Unknown,
    }
}

/// The error class of a response that is not the correct one.
fn class_of(response: &Response<'_>) -> &'static str {
    let body: Value = serde_json::from_slice(response.body).unwrap_or_default();
    let has_errors = body.get("errors").is_some_and(|errors| !errors.is_null());
    match response.status {
        200 => "ProtocolError",
        400 if has_errors => "ValidationError",
        401 | 403 => "AuthenticationError",
        404 => "NotFoundError",
        429 => "RateLimitError",
        500..=599 => "ServerError",
        _ => "ApiError",
    }
}
