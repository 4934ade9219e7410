//! The log of requests.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Serialize, Serializer};

use crate::signature::{Certificate, Digest};

/// A request, and how it was handled.
#[derive(Clone, Debug, Serialize)]
pub struct LogEntry {
    /// Starts at 1, and again after a reset or clearing.
    pub n: usize,
    /// Milliseconds since the start of the sandbox.
    pub at_ms: u128,
    /// The number of the connection. Requests on the same connection share it.
    pub connection: u64,
    /// Whether the connection uses TLS.
    pub tls: bool,
    /// The method. Only `POST` is accepted by the provider's routes.
    pub method: String,
    /// The request target, with its leading slash.
    pub path: String,
    /// Header values by lower-case name. Repeated headers are joined by `, `.
    pub headers: BTreeMap<String, String>,
    /// The body, with chunks joined; base64 in JSON.
    #[serde(serialize_with = "as_base64")]
    pub body: Vec<u8>,
    /// The digest of the signature, if any certificate verifies it.
    pub digest: Option<Digest>,
    /// The certificate that verifies the signature, even if it is the wrong one.
    pub certificate: Option<Certificate>,
    /// The status of the response, even if a fault withheld or truncated it.
    pub status: Option<u16>,
    /// Why the signature was rejected.
    pub refusal: Option<String>,
    /// The injected fault.
    pub fault: Option<&'static str>,
}

fn as_base64<S: Serializer>(body: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(body))
}
