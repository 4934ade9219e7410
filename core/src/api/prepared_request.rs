//! A request that passed every check: the bytes to sign and send, and what the answer must fit.

use crate::api::operation::{Cert, Operation, Resource, Shape};
use crate::api::response::{Reply, Response};
use crate::error::{Error, Result};
use crate::json::canonical::canonical_json;
use crate::json::parse::parse_response;
use crate::schema::order::{OrderField, order_ref};
use crate::schema::request::{self, refuse_unknown};
use crate::types::amount::Amount;
use crate::types::value::Value;

/// One request, ready to be signed.
pub(crate) struct PreparedRequest {
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

impl PreparedRequest {
    /// Checks the caller's fields and makes the call ready to be signed.
    pub(crate) fn typed(
        operation: &'static Operation,
        fields: Vec<(String, Value)>,
    ) -> Result<PreparedRequest> {
        let (fields, asked) = match (operation.shape, operation.request_fields()) {
            (_, Some(table)) => (request::check(table, fields)?, None),
            (Shape::Status(_), _) => {
                let asked = order_ref(request::given(fields))?;
                let field = (asked.name.to_owned(), Value::Text(asked.value.clone()));
                (vec![field], Some(asked))
            }
            _ => {
                refuse_unknown(&request::given(fields), &[])?;
                (Vec::new(), None)
            }
        };
        let body = Value::Map(fields);
        let asked_for = asked.as_ref().and_then(OrderField::order_id);
        let text = |name| body.get(name).and_then(Value::as_str).map(str::to_owned);
        Ok(PreparedRequest {
            name: operation.name.to_owned(),
            path: operation.path.to_owned(),
            cert: operation.cert,
            body: canonical_json(&body)?,
            order_id: asked_for.or_else(|| text("order_id")),
            create: operation.shape.creates().map(|resource| Create {
                operation: operation.name.to_owned(),
                resource,
                amount: request::amount_of(&body),
                service: text("service"),
            }),
            typed: Some(Typed {
                shape: operation.shape,
                asked,
            }),
        })
    }

    pub(crate) fn is_raw(&self) -> bool {
        self.typed.is_none()
    }

    /// Reads a 200.
    pub(crate) fn read_answer(&self, body: Vec<u8>) -> Result<Response> {
        let Some(Typed { shape, asked }) = &self.typed else {
            return Ok(Response::Reply(Reply { status: 200, body }));
        };
        let answer = Response::read(*shape, parse_response(&body)?, body)?;
        match asked {
            Some(asked) => check_order(asked, &answer).map(|()| answer),
            None => Ok(answer),
        }
    }
}

/// Another order's answer must not pass for this one's.
fn check_order(asked: &OrderField, answer: &Response) -> Result<()> {
    let (id, order_id) = match answer {
        Response::Payment(payment) => (payment.id, &payment.order_id),
        Response::Payout(payout) => (payout.id, &payout.order_id),
        _ => return Ok(()),
    };
    let answered = if asked.name == "id" {
        id.map(|id| id.to_string())
    } else {
        order_id.clone()
    };
    match answered {
        Some(answered) if answered != asked.value => Err(Error::protocol(format!(
            "the answer is about another order: its {} is not the one asked for",
            asked.name
        ))),
        _ => Ok(()),
    }
}
