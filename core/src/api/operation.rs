//! The operation table: the one list of what exists.

use crate::error::{Error, Result};
use crate::schema::account::{AccountInfo, Balance};
use crate::schema::history::{History, HistoryRequest};
use crate::schema::payment::{CreatedPayment, Payment, PaymentRequest};
use crate::schema::payout::{CreatedPayout, Payout, PayoutRequest};
use crate::schema::request::{self, RequestType, unknown_operation};
use crate::types::record_type::RecordType;

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
    pub(crate) shape: Shape,
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

    /// What it takes.
    pub fn takes(&self) -> Takes {
        match self.shape {
            Shape::Create(_) | Shape::History => Takes::Fields,
            Shape::Status(_) => Takes::Order,
            Shape::Balance | Shape::Info => Takes::Nothing,
        }
    }

    /// The type of its request, if it takes fields.
    pub fn request(&self) -> Option<&'static RequestType> {
        match self.shape {
            Shape::Create(Resource::Payment) => Some(PaymentRequest::TYPE),
            Shape::Create(Resource::Payout) => Some(PayoutRequest::TYPE),
            Shape::History => Some(HistoryRequest::TYPE),
            _ => None,
        }
    }

    /// The type of its reply.
    pub fn reply(&self) -> &'static RecordType {
        match self.shape {
            Shape::Balance => Balance::TYPE,
            Shape::Create(Resource::Payment) => CreatedPayment::TYPE,
            Shape::Create(Resource::Payout) => CreatedPayout::TYPE,
            Shape::Status(Resource::Payment) => Payment::TYPE,
            Shape::Status(Resource::Payout) => Payout::TYPE,
            Shape::History => History::TYPE,
            Shape::Info => AccountInfo::TYPE,
        }
    }

    /// The documentation of its method, the same in every language.
    pub fn doc(&self) -> &'static str {
        match self.name {
            "payments.create" => "Creates a payment.",
            "payments.status" => "Returns the status of one payment.",
            "payments.history" => "Returns one page of the history of payments.",
            "payouts.create" => "Creates a payout.",
            "payouts.status" => "Returns the status of one payout.",
            "account.balance" => {
                "Returns the account's balance. The payout certificate signs this call."
            }
            _ => {
                "Returns the account's permissions and services. The payout certificate signs this call."
            }
        }
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
}

/// What an operation takes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Takes {
    /// Nothing.
    Nothing,
    /// An order: `id` or `order_id`.
    Order,
    /// The fields of a request.
    Fields,
}

impl Shape {
    pub(crate) fn creates(self) -> Option<Resource> {
        match self {
            Self::Create(resource) => Some(resource),
            _ => None,
        }
    }
}
