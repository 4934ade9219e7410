//! Why an exchange ended without a complete response, in words for the operator.

use std::io;
use std::time::Duration;

use rustls::CertificateError;
use ureq::Timeout;

use crate::error::{Error, Phase};
use crate::types::language;

/// An exchange that ended without a complete response.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(super) phase: Phase,
    pub(crate) timed_out: bool,
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let phase = failure.phase;
        let error = Self::transport(phase, format!("{}: {}", phase.as_str(), failure.message));
        match failure.hint {
            Some(hint) => error.with_hint(hint),
            None => error,
        }
    }
}

/// The time limits of an exchange.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    /// That of DNS, connect, TLS handshake and proxy.
    pub(crate) connect: Duration,
    /// That of the whole exchange.
    pub(crate) total: Duration,
}

/// Describes the error without local addresses and without bytes of the request.
pub(super) fn describe(error: &ureq::Error, phase: Phase, limits: Limits) -> String {
    match error {
        ureq::Error::Timeout(Timeout::Connect) => {
            let option = language::duration_option("connect_timeout");
            let limit = language::duration(limits.connect);
            format!("no connection within {option} ({limit})")
        }
        ureq::Error::Timeout(_) => {
            let limit = language::duration(limits.total);
            format!("no complete response within the timeout ({limit})")
        }
        // The message of rustls refers to its own documentation, which does not help a merchant.
        ureq::Error::Io(io) if io.kind() == io::ErrorKind::UnexpectedEof => match phase {
            Phase::Send | Phase::Receive => {
                "the connection was closed before the response was complete".to_owned()
            }
            _ => "the connection was closed".to_owned(),
        },
        ureq::Error::Io(io) => io.to_string(),
        ureq::Error::HostNotFound => "host name not found".to_owned(),
        ureq::Error::ConnectProxyFailed(status) => match status.as_str() {
            "407" => "the proxy requires a user name and password (HTTP 407)".to_owned(),
            "403" => "the proxy does not allow this connection (HTTP 403)".to_owned(),
            _ => format!("the proxy refused the connection with {status}"),
        },
        other => other.to_string(),
    }
}

/// What to do about the error, if it is known.
pub(super) fn advice(error: &ureq::Error) -> Option<String> {
    match error {
        ureq::Error::ConnectProxyFailed(status) => match status.as_str() {
            "407" => Some("write the proxy as http://user:password@host:port".to_owned()),
            "403" => Some("allow the provider's host and port in the proxy".to_owned()),
            _ => None,
        },
        ureq::Error::Io(io) if is_unknown_issuer(io) => {
            let ca_file = language::option("ca_file");
            Some(format!(
                "if a server or proxy of your own is meant, pass its authority with {ca_file}, or use roots=\"system\""
            ))
        }
        _ => None,
    }
}

fn is_unknown_issuer(error: &io::Error) -> bool {
    let error = error.get_ref().and_then(|error| error.downcast_ref());
    matches!(
        error,
        Some(rustls::Error::InvalidCertificate(
            CertificateError::UnknownIssuer
        ))
    )
}
