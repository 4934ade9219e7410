//! Raw requests: any path, any body.

use std::borrow::Cow;
use std::fmt;

use crate::api::context::CallContext;
use crate::api::operation::{Cert, Operation, Resource};
use crate::api::prepared_request::{Create, PreparedRequest};
use crate::error::{Error, Result};
use crate::json::canonical::canonical_json;
use crate::types::value::Value;

/// A raw request to this path panics, for tests.
#[cfg(feature = "test-hooks")]
pub const PANIC_PATH: &str = "v1/test-panic";

/// A raw request: any path of the provider's API, with any body.
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
    /// A request that only reads. It is retried after a transient error.
    pub fn read(path: impl Into<String>, body: Value, cert: Cert) -> Self {
        Self::new(path, body, cert, true)
    }

    /// A request that can create something. It is sent at most once, and every error has an
    /// outcome.
    pub fn create(path: impl Into<String>, body: Value, cert: Cert) -> Self {
        Self::new(path, body, cert, false)
    }

    /// A request that is a read or a create, as `read` says. For the path of a known operation, the
    /// operation decides.
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

    /// Checks the request and encodes the body.
    pub(crate) fn prepare(self) -> Result<PreparedRequest> {
        check_path(&self.path)?;
        if self.read && self.creates() {
            let message = format!("read: {} is a create and cannot be a read", self.path);
            return Err(Error::invalid_argument("read", "create", message));
        }
        let create = self.creates().then(|| {
            let operation = Operation::at(&self.path).map_or_else(
                || Cow::from(self.path.clone()),
                |operation| Cow::from(operation.name),
            );
            // The resource of a raw create is not known. The rules for payouts are the stricter
            // ones.
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

    /// The context of this request for errors.
    pub(crate) fn context(&self) -> CallContext {
        let order_id = self.body.get("order_id").and_then(Value::as_str);
        CallContext {
            operation: self.path.clone().into(),
            order_id: order_id.map(str::to_owned),
            creates: self.creates(),
        }
    }
}

/// Leaves out the body, which can contain a card number.
impl fmt::Debug for RawRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRequest")
            .field("path", &self.path)
            .field("cert", &self.cert)
            .field("read", &self.read)
            .finish_non_exhaustive()
    }
}

/// Whether a raw request can move money: the operation with this path decides, or else the caller.
pub(crate) fn creates(path: &str, read: bool) -> bool {
    Operation::at(path).map_or(!read, |operation| operation.creates.is_some())
}

/// Accepts `^v[0-9]+(/[a-z0-9_-]+)+$`, so that a path cannot change the host or add a query.
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
