//! What tests look at afterwards.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Serialize, Serializer};

use crate::signature::{Certificate, Digest};

/// One request as it arrived, and what became of it.
#[derive(Clone, Debug, Serialize)]
pub struct LogEntry {
    /// 1 for the first request since the start or the last reset or clearing.
    pub n: usize,
    /// Milliseconds since the start of the sandbox.
    pub at_ms: u128,
    /// The accepted connection it came on; two requests on one connection share the number.
    pub connection: u64,
    /// Whether it came over TLS.
    pub tls: bool,
    /// `POST`, for every request that is answered well.
    pub method: String,
    /// The request target, with its leading slash.
    pub path: String,
    /// Header values under lower-case names; repeated headers are joined by `, `.
    pub headers: BTreeMap<String, String>,
    /// The body after any chunks were joined; base64 in JSON.
    #[serde(serialize_with = "as_base64")]
    pub body: Vec<u8>,
    /// The digest of the signature, if any certificate made it.
    pub digest: Option<Digest>,
    /// The certificate that made the signature, whether or not it was the right one.
    pub certificate: Option<Certificate>,
    /// The status of the answer the server made, which a fault may have kept back or cut.
    pub status: Option<u16>,
    /// Why the signature was refused.
    pub refusal: Option<String>,
    /// The fault that struck.
    pub fault: Option<&'static str>,
}

fn as_base64<S: Serializer>(body: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(body))
}
