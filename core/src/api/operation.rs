//! The operation table: the one list of the provider's operations.

use crate::api::response::{ReadBody, Response};
use crate::error::{Error, Result};
use crate::schema::check::unknown_operation;
use crate::schema::record::{Field, RecordType};
use crate::schema::request::{RequestField, RequestType};
use crate::schema::{Payment, Payout};

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
    /// It creates a payment or payout. It is sent at most once.
    Create,
    /// It only reads. It is retried after a transient error.
    Read,
}

/// The resource that a create creates and a status reports.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Resource {
    Payment,
    Payout,
}

/// The arguments of an operation.
#[derive(Clone, Copy, Debug)]
pub enum Input {
    /// Nothing.
    Nothing,
    /// Exactly one of `id` and `order_id`.
    Order,
    /// The fields of a request.
    Fields(&'static RequestType),
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
    /// The resource that it creates, if it is a create.
    pub creates: Option<Resource>,
    /// Its arguments.
    pub input: Input,
    /// The type of its reply.
    pub reply: &'static RecordType,
    /// The documentation of its method, in lines, without an example.
    pub doc: &'static [&'static str],
    /// The provider's page that describes it.
    pub source: &'static str,
    pub(crate) read: ReadBody,
}

/// The rows, handed to the macro `$then`: here to [`operations`], in `client/operations.rs` to the
/// one that makes the methods.
///
/// A row is its documentation, the name of its constant, the resource and the method, the path, the
/// certificate, the kind, the input, the reply, and the provider's page.
macro_rules! for_each_operation {
    ($then:ident) => {
        $then! {
            /// Creates a payment. It is sent at most once, whatever happens.
            PAYMENTS_CREATE = payments.create, "v1/payment", Payment, Create(Payment),
                Fields(PaymentRequest) => CreatedPayment, "the payment creation page";
            /// Returns the status of one payment. With a ledger it settles the row of its order.
            PAYMENTS_STATUS = payments.status, "v1/payment/status", Payment, Read,
                Order => Payment, "the payment status page";
            /// Returns one page of the history of payments.
            PAYMENTS_HISTORY = payments.history, "v1/payment/history", Payment, Read,
                Fields(HistoryRequest) => History, "the payment history page";
            /// Creates a payout. It is sent at most once, whatever happens.
            PAYOUTS_CREATE = payouts.create, "v1/payout", Payout, Create(Payout),
                Fields(PayoutRequest) => CreatedPayout, "the payout creation page";
            /// Returns the status of one payout. With a ledger it settles the row of its order.
            PAYOUTS_STATUS = payouts.status, "v1/payout/status", Payout, Read,
                Order => Payout, "the payout status page";
            /// Returns the account's balance. The payout certificate signs it, as the provider
            /// warns.
            ACCOUNT_BALANCE = account.balance, "v1/account/balance", Payout, Read,
                Nothing => Balance, "the account balance page";
            /// Returns what the account may do. The payout certificate signs it, as the provider
            /// warns.
            ACCOUNT_INFO = account.info, "v1/account/info", Payout, Read,
                Nothing => AccountInfo,
                "the account information page, which exists in the older documentation only";
        }
    };
}
pub(crate) use for_each_operation;

/// Makes the table of the rows.
macro_rules! operations {
    ($(
        $(#[doc = $doc:literal])*
        $constant:ident = $resource:ident.$method:ident, $path:literal, $cert:ident,
            $kind:ident $(($creates:ident))?,
            $input:ident $(($request:ident))? => $reply:ident, $source:literal;
    )*) => {
        $(
            pub(crate) static $constant: Operation = Operation {
                name: concat!(stringify!($resource), ".", stringify!($method)),
                path: $path,
                cert: Cert::$cert,
                kind: Kind::$kind,
                creates: operations!(@creates $($creates)?),
                input: Input::$input $(($crate::schema::$request::TYPE))?,
                reply: $crate::schema::$reply::TYPE,
                doc: &[$($doc),*],
                source: $source,
                read: |value, body| Ok(Response::from($crate::schema::$reply::read(value, body)?)),
            };
        )*

        /// Every operation of the provider that this library knows.
        pub static OPERATIONS: &[&Operation] = &[$(&$constant),*];
    };
    (@creates $resource:ident) => { Some(Resource::$resource) };
    (@creates) => { None };
}
for_each_operation!(operations);

impl Operation {
    /// The operation with this name.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) if there is none.
    pub fn named(name: &str) -> Result<&'static Self> {
        OPERATIONS
            .iter()
            .copied()
            .find(|operation| operation.name == name)
            .ok_or_else(unknown_operation)
    }

    /// The operation at this path.
    pub(crate) fn at(path: &str) -> Option<&'static Self> {
        OPERATIONS
            .iter()
            .copied()
            .find(|operation| operation.path == path)
    }

    /// What it reports the status of, if it is the status of one order.
    pub(crate) fn reports(&self) -> Option<Resource> {
        [Resource::Payment, Resource::Payout]
            .into_iter()
            .find(|resource| resource.status().name == self.name)
    }

    /// The fields of its request, if it has any besides the order.
    pub fn request_fields(&self) -> Option<&'static [RequestField]> {
        match self.input {
            Input::Fields(request) => Some(request.fields),
            Input::Nothing | Input::Order => None,
        }
    }
}

impl Resource {
    /// The operation that returns its status.
    pub(crate) fn status(self) -> &'static Operation {
        match self {
            Self::Payment => &PAYMENTS_STATUS,
            Self::Payout => &PAYOUTS_STATUS,
        }
    }

    /// The operation that creates it.
    pub(crate) fn create(self) -> &'static Operation {
        match self {
            Self::Payment => &PAYMENTS_CREATE,
            Self::Payout => &PAYOUTS_CREATE,
        }
    }

    /// The fields of its status.
    pub(crate) fn status_fields(self) -> &'static [Field] {
        match self {
            Self::Payment => Payment::FIELDS,
            Self::Payout => Payout::FIELDS,
        }
    }

    /// The name of the call that determines the outcome of a create.
    pub(crate) fn resolve(self) -> &'static str {
        match self {
            Self::Payment => "payments.resolve",
            Self::Payout => "payouts.resolve",
        }
    }

    /// The name of the call that waits for a final status.
    pub(crate) fn wait(self) -> &'static str {
        match self {
            Self::Payment => "payments.wait",
            Self::Payout => "payouts.wait",
        }
    }
}
