//! The encrypted connection: the trusted authorities, and the certificate of the server.

use alikassa::{Cert, Error, ErrorKind, Phase};

use super::addresses::UNCONNECTED;
use super::finding::Finding;
use super::{Context, reads};

/// The trusted authorities.
pub(super) fn roots(context: &mut Context) -> Finding {
    let settings = &context.settings;
    let roots = settings.text("roots").unwrap_or("bundled");
    let trusted = match settings.text("ca_file") {
        Some(_) => format!("{roots}, and the file of {}", settings.source("ca_file")),
        None => roots.to_owned(),
    };
    match settings.builder.clone().proxy("none").build() {
        Ok(_) => {
            context.client = Some(settings.builder.clone());
            Finding::ok(trusted)
        }
        Err(error) => Finding::failed(
            error.message(),
            "pass --ca-file with a PEM file of certificates, or leave it out",
        ),
    }
}

/// The handshake of a first read, since the library sends no other requests.
pub(super) fn tls(context: &mut Context) -> Finding {
    if context.client.is_none() {
        return Finding::skipped(UNCONNECTED);
    }
    if context.target.as_ref().is_some_and(|target| !target.tls) {
        return Finding::skipped("plain http, which is for this machine alone");
    }
    let mut certs = [Cert::Payment, Cert::Payout].into_iter();
    let Some(cert) = certs.find(|cert| reads::ask(context, *cert)) else {
        return Finding::skipped("it needs an account and a key, because it sends a read");
    };
    let first = context.certificate(cert).replies.first();
    match first.and_then(|reply| reply.result.as_ref().err()) {
        Some(error) if !is_connected(error) => {
            let finding = Finding::failed(error.message(), advice(error));
            context.client = None;
            finding
        }
        _ => Finding::ok("the server's certificate is verified"),
    }
}

/// Whether the error came after the handshake.
fn is_connected(error: &Error) -> bool {
    let is_response = error.http_status().is_some() || error.kind() == ErrorKind::Protocol;
    is_response || matches!(error.phase(), Some(Phase::Send | Phase::Receive))
}

/// The library has one kind for all of these, so the text decides.
fn advice(error: &Error) -> String {
    let says = |text: &str| error.message().contains(text);
    if error.phase() == Some(Phase::Proxy) {
        return error
            .hint()
            .unwrap_or("check the proxy's host, port and password")
            .to_owned();
    }
    let advice = if error.kind() == ErrorKind::DeadlineExceeded {
        "pass a longer --deadline"
    } else if says("UnknownIssuer") {
        "pass --ca-file with the authority of your proxy or server, or --roots system"
    } else if says("not valid for name") {
        "correct the host in --base-url: this server has the certificate of another one"
    } else if says("expired") || says("not valid yet") {
        "check the clock of this machine; else the server needs a new certificate"
    } else {
        "check that host and port are those of a TLS server, and that no firewall is between"
    };
    advice.to_owned()
}
