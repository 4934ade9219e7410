//! The results of calls: typed replies, and the bodies of responses to raw requests.

use std::any::Any;
use std::sync::Arc;

use crate::error::{Result, Support};
use crate::json::parse::parse_response;
use crate::schema::order::OrderStatus;
use crate::schema::record::{Field, Record, TypedReply};
use crate::schema::resolution::{MatchedBy, Resolution};
use crate::types::value::Value;
use crate::webhook::notification::Notification;
use crate::webhook::redirect::Redirect;

/// Reads a reply from the JSON and the bytes of a body.
pub(crate) type ReadBody = fn(Value, Vec<u8>) -> Result<Response>;

/// A type that is read from the body of a 200.
pub trait FromBody: Sized {
    /// Reads the body. `read` is the operation's reader; a raw request has none.
    ///
    /// # Errors
    /// [`Protocol`](crate::ErrorKind::Protocol) if the body is not a response of the operation.
    fn from_body(read: Option<ReadBody>, body: Vec<u8>) -> Result<Self>;

    /// The order whose status it reports, if it is a status.
    fn order_status(&self) -> Option<&dyn OrderStatus>;

    /// The bytes of the response to a raw request.
    fn raw_body(&self) -> Option<&[u8]> {
        None
    }

    /// Names the order of a create, whose response may not name it.
    fn set_order_id(&mut self, _sent: &str) {}

    /// Adds the record for the provider's support.
    fn set_support(&mut self, support: Support);
}

impl<T: TypedReply> FromBody for T {
    fn from_body(_: Option<ReadBody>, body: Vec<u8>) -> Result<Self> {
        T::read(parse_response(&body)?, body)
    }

    fn order_status(&self) -> Option<&dyn OrderStatus> {
        TypedReply::order(self)
    }

    fn set_order_id(&mut self, sent: &str) {
        TypedReply::set_order_id(self, sent);
    }

    fn set_support(&mut self, support: Support) {
        TypedReply::set_support(self, support);
    }
}

/// The reply to a raw request: the status and the bytes of the body.
///
/// ```no_run
/// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
/// use alikassa::{Cert, RawRequest, Value};
/// let request = RawRequest::read("v1/account/balance", Value::Map(Vec::new()), Cert::Payout);
/// println!("{:?}", client.request(request)?.json()?.get("balance"));
/// # Ok(()) }
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Reply {
    /// The HTTP status: 200.
    pub status: u16,
    /// The body, at most 1 MiB.
    pub body: Vec<u8>,
    support: Option<Support>,
}

impl Reply {
    /// Parses the body as JSON. 64-bit integers are [`Value::Integer`], other numbers keep their
    /// digits in [`Value::Decimal`].
    ///
    /// # Errors
    /// [`Protocol`](crate::ErrorKind::Protocol) if it is not JSON, or is nested deeper than 64
    /// levels.
    pub fn json(&self) -> Result<Value> {
        parse_response(&self.body)
    }

    /// What was sent and received, for the provider's support.
    pub fn support(&self) -> Option<&Support> {
        self.support.as_ref()
    }
}

impl FromBody for Reply {
    fn from_body(_: Option<ReadBody>, body: Vec<u8>) -> Result<Self> {
        Ok(Self {
            status: 200,
            body,
            support: None,
        })
    }

    fn order_status(&self) -> Option<&dyn OrderStatus> {
        None
    }

    fn raw_body(&self) -> Option<&[u8]> {
        Some(&self.body)
    }

    fn set_support(&mut self, support: Support) {
        self.support = Some(support);
    }
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// The result of a call by name.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Response {
    /// The typed reply of an operation.
    Record(Arc<dyn TypedReply>),
    /// A notification.
    Notification(Box<Notification>),
    /// A redirect.
    Redirect(Box<Redirect>),
    /// The resolution of an order, with the fields that its status has.
    Resolution(Box<Resolution<Response>>, &'static [Field]),
    /// The reply to a raw request.
    Reply(Reply),
}

impl Response {
    /// The typed reply as data, from which a binding creates its object. None for a raw reply.
    pub fn record(&self) -> Option<Record<'_>> {
        match self {
            Self::Record(reply) => Some(TypedReply::record(&**reply)),
            Self::Notification(event) => Some(Record {
                details: vec![
                    ("variant", event.variant.to_string()),
                    ("digest", event.digest.as_str().to_owned()),
                ],
                ..event.record()
            }),
            Self::Redirect(redirect) => Some(Record {
                details: vec![("digest", redirect.digest.as_str().to_owned())],
                ..redirect.record()
            }),
            Self::Resolution(..) | Self::Reply(_) => None,
        }
    }

    /// The resolution as data, from which a binding creates its object.
    pub fn resolution(&self) -> Option<ResolutionView<'_>> {
        match self {
            Self::Resolution(resolution, status_fields) => Some(ResolutionView {
                found: resolution.found,
                status: resolution.status.as_ref().and_then(Self::record),
                status_fields,
                matched_by: resolution.matched_by,
                other_id: resolution.other_id,
            }),
            _ => None,
        }
    }

    /// What was sent and received, for the provider's support: of a resolution that of its status.
    pub fn support(&self) -> Option<&Support> {
        match self {
            Self::Record(reply) => TypedReply::support(&**reply),
            Self::Resolution(resolution, _) => resolution.status.as_ref()?.support(),
            Self::Reply(reply) => reply.support(),
            Self::Notification(_) | Self::Redirect(_) => None,
        }
    }

    /// The reply of type `T`, if it is one.
    pub(crate) fn downcast_ref<T: TypedReply>(&self) -> Option<&T> {
        match self {
            Self::Record(reply) => {
                let reply: &dyn Any = &**reply;
                reply.downcast_ref()
            }
            _ => None,
        }
    }
}

impl<T: TypedReply> From<T> for Response {
    fn from(reply: T) -> Self {
        Self::Record(Arc::new(reply))
    }
}

impl<T: TypedReply> From<Resolution<T>> for Response {
    fn from(resolution: Resolution<T>) -> Self {
        let resolution = Resolution {
            found: resolution.found,
            status: resolution.status.map(Self::from),
            matched_by: resolution.matched_by,
            other_id: resolution.other_id,
        };
        Self::Resolution(Box::new(resolution), T::fields())
    }
}

impl FromBody for Response {
    fn from_body(read: Option<ReadBody>, body: Vec<u8>) -> Result<Self> {
        match read {
            Some(read) => read(parse_response(&body)?, body),
            None => Reply::from_body(None, body).map(Self::Reply),
        }
    }

    fn order_status(&self) -> Option<&dyn OrderStatus> {
        match self {
            Self::Record(reply) => TypedReply::order(&**reply),
            _ => None,
        }
    }

    fn raw_body(&self) -> Option<&[u8]> {
        match self {
            Self::Reply(reply) => reply.raw_body(),
            _ => None,
        }
    }

    fn set_order_id(&mut self, sent: &str) {
        if let Self::Record(reply) = self
            && let Some(reply) = Arc::get_mut(reply)
        {
            reply.set_order_id(sent);
        }
    }

    fn set_support(&mut self, support: Support) {
        match self {
            Self::Record(reply) => {
                if let Some(reply) = Arc::get_mut(reply) {
                    reply.set_support(support);
                }
            }
            Self::Reply(reply) => reply.set_support(support),
            Self::Notification(_) | Self::Redirect(_) | Self::Resolution(..) => {}
        }
    }
}

/// A [`Resolution`] of any kind of order.
#[non_exhaustive]
pub struct ResolutionView<'a> {
    /// Whether the provider has the order that was sent.
    pub found: bool,
    /// The last status that the provider reported.
    pub status: Option<Record<'a>>,
    /// The fields of a status.
    pub status_fields: &'static [Field],
    /// How the order was recognised.
    pub matched_by: Option<MatchedBy>,
    /// The id of another payment or payout with the `order_id`.
    pub other_id: Option<i64>,
}
