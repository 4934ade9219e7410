//! The operation table: the one list of what exists, and what each call needs before it is sent.

use crate::account::Balance;
use crate::canonical::{Value, canonical_json};
use crate::error::{Error, Result};
use crate::json::parse_answer;
use crate::order::{OrderField, order_ref};
use crate::payment::Payment;
use crate::payout::Payout;
use crate::reply::{Answer, Reply};

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
enum Shape {
    /// Nothing in, a balance out.
    Balance,
    /// One of `id` and `order_id` in, a payment out.
    PaymentStatus,
    /// One of `id` and `order_id` in, a payout out.
    PayoutStatus,
    /// Reached by [`Client::request`](crate::Client::request) alone.
    Raw,
}

/// Everything the provider offers.
pub static OPERATIONS: [Operation; 7] = [
    row(
        "payments.create",
        "v1/payment",
        Cert::Payment,
        Kind::Create,
        Shape::Raw,
    ),
    row(
        "payments.status",
        "v1/payment/status",
        Cert::Payment,
        Kind::Read,
        Shape::PaymentStatus,
    ),
    row(
        "payments.history",
        "v1/payment/history",
        Cert::Payment,
        Kind::Read,
        Shape::Raw,
    ),
    row(
        "payouts.create",
        "v1/payout",
        Cert::Payout,
        Kind::Create,
        Shape::Raw,
    ),
    row(
        "payouts.status",
        "v1/payout/status",
        Cert::Payout,
        Kind::Read,
        Shape::PayoutStatus,
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
        Shape::Raw,
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
            .find(|operation| operation.name == name && operation.shape != Shape::Raw)
            .ok_or_else(|| {
                Error::invalid_argument(
                    "operation",
                    "unknown",
                    "operation: there is no such operation",
                )
            })
    }

    /// Checks the caller's fields and makes the call ready to be signed.
    pub(crate) fn prepare(&'static self, fields: Vec<(String, Value)>) -> Result<Prepared> {
        let fields = given(fields);
        let (fields, asked) = match self.shape {
            Shape::PaymentStatus | Shape::PayoutStatus => {
                let asked = order_ref(fields)?;
                (
                    vec![(asked.name.to_owned(), Value::Text(asked.value.clone()))],
                    Some(asked),
                )
            }
            Shape::Balance | Shape::Raw => {
                refuse_unknown(&fields, &[])?;
                (Vec::new(), None)
            }
        };
        Ok(Prepared {
            name: self.name.to_owned(),
            path: self.path.to_owned(),
            cert: self.cert,
            body: canonical_json(&Value::Map(fields))?,
            order_id: asked.as_ref().and_then(OrderField::order_id),
            form: Form::Typed {
                shape: self.shape,
                asked,
            },
        })
    }
}

/// A raw request: any path of the provider, a body as given.
///
/// ```no_run
/// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
/// use alikassa::{Cert, RawRequest, Value};
/// let body = Value::from([("id", "100000536")]);
/// let reply = client.request(RawRequest::read("v1/payout/status", body, Cert::Payout))?;
/// assert_eq!(reply.status, 200);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct RawRequest {
    path: String,
    body: Value,
    cert: Cert,
    read: bool,
}

impl RawRequest {
    /// A request that only asks, and so may be sent again after a passing fault.
    pub fn read(path: impl Into<String>, body: Value, cert: Cert) -> Self {
        Self {
            path: path.into(),
            body,
            cert,
            read: true,
        }
    }

    /// A request that says by itself whether it only asks.
    pub fn new(path: impl Into<String>, body: Value, cert: Cert, read: bool) -> Self {
        Self {
            path: path.into(),
            body,
            cert,
            read,
        }
    }

    pub(crate) fn prepare(self) -> Result<Prepared> {
        check_path(&self.path)?;
        let row = OPERATIONS
            .iter()
            .find(|operation| operation.path == self.path);
        let creates = row.map_or(!self.read, |operation| operation.kind == Kind::Create);
        if creates && self.read {
            let message = format!("read: {} creates, and a create is never a read", self.path);
            return Err(Error::invalid_argument("read", "create", message));
        }
        if creates {
            let message = format!(
                "read: {} can create; this version sends reads only",
                self.path
            );
            return Err(Error::invalid_argument("read", "create", message));
        }
        Ok(Prepared {
            name: self.path.clone(),
            order_id: self
                .body
                .get("order_id")
                .and_then(Value::as_str)
                .map(str::to_owned),
            body: canonical_json(&self.body)?,
            path: self.path,
            cert: self.cert,
            form: Form::Raw,
        })
    }
}

/// A call that passed every check: the bytes to sign and send, and what the answer must fit.
pub(crate) struct Prepared {
    /// The operation's name, or the path of a raw request.
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) cert: Cert,
    pub(crate) body: Vec<u8>,
    pub(crate) order_id: Option<String>,
    form: Form,
}

enum Form {
    Typed {
        shape: Shape,
        asked: Option<OrderField>,
    },
    Raw,
}

impl Prepared {
    /// The error, naming this call.
    pub(crate) fn name_in(&self, error: Error) -> Error {
        error.with_call(&self.name, self.order_id.as_deref())
    }

    pub(crate) fn is_raw(&self) -> bool {
        matches!(self.form, Form::Raw)
    }

    /// Reads a 200.
    pub(crate) fn read_answer(&self, body: Vec<u8>) -> Result<Answer> {
        let Form::Typed { shape, asked } = &self.form else {
            return Ok(Answer::Reply(Reply { status: 200, body }));
        };
        let value = parse_answer(&body)?;
        let answer = match shape {
            Shape::PaymentStatus => Answer::Payment(Box::new(Payment::read(value, body)?)),
            Shape::PayoutStatus => Answer::Payout(Box::new(Payout::read(value, body)?)),
            Shape::Balance => Answer::Balance(Box::new(Balance::read(value, body)?)),
            Shape::Raw => Answer::Reply(Reply { status: 200, body }),
        };
        match asked {
            Some(asked) => asked.check(&answer).map(|()| answer),
            None => Ok(answer),
        }
    }
}

/// Leaves out what the caller passed as null: in a typed call that is a field not given.
fn given(fields: Vec<(String, Value)>) -> Vec<(String, Value)> {
    fields
        .into_iter()
        .filter(|(_, value)| *value != Value::Null)
        .collect()
}

pub(crate) fn refuse_unknown(fields: &[(String, Value)], known: &[&str]) -> Result<()> {
    match fields
        .iter()
        .find(|(name, _)| !known.contains(&name.as_str()))
    {
        Some((name, _)) => {
            let name: String = name.chars().take(64).collect();
            let message = format!("{name}: this operation has no such field");
            Err(Error::invalid_argument(name, "unknown", message))
        }
        None => Ok(()),
    }
}

/// `^v[0-9]+(/[a-z0-9_-]+)+$`: nothing that could lead to another host or query.
fn check_path(path: &str) -> Result<()> {
    let mut segments = path.split('/');
    let version = segments
        .next()
        .and_then(|version| version.strip_prefix('v'));
    let digits = version.is_some_and(|v| !v.is_empty() && v.bytes().all(|b| b.is_ascii_digit()));
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    let mut rest = segments.peekable();
    if digits && rest.peek().is_some() && rest.all(|s| !s.is_empty() && s.bytes().all(allowed)) {
        return Ok(());
    }
    let message =
        "path: write it as v1/payout/status, without the host, a leading slash or a query";
    Err(Error::invalid_argument("path", "path", message))
}
