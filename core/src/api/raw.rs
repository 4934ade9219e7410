//! Raw requests: any path of the provider, a body as given.

use std::fmt;

use crate::api::operation::{Cert, Kind, Operation, Resource};
use crate::api::prepared_request::{Create, PreparedRequest};
use crate::error::{Error, Result};
use crate::json::canonical::canonical_json;
use crate::schema::request::amount_of;
use crate::types::value::Value;

/// A raw request to this path panics.
#[cfg(feature = "test-hooks")]
pub const PANIC_PATH: &str = "v1/test-panic";

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
#[derive(Clone)]
pub struct RawRequest {
    path: String,
    body: Value,
    cert: Cert,
    read: bool,
}

impl RawRequest {
    /// A request that only asks, and so may be sent again after a passing fault.
    pub fn read(path: impl Into<String>, body: Value, cert: Cert) -> Self {
        Self::new(path, body, cert, true)
    }

    /// A request that may create: sent at most once, with an outcome on every error.
    pub fn create(path: impl Into<String>, body: Value, cert: Cert) -> Self {
        Self::new(path, body, cert, false)
    }

    /// A request that says by itself whether it only asks. A path of the operation table keeps the table's kind.
    pub fn new(path: impl Into<String>, body: Value, cert: Cert, read: bool) -> Self {
        Self {
            path: path.into(),
            body,
            cert,
            read,
        }
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn creates(&self) -> bool {
        creates(&self.path, self.read)
    }

    pub(crate) fn order_id(&self) -> Option<&str> {
        self.body.get("order_id").and_then(Value::as_str)
    }

    pub(crate) fn prepare(self) -> Result<PreparedRequest> {
        check_path(&self.path)?;
        let row = Operation::at(&self.path);
        if self.read && self.creates() {
            let message = format!("read: {} creates, and a create is never a read", self.path);
            return Err(Error::invalid_argument("read", "create", message));
        }
        let text = |name| {
            self.body
                .get(name)
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        let create = self.creates().then(|| Create {
            operation: row.map_or_else(|| self.path.clone(), |row| row.name.to_owned()),
            // What a raw request creates is not known, so its answers are read as a payout's.
            resource: Resource::Payout,
            amount: amount_of(&self.body),
            service: text("service"),
        });
        Ok(PreparedRequest {
            name: self.path.clone(),
            order_id: text("order_id"),
            body: canonical_json(&self.body)?,
            path: self.path,
            cert: self.cert,
            create,
            typed: None,
        })
    }
}

/// Without the body, which may hold a card number.
impl fmt::Debug for RawRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRequest")
            .field("path", &self.path)
            .field("cert", &self.cert)
            .field("read", &self.read)
            .finish_non_exhaustive()
    }
}

/// Whether a raw request can move money: as the table says of its path, else as its caller says.
pub(crate) fn creates(path: &str, read: bool) -> bool {
    Operation::at(path).map_or(!read, |operation| operation.kind == Kind::Create)
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
