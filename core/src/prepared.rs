//! A request that passed every check: the bytes to sign and send, and what the answer must fit.

use crate::amount::Amount;
use crate::error::Result;
use crate::json::parse_answer;
use crate::operation::{Cert, Resource, Shape};
use crate::order::OrderField;
use crate::reply::{Answer, Reply};

/// One request, ready to be signed.
pub(crate) struct Prepared {
    /// The operation's name, or the path of a raw request.
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) cert: Cert,
    pub(crate) body: Vec<u8>,
    pub(crate) order_id: Option<String>,
    /// None for a read.
    pub(crate) create: Option<Create>,
    /// None for a raw request.
    pub(crate) typed: Option<Typed>,
}

/// What a create is about to move.
pub(crate) struct Create {
    /// The name in the ledger: a raw request to a path of the table is the table's operation.
    pub(crate) operation: String,
    /// Whose column of the outcome table counts.
    pub(crate) resource: Resource,
    pub(crate) amount: Option<Amount>,
    pub(crate) service: Option<String>,
}

/// What a typed call is answered with.
pub(crate) struct Typed {
    pub(crate) shape: Shape,
    pub(crate) asked: Option<OrderField>,
}

impl Prepared {
    pub(crate) fn is_raw(&self) -> bool {
        self.typed.is_none()
    }

    /// Reads a 200.
    pub(crate) fn read_answer(&self, body: Vec<u8>) -> Result<Answer> {
        let Some(Typed { shape, asked }) = &self.typed else {
            return Ok(Answer::Reply(Reply { status: 200, body }));
        };
        let answer = shape.read(parse_answer(&body)?, body)?;
        match asked {
            Some(asked) => asked.check(&answer).map(|()| answer),
            None => Ok(answer),
        }
    }
}
