//! Prepared requests: checked, with the bytes to sign and send, and the values that the response
//! must match.

use std::borrow::Cow;

use crate::api::operation::{Cert, Input, Operation, Resource};
use crate::api::response::FromBody;
use crate::error::{Error, Result};
use crate::json::canonical::canonical_json;
use crate::json::parse::parse_response;
use crate::schema::check::{self, refuse_unknown};
use crate::schema::order::{OrderField, order_ref};
use crate::types::amount::Amount;
use crate::types::value::Value;

/// A request that passed every check and is ready to be signed.
pub(crate) struct PreparedRequest {
    pub(crate) path: Cow<'static, str>,
    pub(crate) cert: Cert,
    pub(crate) body: Vec<u8>,
    /// None for a read.
    pub(crate) create: Option<Create>,
    /// None for a raw request.
    pub(crate) operation: Option<&'static Operation>,
    /// The order that the response to a status must report.
    pub(crate) expected_order: Option<OrderField>,
}

/// What a create sends, for its outcome and for the ledger.
pub(crate) struct Create {
    /// The name in the ledger. A raw request to the path of an operation has the operation's name.
    pub(crate) operation: Cow<'static, str>,
    /// The resource whose outcome rules apply.
    pub(crate) resource: Resource,
    pub(crate) order_id: Option<String>,
    pub(crate) amount: Option<Amount>,
    pub(crate) service: Option<String>,
    /// The recipient's number.
    pub(crate) number: Option<String>,
}

impl PreparedRequest {
    /// Checks the caller's fields and encodes the body.
    pub(crate) fn new(
        operation: &'static Operation,
        fields: Vec<(String, Value)>,
    ) -> Result<PreparedRequest> {
        let mut expected_order = None;
        let fields = match operation.input {
            Input::Fields(request) => check::check(request.fields, fields)?,
            Input::Order => {
                let order = order_ref(fields)?;
                let field = (order.name.to_owned(), Value::Text(order.value.clone()));
                expected_order = Some(order);
                vec![field]
            }
            Input::Nothing => {
                refuse_unknown(&check::non_null(fields), &[])?;
                Vec::new()
            }
        };
        let body = Value::Map(fields);
        let create = operation
            .creates
            .map(|resource| Create::new(operation.name.into(), resource, &body));
        Ok(PreparedRequest {
            path: operation.path.into(),
            cert: operation.cert,
            body: canonical_json(&body)?,
            create,
            operation: Some(operation),
            expected_order,
        })
    }

    pub(crate) fn is_raw(&self) -> bool {
        self.operation.is_none()
    }

    /// Whether the body has the form of a response to this request, about any order: it can be
    /// read, and has a field of the reply.
    pub(crate) fn is_response(&self, body: &[u8]) -> bool {
        let Ok(value) = parse_response(body) else {
            return false;
        };
        let operation = self.operation.or_else(|| Operation::at(&self.path));
        operation.is_none_or(|operation| {
            let mut fields = operation.reply.fields.iter();
            fields.any(|field| value.get(field.name).is_some())
                && (operation.read)(value, Vec::new()).is_ok()
        })
    }

    /// Reads the body of a 200.
    pub(crate) fn read_body<R: FromBody>(&self, body: Vec<u8>) -> Result<R> {
        let response = R::from_body(self.operation.map(|operation| operation.read), body)?;
        if let Some(expected) = &self.expected_order {
            check_order(expected, &response)?;
        }
        Ok(response)
    }
}

impl Create {
    pub(crate) fn new(operation: Cow<'static, str>, resource: Resource, body: &Value) -> Self {
        let mut create = Self {
            operation,
            resource,
            order_id: None,
            amount: None,
            service: None,
            number: None,
        };
        if let Value::Map(members) = body {
            for member in members {
                match member {
                    (name, Value::Text(text)) if name == "order_id" => {
                        create.order_id = Some(text.clone());
                    }
                    (name, amount) if name == "amount" => {
                        create.amount = Amount::from_value(amount);
                    }
                    (name, Value::Text(text)) if name == "service" => {
                        create.service = Some(text.clone());
                    }
                    (name, Value::Text(number) | Value::Decimal(number)) if name == "number" => {
                        create.number = Some(number.clone());
                    }
                    (name, Value::Integer(number)) if name == "number" => {
                        create.number = Some(number.to_string());
                    }
                    _ => {}
                }
            }
        }
        create
    }
}

/// Refuses a response about another order.
fn check_order(expected: &OrderField, response: &impl FromBody) -> Result<()> {
    let Some(order) = response.order_status() else {
        return Ok(());
    };
    let reported = if expected.name == "id" {
        order.id().map(|id| Cow::from(id.to_string()))
    } else {
        order.order_id().map(Cow::from)
    };
    match reported {
        Some(reported) if reported != expected.value => Err(Error::protocol(format!(
            "the response is about another order: its {} is not the requested one",
            expected.name
        ))),
        _ => Ok(()),
    }
}
