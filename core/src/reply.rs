//! What a call gives: a typed reply, or the bytes that a raw request was answered with.

use crate::account::Balance;
use crate::canonical::Value;
use crate::error::Result;
use crate::json::parse_answer;
use crate::payment::Payment;
use crate::payout::Payout;
use crate::record::Record;

/// What a call gave.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Answer {
    /// A balance.
    Balance(Box<Balance>),
    /// A payment.
    Payment(Box<Payment>),
    /// A payout.
    Payout(Box<Payout>),
    /// The answer to a raw request.
    Reply(Reply),
}

impl Answer {
    /// The typed reply, whatever its type: what a binding makes its object from. None for a raw reply.
    pub fn record(&self) -> Option<Record<'_>> {
        match self {
            Self::Balance(balance) => Some(balance.record(None)),
            Self::Payment(payment) => Some(payment.record(Some(payment.is_final()))),
            Self::Payout(payout) => Some(payout.record(Some(payout.is_final()))),
            Self::Reply(_) => None,
        }
    }
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
        parse_answer(&self.body)
    }
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
