//! What a call gives: a typed reply, or the bytes that a raw request was answered with.

use crate::api::operation::{Resource, Shape};
use crate::error::{Error, Result};
use crate::json::parse::parse_response;
use crate::schema::account::{AccountInfo, Balance};
use crate::schema::history::History;
use crate::schema::payment::{CreatedPayment, Payment};
use crate::schema::payout::{CreatedPayout, Payout};
use crate::schema::record::Record;
use crate::schema::resolution::{MatchedBy, Resolution};
use crate::types::ledger_row::LedgerRow;
use crate::types::value::Value;
use crate::webhook::notification::Notification;
use crate::webhook::redirect::Redirect;

/// What a call gave.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Response {
    /// What the account may do.
    AccountInfo(Box<AccountInfo>),
    /// A balance.
    Balance(Box<Balance>),
    /// A payment just created.
    CreatedPayment(Box<CreatedPayment>),
    /// A payout just created.
    CreatedPayout(Box<CreatedPayout>),
    /// A page of the history.
    History(Box<History>),
    /// A notification.
    Notification(Box<Notification>),
    /// A payment.
    Payment(Box<Payment>),
    /// What is known of a payment.
    PaymentResolution(Box<Resolution<Payment>>),
    /// A payout.
    Payout(Box<Payout>),
    /// What is known of a payout.
    PayoutResolution(Box<Resolution<Payout>>),
    /// A redirect.
    Redirect(Box<Redirect>),
    /// Rows of the ledger.
    Rows(Vec<LedgerRow>),
    /// The answer to a raw request.
    Reply(Reply),
}

impl Response {
    /// Reads the answer of a 200.
    pub(crate) fn read(shape: Shape, value: Value, body: Vec<u8>) -> Result<Response> {
        Ok(match shape {
            Shape::Balance => Response::Balance(Box::new(Balance::read(value, body)?)),
            Shape::Create(Resource::Payment) => {
                Response::CreatedPayment(Box::new(CreatedPayment::read(value, body)?))
            }
            Shape::Create(Resource::Payout) => {
                Response::CreatedPayout(Box::new(CreatedPayout::read(value, body)?))
            }
            Shape::Status(Resource::Payment) => {
                Response::Payment(Box::new(Payment::read(value, body)?))
            }
            Shape::Status(Resource::Payout) => {
                Response::Payout(Box::new(Payout::read(value, body)?))
            }
            Shape::History => Response::History(Box::new(History::read(value, body)?)),
            Shape::Info => Response::AccountInfo(Box::new(AccountInfo::read(value, body)?)),
        })
    }

    /// The typed reply, whatever its type: what a binding makes its object from. None for a raw reply.
    pub fn record(&self) -> Option<Record<'_>> {
        match self {
            Self::AccountInfo(info) => Some(info.record(None)),
            Self::Balance(balance) => Some(balance.record(None)),
            Self::History(history) => Some(history.record(None)),
            Self::CreatedPayment(payment) => Some(payment.record(Some(payment.is_final()))),
            Self::CreatedPayout(payout) => Some(payout.record(Some(payout.is_final()))),
            Self::Payment(payment) => Some(payment.record(Some(payment.is_final()))),
            Self::Payout(payout) => Some(payout.record(Some(payout.is_final()))),
            Self::Notification(event) => Some(Record {
                details: vec![
                    ("variant", event.variant.to_string()),
                    ("digest", event.digest.as_str().to_owned()),
                ],
                ..event.record(Some(event.is_final()))
            }),
            Self::Redirect(redirect) => Some(Record {
                details: vec![("digest", redirect.digest.as_str().to_owned())],
                ..redirect.record(None)
            }),
            _ => None,
        }
    }

    /// The resolution without its type: what a binding makes its object from.
    pub fn resolution(&self) -> Option<ResolutionView<'_>> {
        match self {
            Self::PaymentResolution(resolution) => Some(ResolutionView {
                found: resolution.found,
                status: resolution
                    .status
                    .as_ref()
                    .map(|payment| payment.record(Some(payment.is_final()))),
                matched_by: resolution.matched_by,
            }),
            Self::PayoutResolution(resolution) => Some(ResolutionView {
                found: resolution.found,
                status: resolution
                    .status
                    .as_ref()
                    .map(|payout| payout.record(Some(payout.is_final()))),
                matched_by: resolution.matched_by,
            }),
            _ => None,
        }
    }
}

/// A [`Resolution`] whatever it is about.
#[non_exhaustive]
pub struct ResolutionView<'a> {
    /// Whether the provider has the order that was sent.
    pub found: bool,
    /// The last status that the provider answered with.
    pub status: Option<Record<'a>>,
    /// How the order was recognised.
    pub matched_by: Option<MatchedBy>,
}

/// The answer to a raw request: a 200, and its bytes.
#[derive(Clone)]
#[non_exhaustive]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body, at most 1 MiB.
    pub body: Vec<u8>,
}

impl Reply {
    /// The body read as JSON: integers of 64 bits as such, every other number with its digits.
    ///
    /// # Errors
    /// [`Protocol`](crate::ErrorKind::Protocol) when it is not JSON, or nests deeper than 64 levels.
    pub fn json(&self) -> Result<Value> {
        parse_response(&self.body)
    }
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

pub(crate) fn unexpected(answer: &Response) -> Error {
    Error::internal(format!("an answer of another operation: {answer:?}"))
}
