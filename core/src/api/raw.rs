//! Raw requests: any path of the provider, a body as given.

use std::borrow::Cow;
use std::fmt;

use crate::api::context::CallContext;
use crate::api::operation::{Cert, Operation, Resource};
use crate::api::prepared_request::{Create, PreparedRequest};
use crate::error::{Error, Result};
use crate::json::canonical::canonical_json;
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

    fn creates(&self) -> bool {
        creates(&self.path, self.read)
    }

    /// Checks the request and makes it ready to be signed.
    pub(crate) fn prepare(self) -> Result<PreparedRequest> {
        check_path(&self.path)?;
        if self.read && self.creates() {
            let message = format!("read: {} creates, and a create is never a read", self.path);
            return Err(Error::invalid_argument("read", "create", message));
        }
        let create = self.creates().then(|| {
            let operation = Operation::at(&self.path).map_or_else(
                || Cow::from(self.path.clone()),
                |operation| Cow::from(operation.name),
            );
            // What a raw request creates is not known, so the response is read as a payout's.
            Create::new(operation, Resource::Payout, &self.body)
        });
        Ok(PreparedRequest {
            body: canonical_json(&self.body)?,
            path: self.path.into(),
            cert: self.cert,
            create,
            operation: None,
            expected_order: None,
        })
    }

    /// What the errors of this request say about it.
    pub(crate) fn context(&self) -> CallContext {
        let order_id = self.body.get("order_id").and_then(Value::as_str);
        CallContext {
            operation: self.path.clone().into(),
            order_id: order_id.map(str::to_owned),
            creates: self.creates(),
        }
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
    Operation::at(path).map_or(!read, |operation| operation.creates.is_some())
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
