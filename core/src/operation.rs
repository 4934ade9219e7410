//! The operation table: the one list of what exists, and what each call needs before it is sent.

use crate::account::{AccountInfo, Balance};
use crate::canonical::{Value, canonical_json};
use crate::error::{Error, Result};
use crate::history::{History, HistoryRequest};
use crate::order::{OrderField, order_ref};
use crate::payment::{CreatedPayment, Payment, PaymentRequest};
use crate::payout::{CreatedPayout, Payout, PayoutRequest};
use crate::prepared::{Create, Prepared, Typed};
use crate::reply::Answer;
use crate::request;

/// Which certificate signs a call.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Cert {
    /// The certificate for payments.
    Payment,
    /// The certificate for payouts; the account's calls use it too.
    Payout,
}

impl Cert {
    /// `"payment"` or `"payout"`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Payout => "payout",
        }
    }
}

/// Reads `"payment"` or `"payout"`.
impl std::str::FromStr for Cert {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "payment" => Ok(Self::Payment),
            "payout" => Ok(Self::Payout),
            _ => Err(Error::invalid_argument(
                "cert",
                "cert",
                "cert: use \"payment\" or \"payout\"",
            )),
        }
    }
}

/// Whether a call can move money.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// It creates a payment or payout: never sent twice.
    Create,
    /// It only asks: sent again after a passing fault.
    Read,
}

/// What a create creates and a status tells of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Resource {
    Payment,
    Payout,
}

impl Resource {
    /// The name that its operations begin with.
    pub(crate) const fn prefix(self) -> &'static str {
        match self {
            Self::Payment => "payments",
            Self::Payout => "payouts",
        }
    }
}

/// A row of the table.
#[derive(Debug)]
pub struct Operation {
    /// The name in every language: `"payouts.status"`.
    pub name: &'static str,
    /// The path below the base URL.
    pub path: &'static str,
    /// The certificate that signs it.
    pub cert: Cert,
    /// Whether it can move money.
    pub kind: Kind,
    /// What it takes and gives.
    shape: Shape,
}

/// What a typed call takes and gives.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Shape {
    /// Nothing in, a balance out.
    Balance,
    /// A request in, what it created out.
    Create(Resource),
    /// One of `id` and `order_id` in, the payment or payout out.
    Status(Resource),
    /// A page's number in, a page of the history out.
    History,
    /// Nothing in, what the account may do out.
    Info,
}

/// Everything the provider offers.
pub static OPERATIONS: [Operation; 7] = [
    row(
        "payments.create",
        "v1/payment",
        Cert::Payment,
        Kind::Create,
        Shape::Create(Resource::Payment),
    ),
    row(
        "payments.status",
        "v1/payment/status",
        Cert::Payment,
        Kind::Read,
        Shape::Status(Resource::Payment),
    ),
    row(
        "payments.history",
        "v1/payment/history",
        Cert::Payment,
        Kind::Read,
        Shape::History,
    ),
    row(
        "payouts.create",
        "v1/payout",
        Cert::Payout,
        Kind::Create,
        Shape::Create(Resource::Payout),
    ),
    row(
        "payouts.status",
        "v1/payout/status",
        Cert::Payout,
        Kind::Read,
        Shape::Status(Resource::Payout),
    ),
    row(
        "account.balance",
        "v1/account/balance",
        Cert::Payout,
        Kind::Read,
        Shape::Balance,
    ),
    row(
        "account.info",
        "v1/account/info",
        Cert::Payout,
        Kind::Read,
        Shape::Info,
    ),
];

const fn row(
    name: &'static str,
    path: &'static str,
    cert: Cert,
    kind: Kind,
    shape: Shape,
) -> Operation {
    Operation {
        name,
        path,
        cert,
        kind,
        shape,
    }
}

impl Operation {
    /// The typed operation of that name.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) when there is none.
    pub fn named(name: &str) -> Result<&'static Self> {
        OPERATIONS
            .iter()
            .find(|operation| operation.name == name)
            .ok_or_else(unknown_operation)
    }

    /// The operation at this path.
    pub(crate) fn at(path: &str) -> Option<&'static Self> {
        OPERATIONS.iter().find(|operation| operation.path == path)
    }

    /// The fields of the request, for an operation that has more than a name in it.
    pub fn request_fields(&self) -> Option<&'static [request::RequestField]> {
        match self.shape {
            Shape::Create(Resource::Payment) => Some(PaymentRequest::FIELDS),
            Shape::Create(Resource::Payout) => Some(PayoutRequest::FIELDS),
            Shape::History => Some(HistoryRequest::FIELDS),
            _ => None,
        }
    }

    /// Checks the caller's fields and makes the call ready to be signed.
    pub(crate) fn prepare(&'static self, fields: Vec<(String, Value)>) -> Result<Prepared> {
        let (fields, asked) = match (self.shape, self.request_fields()) {
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
        Ok(Prepared {
            name: self.name.to_owned(),
            path: self.path.to_owned(),
            cert: self.cert,
            body: canonical_json(&body)?,
            order_id: asked_for.or_else(|| text("order_id")),
            create: self.shape.creates().map(|resource| Create {
                operation: self.name.to_owned(),
                resource,
                amount: request::amount_of(&body),
                service: text("service"),
            }),
            typed: Some(Typed {
                shape: self.shape,
                asked,
            }),
        })
    }
}

impl Shape {
    fn creates(self) -> Option<Resource> {
        match self {
            Self::Create(resource) => Some(resource),
            _ => None,
        }
    }

    /// Reads the answer of a 200.
    pub(crate) fn read(self, value: Value, body: Vec<u8>) -> Result<Answer> {
        Ok(match self {
            Self::Balance => Answer::Balance(Box::new(Balance::read(value, body)?)),
            Self::Create(Resource::Payment) => {
                Answer::CreatedPayment(Box::new(CreatedPayment::read(value, body)?))
            }
            Self::Create(Resource::Payout) => {
                Answer::CreatedPayout(Box::new(CreatedPayout::read(value, body)?))
            }
            Self::Status(Resource::Payment) => {
                Answer::Payment(Box::new(Payment::read(value, body)?))
            }
            Self::Status(Resource::Payout) => Answer::Payout(Box::new(Payout::read(value, body)?)),
            Self::History => Answer::History(Box::new(History::read(value, body)?)),
            Self::Info => Answer::AccountInfo(Box::new(AccountInfo::read(value, body)?)),
        })
    }
}

pub(crate) fn unknown_operation() -> Error {
    request::refused("operation", "unknown", "there is no such operation")
}

pub(crate) fn refuse_unknown(fields: &[(String, Value)], known: &[&str]) -> Result<()> {
    let unknown = |(name, _): &&(String, Value)| !known.contains(&name.as_str());
    match fields.iter().find(unknown) {
        Some((name, _)) => {
            let name = request::shortened(name);
            Err(request::refused(
                &name,
                "unknown",
                "this operation has no such field",
            ))
        }
        None => Ok(()),
    }
}
